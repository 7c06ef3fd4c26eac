"""The protocol that every backend speaks, ours or not.

A *provider* is what an entry point of the group `ilang.backends` names: it is cheap to load,
tells capabilities without importing any SDK, and opens *backends*, which do the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from ilang.backend.capabilities import Capabilities
from ilang.backend.request import Reply, Request, TokenLogprob
from ilang.base.value import Model

FaultKind = Literal[
    "unset-key",  # the key's variable is not set; `message` names it
    "unauthorized",  # the key was refused
    "unreachable",  # nobody answers at the address
    "rate-limited",  # too many at once; waiting helps
    "quota-spent",  # nothing left for today, or on the account; waiting does not help
    "overloaded",  # 5xx, 529
    "timeout",
    "bad-request",  # the server refused the request; never retried
    "context-overflow",
    "malformed-reply",  # what came is no reply
    "missing-extra",  # a package is not installed
    "missing-weights",
    "no-such-model",
    "unsupported",  # known, but not callable in this version
    "exhausted",  # `fake` has no reply left
    "not-stored",  # the store has no such draw, and no model may be asked
    "cut",  # a budget paid for the beginning of it alone
]


class BackendFault(Exception):
    """A call that brought no reply. `message` and `help` are fit for a user and hold no secret."""

    def __init__(
        self,
        kind: FaultKind,
        message: str,
        *,
        help: str = "",
        retry: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.help = help
        self.retry = retry
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Scored:
    """Log-probabilities of a given text, token by token."""

    tokens: tuple[TokenLogprob, ...]


@runtime_checkable
class Backend(Protocol):
    """One opened model."""

    capabilities: Capabilities

    async def generate(self, request: Request) -> Reply:
        """Draw `request.n` choices. Raises BackendFault; cancelling the task stops the work."""
        ...

    async def aclose(self) -> None:
        """Give back what was opened. May be called twice."""
        ...


Told = Callable[[int, Reply], None]
"""Takes the place of a choice in its call, and a Reply that holds it alone; called in the event loop."""


@runtime_checkable
class Teller(Protocol):
    """A backend that tells each choice of a call as it ends, so that it can be kept before the others have come."""

    async def generate_telling(self, request: Request, told: Told) -> Reply:
        """As `generate`; each choice is told once, at the latest before the whole reply."""
        ...


@runtime_checkable
class Scorer(Protocol):
    """A backend that can also score text it did not write."""

    async def score(self, request: Request, continuation: str) -> Scored:
        """Log-probabilities of `continuation` as the assistant's text after `request.messages`."""
        ...


@dataclass(frozen=True, slots=True)
class SettingKind:
    """A setting that a provider takes in a model's declaration beside the sampling ones.

    `sent`: it changes what the model says, so it is part of an address; the others (where to
    connect, how long to wait) are not. `type` is text, int, number or bool.
    """

    type: str
    sent: bool = False
    doc: str = ""


@runtime_checkable
class Careful(Protocol):
    """A provider that can tell a declaration that makes no sense before it is opened."""

    def check(self, model: Model) -> None:
        """Raises BackendFault for a setting out of its range. Needs neither a network nor an SDK."""
        ...


class Provider(Protocol):
    """What an entry point names: `openai`, `embedded`, ..."""

    name: str
    settings: Mapping[str, SettingKind]

    def capabilities(self, model: Model) -> Capabilities:
        """What this model can do, told without a network and without importing an SDK."""
        ...

    def identity(self, model: Model) -> str:
        """The provider part of an address: `openai`, `embedded:<hash of weights>`, `node:8000`."""
        ...

    async def open(self, model: Model) -> Backend:
        """Open the model. Raises BackendFault where it cannot be had."""
        ...
