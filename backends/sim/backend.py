"""The opened `sim` model: takes requests, waits as long as it was told, answers."""

from __future__ import annotations

import asyncio

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault, Scored
from ilang.backend.request import Choice, Reply, Request, Usage
from ilang.base.value import Message, Model
from ilang_backends.sim.casting import writer
from ilang_backends.sim.chance import digest
from ilang_backends.sim.drawing import Ending, draw
from ilang_backends.sim.logprob import of_text
from ilang_backends.sim.luck import Luck
from ilang_backends.sim.settings import SETTINGS, VERSION, Nature, nature
from ilang_backends.sim.tokens import tokenize
from ilang_backends.sim.writer import read


class SimBackend:
    """A pure function of (nature, request, seed) with a clock.

    Choice j has seed + j; a request without a seed has seed 0. A sent setting in `request.extra` overrides
    the declaration. Log-probabilities are those of the model at temperature 1, as engines tell them.
    """

    def __init__(self, nature: Nature, capabilities: Capabilities) -> None:
        self.capabilities = capabilities
        self._nature = nature

    async def generate(self, request: Request) -> Reply:
        _check(request)
        being = self._being(request)
        said, prefill = _parted(request.messages)
        temperature = 1.0 if request.temperature is None else request.temperature
        author = writer(being, said, request.schema, temperature)
        told = None
        if request.logprobs or request.top_logprobs:
            told = author if temperature <= 1.0 else writer(being, said, request.schema, 1.0)
        state = read(author, prefill)
        ending = Ending(request.max_tokens, request.stop)
        conversation = digest(said, request.schema)
        choices: list[Choice] = []
        await asyncio.sleep(being.latency)
        for j in range(request.n):
            luck = Luck(being.who, conversation, (request.seed or 0) + j, temperature)
            choices.append(draw(author, state, luck, ending, told, request.top_logprobs))
            await asyncio.sleep(0)  # a call of many choices can be cancelled, and lets others go on
        if being.token_seconds:
            await asyncio.sleep(being.token_seconds * max(choice.tokens or 0 for choice in choices))
        usage = Usage(
            input_tokens=sum(len(tokenize(m.content)) for m in request.messages),
            output_tokens=sum(choice.tokens or 0 for choice in choices),
        )
        return Reply(tuple(choices), usage, model=request.model, fingerprint=f"sim-{VERSION}")

    async def score(self, request: Request, continuation: str) -> Scored:
        _check(request)
        said, prefill = _parted(request.messages)
        return Scored(of_text(writer(self._being(request), said, request.schema, 1.0), prefill, continuation))

    async def aclose(self) -> None:
        """Nothing was opened."""

    def _being(self, request: Request) -> Nature:
        told = {name: value for name, value in request.extra if name in SETTINGS and SETTINGS[name].sent}
        if not told:
            return self._nature
        declared = tuple((name, getattr(self._nature, name)) for name in SETTINGS)
        return nature(Model("sim", self._nature.id, declared), told)


def _parted(messages: tuple[Message, ...]) -> tuple[tuple[Message, ...], str]:
    """The conversation, and the assistant's text that is to be continued."""
    if messages[-1].role == "assistant":
        return messages[:-1], messages[-1].content
    return messages, ""


def _check(request: Request) -> None:
    """Raises BackendFault for what no server would take."""
    if not request.messages:
        raise BackendFault("bad-request", "a request needs a message")
    if request.n < 1:
        raise BackendFault("bad-request", f"n is at least 1, not {request.n}")
    if request.max_tokens is not None and request.max_tokens < 1:
        raise BackendFault("bad-request", f"max_tokens is at least 1, not {request.max_tokens}")
    if request.temperature is not None and not 0.0 <= request.temperature <= 100.0:
        raise BackendFault("bad-request", f"temperature is between 0 and 100, not {request.temperature:g}")
    if request.top_p not in (None, 1, 1.0):
        raise BackendFault("unsupported", "a sim model has no top_p", help="leave it out, or lower the temperature")
    if "" in request.stop:
        raise BackendFault("bad-request", "an empty stop string would end every text at once")
