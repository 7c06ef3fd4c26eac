"""A draw store that forgets: for tests, and for `--store none`. The same protocol, no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock

from ilang.base.diagnostic import Diagnostic
from ilang.draws.address import Address
from ilang.draws.claims import LEASE, Claims
from ilang.draws.entry import Entry, encode
from ilang.draws.store import Checked, Cut, Dropped, Holding, Info


class MemoryStore:
    """A `Store`, with its `Upkeep`, in a dictionary."""

    def __init__(self) -> None:
        self._entries: dict[Address, Entry] = {}
        self._claimed: dict[Address, MemoryClaims] = {}
        self._lock = Lock()

    def get(self, address: Address) -> Entry | None:
        return self._entries.get(address)

    def get_many(self, addresses: Sequence[Address]) -> Mapping[Address, Entry]:
        entries = self._entries
        return {address: entries[address] for address in addresses if address in entries}

    def put_many(self, entries: Sequence[tuple[Address, Entry]]) -> list[Entry]:
        with self._lock:
            return [self._entries.setdefault(address, entry) for address, entry in entries]

    def claims(self) -> Claims:
        return MemoryClaims(self._claimed, self._lock)

    def info(self) -> Info:
        by_source: dict[str, list[Entry]] = {}
        for entry in self._entries.values():
            by_source.setdefault(entry.source, []).append(entry)
        holdings = tuple(_holding(source, by_source[source]) for source in sorted(by_source))
        return Info("memory", sum(h.bytes for h in holdings), holdings)

    def warnings(self) -> tuple[Diagnostic, ...]:
        return ()

    def close(self) -> None:
        """Nothing is held open."""

    def entries(self) -> Iterator[tuple[Address, Entry]]:
        yield from sorted(self._entries.items())

    def verify(self) -> Checked:
        return Checked(len(self._entries))

    def preview(self, cut: Cut) -> Dropped:
        falling = self._falling(cut)
        return Dropped(len(falling), sum(len(encode(self._entries[address])) for address in falling))

    def prune(self, cut: Cut) -> Dropped:
        with self._lock:
            dropped = self.preview(cut)
            for address in self._falling(cut):
                del self._entries[address]
        return dropped

    def _falling(self, cut: Cut) -> list[Address]:
        newest_first = sorted(reversed(self._entries.items()), key=lambda item: -item[1].stored)
        kept = 0
        falling = []
        for address, entry in newest_first:
            if cut.before is not None and entry.stored >= cut.before:
                continue
            if cut.source is not None and entry.source != cut.source:
                continue
            if cut.largest is not None:
                kept += len(encode(entry))
                if kept <= cut.largest:
                    continue
            falling.append(address)
        return falling


class MemoryClaims:
    """The `Claims` of one run in this process."""

    def __init__(self, claimed: dict[Address, MemoryClaims], lock: Lock) -> None:
        self.until = 0.0
        self._claimed = claimed
        self._lock = lock

    def claim(self, addresses: Sequence[Address], now: float) -> set[Address]:
        with self._lock:
            self.until = now + LEASE
            for address in addresses:
                holder = self._claimed.get(address)
                if holder is None or holder.until <= now:
                    self._claimed[address] = self
            return {address for address in addresses if self._claimed[address] is self}

    def release(self, addresses: Sequence[Address]) -> None:
        with self._lock:
            for address in addresses:
                if self._claimed.get(address) is self:
                    del self._claimed[address]

    def renew(self, now: float) -> None:
        self.until = now + LEASE

    def close(self) -> None:
        self.release([address for address, holder in list(self._claimed.items()) if holder is self])


def _holding(source: str, entries: Sequence[Entry]) -> Holding:
    times = [entry.stored for entry in entries]
    return Holding(source, len(entries), sum(len(encode(e)) for e in entries), min(times), max(times))
