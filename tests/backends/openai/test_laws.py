"""The openai backend keeps the laws of backends, against a real server: llama.cpp's, with the embedded model's weights."""

from __future__ import annotations

import pytest

from ilang.base.value import Model
from ilang.testing import BackendLaws
from ilang_backends.openai.provider import PROVIDER


def at(url: str) -> Model:
    return Model(
        "openai", "smollm2", (("base_url", url), ("child_seeds", True), ("continuation", "llamacpp"), ("timeout", 60.0))
    )


@pytest.mark.weights
class TestOpenAI(BackendLaws):
    provider = PROVIDER
    model = at("http://127.0.0.1:9/v1")
    broken_models = (at("http://127.0.0.1:9/v1"), Model("openai", "gpt-4.1-mini", (("api_key_env", "ILANG_NO_KEY"),)))
    # a plain tale: half a character at the end of a streamed piece makes this server drop the connection
    prompt = "Write three sentences about a dog and a cat in a garden."
    max_tokens = 10
    patience = 30.0

    @pytest.fixture(autouse=True)
    def _server(self, llama_url: str) -> None:
        self.model = at(llama_url)
