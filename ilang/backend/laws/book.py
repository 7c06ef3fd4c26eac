"""What all laws share: the backend under test, the requests they send, and how a law is left out.

A law is a method `test_...`, sync, whose docstring states it. Laws are chosen by declared capability: one
that needs what the model does not declare raises `unittest.SkipTest`, which pytest reports as skipped. So
this package imports no test framework. Knows no provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, NoReturn, TypeVar
from unittest import SkipTest

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Backend, Provider
from ilang.backend.request import Choice, Reply, Request
from ilang.base.value import Message, Model

T = TypeVar("T")


class LawBook:
    """The knobs of the laws. A backend's tests give `provider` and `model`; the rest has defaults.

    Times are in seconds, lengths in tokens, log-probabilities in nats.
    """

    provider: Provider
    model: Model

    prompt: str = "Tell me a fairy tale that nobody has told yet. Begin at once."
    """Its reply is longer than `max_tokens`, has several words, and differs from draw to draw at temperature 1."""
    max_tokens: int = 24
    """How long the laws let a reply get."""
    settings: Mapping[str, Any] = {}
    """Changes to every request, such as `{"extra": (("reasoning_effort", "minimal"),)}`."""

    prefill: str = "Once upon a time"
    """The beginning of a reply to `prompt`, for the model to go on from."""
    exact_continuation: bool = True
    """At temperature 0, a text cut after 6 of its tokens and taken up again goes on as it would have."""

    schema_prompt: str = "Invent a person. Reply with a JSON object that has a name (text) and an age (integer)."
    schema: str = (
        '{"additionalProperties":false,"properties":{"age":{"type":"integer"},"name":{"type":"string"}},'
        '"required":["name","age"],"type":"object"}'
    )

    tolerance: float = 1e-3
    """How much a sum of probabilities may be above 1, and a log-probability above 0."""
    score_tolerance: float = 0.25
    """How much a token's score may differ from what drawing told: a quantized engine reckons a prompt in other
    batches than a draw (0.19 was measured for a small one); an exact backend sets 1e-9."""
    patience: float = 5.0
    """How long a cancelled call, or one after it, may take."""
    cancel_after: float = 0.05
    """How long a call runs before it is cancelled."""
    slow_model: Model | None = None
    """A model whose calls take longer than `cancel_after`; left out, `model`, asked for a long reply."""

    broken_models: tuple[Model, ...] = ()
    """Models that cannot answer: an unknown id, an address where nobody listens, a refused key."""
    bad_requests: tuple[Mapping[str, Any], ...] = (
        {"max_tokens": -1},
        {"n": 0},
        {"temperature": -1.0},
        {"messages": ()},
    )
    """Changes to a request that no server takes."""
    secrets: Mapping[str, str] = {}
    """Environment variables to set while faults are provoked, and the secret values that no fault may tell."""

    @property
    def declared(self) -> Capabilities:
        return self.provider.capabilities(self.model)

    def needs(self, *names: str) -> None:
        """Leaves the law out where the model does not declare all of these capabilities."""
        missing = [name for name in names if not getattr(self.declared, name)]
        if missing:
            self.leave_out(f"not declared: {', '.join(missing)}")

    def leave_out(self, why: str) -> NoReturn:
        """Ends a law that has nothing to judge here."""
        raise SkipTest(why)

    def request(self, **changes: Any) -> Request:
        """The request that laws send: drawn at temperature 1, with seed 11 where seeds are declared."""
        can = self.declared
        asked = Request(
            model=self.model.id,
            messages=(Message("user", self.prompt),),
            temperature=1.0 if can.temperature else None,
            max_tokens=self.max_tokens,
            seed=11 if can.seed else None,
        )
        return replace(asked, **{**self.settings, **changes})

    def greedy(self, **changes: Any) -> Request:
        """The same at temperature 0, where the backend has a temperature."""
        return self.request(**{"temperature": 0.0 if self.declared.temperature else None, **changes})

    @asynccontextmanager
    async def opened(self, model: Model | None = None) -> AsyncIterator[Backend]:
        """The backend, opened for one law."""
        backend = await self.provider.open(model or self.model)
        try:
            yield backend
        finally:
            await backend.aclose()

    def hold(self, law: Callable[[Backend], Awaitable[T]], model: Model | None = None) -> T:
        """Opens the backend, runs a law's body with it in an event loop of its own, and closes it."""

        async def body() -> T:
            async with self.opened(model) as backend:
                return await law(backend)

        return asyncio.run(body())

    def ask(self, *requests: Request) -> tuple[Reply, ...]:
        """The replies to these requests, one after the other, from one opened backend."""

        async def law(backend: Backend) -> tuple[Reply, ...]:
            return tuple([await backend.generate(request) for request in requests])

        return self.hold(law)

    def choice(self, request: Request) -> Choice:
        """The one choice of the reply to a request of n = 1."""
        return self.ask(request)[0].choices[0]


def texts(reply: Reply) -> tuple[str, ...]:
    """The texts of a reply's choices, in order."""
    return tuple(choice.text for choice in reply.choices)
