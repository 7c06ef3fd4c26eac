"""The protocol that every draw store speaks. A second store is one file.

A draw is a fixed thing, so the first one stored at an address stays: `put_many` says what stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ilang.base.diagnostic import Diagnostic
from ilang.draws.address import Address
from ilang.draws.entry import Entry


@dataclass(frozen=True, slots=True)
class Holding:
    """What a store holds of one model, or one Python function: entries, their bytes as kept, and when they were
    stored (s since 1970)."""

    source: str
    entries: int
    bytes: int
    oldest: float
    newest: float


@dataclass(frozen=True, slots=True)
class Info:
    """What a store holds: `place` for people, `bytes` on disk all in all, a holding for each model, and one for
    each Python function whose results it keeps."""

    place: str
    bytes: int
    holdings: tuple[Holding, ...]
    results: tuple[Holding, ...] = ()

    @property
    def entries(self) -> int:
        return sum(h.entries for h in self.holdings)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which entries to drop: all that meet every condition given.

    `before`: stored before this time (seconds since 1970). `source`: of this model (`openai:gpt-5`), or of this
    function (`python:checks.py:passes`).
    `largest`: of those, the oldest, until what is left of them takes no more than so many bytes.
    """

    before: float | None = None
    source: str | None = None
    largest: int | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """How many entries a cut takes, and their bytes as kept."""

    entries: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading every entry found: how many are sound, and names for those that are not."""

    sound: int
    damaged: tuple[str, ...] = ()


class Store(Protocol):
    """Where draws are kept. Safe to use from several threads.

    Every method raises IlangError where the store as a whole fails (`store-full`,
    `store-locked`, ...). A single entry that cannot be read is missing, and a warning.
    """

    def get(self, address: Address) -> Entry | None:
        """The entry at this address, None where there is none."""
        ...

    def get_many(self, addresses: Sequence[Address]) -> Mapping[Address, Entry]:
        """The entries at these addresses; those missing are left out."""
        ...

    def put_many(self, entries: Sequence[tuple[Address, Entry]]) -> list[Entry]:
        """Keep them all, or raise and keep none; durable when this returns.

        Returns what stands at each address: the entry given, or one that was there before.
        """
        ...

    def info(self) -> Info:
        """Entries and bytes, by model."""
        ...

    def warnings(self) -> tuple[Diagnostic, ...]:
        """What went wrong so far without stopping anything: entries that could not be read."""
        ...

    def close(self) -> None:
        """Give back what the calling thread holds open. May be called twice."""
        ...


class Upkeep(Protocol):
    """A store that can also be listed, checked and pruned. Nothing is ever dropped by itself."""

    def entries(self) -> Iterator[tuple[Address, Entry]]:
        """Every sound entry, draws of one request together and in order."""
        ...

    def preview(self, cut: Cut) -> Dropped:
        """What `prune` would drop."""
        ...

    def prune(self, cut: Cut) -> Dropped:
        """Drop what the cut says, for good."""
        ...

    def verify(self) -> Checked:
        """Read and decode everything."""
        ...
