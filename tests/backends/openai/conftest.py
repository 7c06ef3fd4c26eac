"""The real server, started once for all tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.backends.openai.llama_server import llama_server


@pytest.fixture(scope="session")
def llama_url() -> Iterator[str]:
    """The address of a llama.cpp server with the embedded model's weights."""
    from ilang_backends.embedded.weights import fetch

    with llama_server(fetch()) as url:
        yield url
