"""The draw store on disk: entries as sealed bytes in a diskcache, shared by threads and processes.

`put_many` returns when its rows are on the disk: they survive a kill at any moment and a loss of
power. Readers never wait for writers. Nothing is imported of diskcache or SQLite before `open`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ilang.base.diagnostic import Diagnostic
from ilang.draws import problem
from ilang.draws.address import Address
from ilang.draws.directory import default_directory, prepare
from ilang.draws.entry import Damaged, Entry, decode, encode
from ilang.draws.store import Checked, Cut, Dropped, Holding, Info

if TYPE_CHECKING:
    from ilang.draws.sealed_cache import SealedCache

VERSION = 1
"""Of what a row means. A store of a higher one is refused."""

PATIENCE = 60.0
"""Seconds to wait for another process that writes."""


class DiskStore:
    """A `Store`, with its `Upkeep`, in one directory. Made by `open_store`."""

    def __init__(self, directory: Path, cache: SealedCache, patience: float) -> None:
        self.directory = directory
        self._cache = cache
        self._patience = patience
        self._damaged: dict[str, None] = {}  # an ordered set; adding to it is safe from any thread

    def get(self, address: Address) -> Entry | None:
        return self.get_many((address,)).get(address)

    def get_many(self, addresses: Sequence[Address]) -> Mapping[Address, Entry]:
        wanted = {_pack(address): address for address in addresses}
        return {wanted[key]: entry for key, entry in self._read(list(wanted)).items()}

    def put_many(self, entries: Sequence[tuple[Address, Entry]]) -> list[Entry]:
        from ilang.draws.sealed_cache import Row, explained

        packed = [_pack(address) for address, _ in entries]
        rows = {
            key: Row(key, encode(entry), entry.source, entry.stored)
            for key, (_, entry) in zip(reversed(packed), reversed(entries), strict=True)
        }
        with explained(self.directory, self._patience), self._cache.durably():
            standing = self._read(list(rows))
            self._cache.upsert([row for key, row in rows.items() if key not in standing])
        first: dict[bytes, Entry] = {}
        for key, (_, entry) in zip(packed, entries, strict=True):
            first.setdefault(key, standing.get(key, entry))
        return [first[key] for key in packed]

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Entry]:
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience):
            found, bad = self._cache.select(keys)
        entries: dict[bytes, Entry] = {}
        for key, value in found.items():
            try:
                entries[key] = decode(value)
            except Damaged:
                bad.append(key)
        for key in bad:
            self._damaged[_name(key)] = None
        return entries

    def info(self) -> Info:
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience):
            kinds, size = self._cache.kinds(), self._cache.footprint()
        holdings = tuple(Holding(k.tag, k.rows, k.bytes, k.oldest, k.newest) for k in kinds)
        return Info(str(self.directory), size, holdings)

    def warnings(self) -> tuple[Diagnostic, ...]:
        names = tuple(self._damaged)
        return (problem.damaged(str(self.directory), names),) if names else ()

    def close(self) -> None:
        self._cache.close()

    def entries(self) -> Iterator[tuple[Address, Entry]]:
        for key, entry in self._scan():
            address = _unpack(key)
            if entry is None or address is None:
                self._damaged[_name(key)] = None
            else:
                yield address, entry

    def verify(self) -> Checked:
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience):
            answer = self._cache.quick_check()
        if answer != "ok":
            raise problem.corrupt(str(self.directory), answer)
        sound, damaged = 0, []
        for key, entry in self._scan():
            if entry is None or _unpack(key) is None:
                damaged.append(_name(key))
            else:
                sound += 1
        return Checked(sound, tuple(damaged))

    def preview(self, cut: Cut) -> Dropped:
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience):
            return _dropped(self._falling(cut))

    def prune(self, cut: Cut) -> Dropped:
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience), self._cache.durably():
            falling = self._falling(cut)
            self._cache.delete([row for row, _ in falling])
        return _dropped(falling)

    def _falling(self, cut: Cut) -> list[tuple[int, int]]:
        """(row id, bytes) of what the cut takes."""
        rows = self._cache.ages(cut.before, cut.source)
        if cut.largest is None:
            return rows
        kept = 0
        for at, (_, size) in enumerate(rows):
            kept += size
            if kept > cut.largest:
                return rows[at:]
        return []

    def _scan(self) -> Iterator[tuple[object, Entry | None]]:
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience):
            for key, value in self._cache.scan():
                try:
                    yield key, None if value is None else decode(value)
                except Damaged:
                    yield key, None


def open_store(directory: Path | None = None, *, patience: float = PATIENCE) -> DiskStore:
    """Open the store in `directory` (left out: `default_directory()`), or begin one there. Raises IlangError."""
    place = default_directory() if directory is None else directory
    prepare(place)
    from ilang.draws.sealed_cache import open_cache

    return DiskStore(place, open_cache(place, VERSION, patience), patience)


def _dropped(rows: Sequence[tuple[int, int]]) -> Dropped:
    return Dropped(len(rows), sum(size for _, size in rows))


def _pack(address: Address) -> bytes:
    """36 bytes: the key's 32, then the index, so that draws of one request lie together and in order."""
    return bytes.fromhex(address.key) + address.index.to_bytes(4, "big")


def _unpack(key: object) -> Address | None:
    if not isinstance(key, bytes) or len(key) != 36:
        return None
    return Address(key[:32].hex(), int.from_bytes(key[32:], "big"))


def _name(key: object) -> str:
    address = _unpack(key)
    return f"{address.key[:12]}#{address.index}" if address else f"key {key!r}"
