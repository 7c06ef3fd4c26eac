"""Claims: which of the runs that share a store draws an address, so that nobody pays for it a second time.

The law: whoever draws an address has claimed it, has looked into the store *after that*, and gives the claim back
only when the draw is durable, or will not come. Hence two runs that both live never pay for one address, in
whatever order they go. A claim is held under its owner's lease, which the owner renews while it lives; one
that died loses all that it had claimed, at the latest when its lease ends. An owner that is held up for longer than
its lease (a process stopped by hand) loses it too: then a draw may be paid for twice, and the first stored stands.

Knows no clock: the time, seconds since 1970, is given. A store without claims is not shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ilang.draws.address import Address

LEASE = 60.0
"""Seconds for which an owner that says nothing keeps what it claimed. It renews three times as often."""


class Claims(Protocol):
    """The claims of one run. Every method but `close` raises IlangError where the store as a whole fails."""

    def claim(self, addresses: Sequence[Address], now: float) -> set[Address]:
        """Claim what nobody else holds; of these addresses those that are now this run's. Begins its lease anew."""
        ...

    def release(self, addresses: Sequence[Address]) -> None:
        """Give these back. What was lost meanwhile stays its new owner's."""
        ...

    def renew(self, now: float) -> None:
        """Begin the lease anew."""
        ...

    def close(self) -> None:
        """Give all back. May be called twice; a later `claim` begins as a new owner."""
        ...


@runtime_checkable
class Shared(Protocol):
    """A store that several runs may use at once."""

    def claims(self) -> Claims:
        """The claims of one more run."""
        ...
