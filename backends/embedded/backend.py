"""The opened embedded model: checks a request, hands it to the engine, awaits the answer."""

from __future__ import annotations

import asyncio

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault, Scored, Told
from ilang.backend.request import Reply, Request, Usage
from ilang_backends.embedded import engines
from ilang_backends.embedded.binding import version
from ilang_backends.embedded.engine import Setup
from ilang_backends.embedded.job import Job, Outcome, Written


class EmbeddedBackend:
    """One opened model. May be used from several event loops, one after the other.

    Left out of a request: temperature 1, top_p 1 (the model's own distribution), a seed of the
    system's choosing. `max_tokens` counts drawn tokens without the end marker, and so does
    `Choice.tokens`; the tokens of a stop string count. Log-probabilities are natural, at
    temperature 1 and before `top_p`, one for each counted token.
    """

    def __init__(self, name: str, setup: Setup, capabilities: Capabilities) -> None:
        self.capabilities = capabilities
        self._name = name
        self._engine = engines.acquire(setup)
        self._open = True

    @property
    def computed(self) -> int:
        """Tokens that the engine has computed so far, prompts and output."""
        return self._engine.computed

    async def generate(self, request: Request) -> Reply:
        """Draw `request.n` choices. Raises BackendFault; cancelling the task frees their slots."""
        return await self._generate(request, None)

    async def generate_telling(self, request: Request, told: Told) -> Reply:
        """The same, and each choice is told as it ends."""
        return await self._generate(request, told)

    async def _generate(self, request: Request, told: Told | None) -> Reply:
        _check(request, self.capabilities)
        tell = None if told is None else lambda place, written: told(place, self._reply(written))
        written = await self._answer(Job(request, told=tell))
        assert isinstance(written, Written)
        return self._reply(written)

    def _reply(self, written: Written) -> Reply:
        drawn = sum(choice.tokens or 0 for choice in written.choices)
        usage = Usage(written.prompt, written.cached, drawn)
        return Reply(written.choices, usage, self._name, f"cyllama {version()}")

    async def score(self, request: Request, continuation: str) -> Scored:
        """Log-probabilities of `continuation`, tokenized by itself, after the prompt (and prefill) of `request`."""
        _check(request, self.capabilities)
        scored = await self._answer(Job(request, continuation))
        assert isinstance(scored, Scored)
        return scored

    async def aclose(self) -> None:
        """Give the engine back; it is freed with its last user."""
        if self._open:
            self._open = False
            await asyncio.to_thread(engines.release, self._engine)

    async def _answer(self, job: Job) -> Outcome:
        if not self._open:
            raise BackendFault("unreachable", "the embedded model was closed")
        try:
            self._engine.submit(job)
            return await job.future
        finally:
            job.given_up = True


def _check(request: Request, can: Capabilities) -> None:
    """Raise BackendFault where a request asks for what is not to be had."""
    wrong = ""
    if request.n < 1:
        wrong = f"n={request.n} is less than 1"
    elif request.temperature is not None and not 0 <= request.temperature < float("inf"):
        wrong = f"temperature={request.temperature} is below 0"
    elif request.top_p is not None and not 0 < request.top_p <= 1:
        wrong = f"top_p={request.top_p} is not in (0, 1]"
    elif request.max_tokens is not None and request.max_tokens < 1:
        wrong = f"max_tokens={request.max_tokens} is less than 1"
    elif not 0 <= request.top_logprobs <= can.top_logprobs:
        wrong = f"top_logprobs={request.top_logprobs} is not between 0 and {can.top_logprobs}"
    elif request.extra:
        wrong = f"`embedded` has no setting `{request.extra[0][0]}`"
    elif request.schema and request.messages and request.messages[-1].role == "assistant":
        wrong = "a schema holds a whole reply, so it cannot go on from an assistant's text"
    if wrong:
        raise BackendFault("bad-request", wrong)
