"""The provider `sim`: tells what simulated models can do, and opens them. Imports nothing heavy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Backend, SettingKind
from ilang.backend.request import Request
from ilang.base.value import Model
from ilang_backends.sim.settings import SETTINGS, VERSION, nature, written_out

CAPABILITIES = Capabilities(
    n=True,
    max_n=None,
    temperature=True,
    top_p=False,  # seven moves a step: a nucleus would forbid every slip of an easy question at once
    stop=True,
    stop_reason=True,
    seed=True,
    child_seeds=True,
    exact_seed=True,
    logprobs=True,
    top_logprobs=20,
    continuation=True,
    score=True,
    schema=True,
    cancel=True,
    priced=False,
)


class SimProvider:
    """Opens `sim("any name", accuracy=0.6, ...)`. Every id is a model of its own."""

    name: str = "sim"
    settings: Mapping[str, SettingKind] = SETTINGS

    def capabilities(self, model: Model) -> Capabilities:
        return CAPABILITIES

    def identity(self, model: Model) -> str:
        """`sim:` and a digest of the version and of every sent setting, defaults written out: its weights."""
        made_of = json.dumps([VERSION, model.id, written_out(model)])
        return "sim:" + hashlib.blake2b(made_of.encode(), digest_size=6).hexdigest()

    def check(self, model: Model) -> None:
        """Refuses an accuracy of 5."""
        from ilang_backends.sim.settings import nature

        nature(model)

    def most_prompt_tokens(self, request: Request) -> int:
        """As many as the backend will count."""
        from ilang_backends.sim.tokens import tokenize

        return sum(len(tokenize(message.content)) for message in request.messages)

    async def open(self, model: Model) -> Backend:
        from ilang_backends.sim.backend import SimBackend

        return SimBackend(nature(model), CAPABILITIES)


PROVIDER = SimProvider()
