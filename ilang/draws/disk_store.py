"""The draw store on disk: entries as sealed bytes in a diskcache, shared by threads and processes.

`put_many` returns when its rows are on the disk: they survive a kill at any moment and a loss of
power. Readers never wait for writers. Nothing is imported of diskcache or SQLite before `open`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ilang.base.diagnostic import Diagnostic
from ilang.draws import problem
from ilang.draws.address import Address
from ilang.draws.claims import Claims
from ilang.draws.directory import default_directory, prepare
from ilang.draws.entry import Damaged, Entry, decode, encode
from ilang.draws.packing import pack, unpack
from ilang.draws.result import KEY_BYTES, TAG, Result, decode_result, encode_result
from ilang.draws.store import Checked, Cut, Dropped, Holding, Info

if TYPE_CHECKING:
    from ilang.draws.sealed_cache import SealedCache

VERSION = 1
"""Of what a row means. A store of a higher one is refused."""

Kept = TypeVar("Kept", Entry, Result)

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
        wanted = {pack(address): address for address in addresses}
        return {wanted[key]: entry for key, entry in self._read(list(wanted)).items()}

    def put_many(self, entries: Sequence[tuple[Address, Entry]]) -> list[Entry]:
        return self._put([(pack(address), entry) for address, entry in entries], encode, self._read)

    def get_results(self, keys: Sequence[bytes]) -> Mapping[bytes, Result]:
        return self._read_results(keys)

    def put_results(self, results: Sequence[tuple[bytes, Result]]) -> list[Result]:
        return self._put(results, encode_result, self._read_results)

    def claims(self) -> Claims:
        from ilang.draws.claim_file import ClaimFile

        return ClaimFile(self.directory, self._patience)

    def _put(
        self,
        pairs: Sequence[tuple[bytes, Kept]],
        encoded: Callable[[Kept], bytes],
        read: Callable[[Sequence[bytes]], Mapping[bytes, Kept]],
    ) -> list[Kept]:
        """Writes what has no key there yet, in one durable transaction; what stands at each."""
        from ilang.draws.sealed_cache import Row, explained

        rows = {key: Row(key, encoded(one), one.source, one.stored) for key, one in reversed(pairs)}
        with explained(self.directory, self._patience), self._cache.durably():
            if self._cache.add(list(rows.values())):  # as nearly always: nobody else has drawn these
                standing: Mapping[bytes, Kept] = {}
            else:
                standing = read(list(rows))
                self._cache.upsert([row for key, row in rows.items() if key not in standing])
        first: dict[bytes, Kept] = {}
        for key, one in pairs:
            first.setdefault(key, standing.get(key, one))
        return [first[key] for key, _ in pairs]

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Entry]:
        return self._decoded(keys, decode)

    def _read_results(self, keys: Sequence[bytes]) -> dict[bytes, Result]:
        return self._decoded(keys, decode_result)

    def _decoded(self, keys: Sequence[bytes], decoded: Callable[[bytes], Kept]) -> dict[bytes, Kept]:
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience):
            found, bad = self._cache.select(keys)
        sound: dict[bytes, Kept] = {}
        for key, value in found.items():
            try:
                sound[key] = decoded(value)
            except Damaged:
                bad.append(key)
        for key in bad:
            self._damaged[_name(key)] = None
        return sound

    def info(self) -> Info:
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience):
            kinds, size = self._cache.kinds(), self._cache.footprint()
        all_kinds = [Holding(k.tag, k.rows, k.bytes, k.oldest, k.newest) for k in kinds]
        holdings = tuple(h for h in all_kinds if not h.source.startswith(TAG))
        return Info(str(self.directory), size, holdings, tuple(h for h in all_kinds if h.source.startswith(TAG)))

    def warnings(self) -> tuple[Diagnostic, ...]:
        names = tuple(self._damaged)
        return (problem.damaged(str(self.directory), names),) if names else ()

    def close(self) -> None:
        self._cache.close()

    def entries(self) -> Iterator[tuple[Address, Entry]]:
        for key, entry in self._scan():
            address = unpack(key)
            if isinstance(entry, Entry) and address is not None:
                yield address, entry
            elif entry is None:
                self._damaged[_name(key)] = None

    def results(self) -> Iterator[tuple[bytes, Result]]:
        """Every sound result of Python, in the order of their keys."""
        for key, one in self._scan():
            if isinstance(one, Result) and isinstance(key, bytes):
                yield key, one

    def verify(self) -> Checked:
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience):
            answer = self._cache.quick_check()
        if answer != "ok":
            raise problem.corrupt(str(self.directory), answer)
        sound, damaged = 0, []
        for key, entry in self._scan():
            if entry is None:
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

    def _scan(self) -> Iterator[tuple[object, Entry | Result | None]]:
        """All rows in order of their keys; None for one that is damaged, or no row of ours."""
        from ilang.draws.sealed_cache import explained

        with explained(self.directory, self._patience):
            for key, value in self._cache.scan():
                try:
                    if is_result(key):
                        yield key, decode_result(value)
                    else:
                        yield key, decode(value) if unpack(key) is not None else None
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


def is_result(key: object) -> bool:
    """Whether a row with this key is a result of Python, and not a draw."""
    return isinstance(key, bytes) and len(key) == KEY_BYTES


def _name(key: object) -> str:
    if isinstance(key, bytes) and is_result(key):
        return f"result {key.hex()[:12]}"
    address = unpack(key)
    return f"{address.key[:12]}#{address.index}" if address else f"key {key!r}"
