"""What every store must hold to: a subclass gives `store` and is proven."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

import pytest
from msgspec.structs import replace as changed

from ilang.draws.address import Address
from ilang.draws.draw import Draw
from ilang.draws.entry import Entry, encode
from ilang.draws.store import Checked, Cut, Dropped, Store, Upkeep

KEYS = tuple(f"{number:064x}" for number in (1, 2**255))


class KeptStore(Store, Upkeep, Protocol):
    """A store with its upkeep."""


def entry(text: str = "4", *, asked: str = "m-1", stored: float = 100.0) -> Entry:
    """An entry that says `text`."""
    draw = Draw(text, "end", "", 10, 4, 3, model="m-1-2026", fingerprint="fp")
    return Entry(draw, "solve", "solver", "bench", asked, stored, ("0123456789ab",) * 5)


def numbered(count: int, key: str = KEYS[0]) -> list[tuple[Address, Entry]]:
    """So many entries of one request."""
    return [(Address(key, index), entry(f"answer {index}", stored=100.0 + index)) for index in range(count)]


class StoreLaws:
    """Laws of `Store` and `Upkeep`."""

    @pytest.fixture
    def store(self) -> Iterator[KeptStore]:
        raise NotImplementedError

    def test_what_is_put_is_got(self, store: KeptStore) -> None:
        pairs = numbered(3)
        assert store.get(pairs[0][0]) is None
        assert store.put_many(pairs) == [e for _, e in pairs]
        assert store.get(pairs[1][0]) == pairs[1][1]
        assert store.get_many([address for address, _ in pairs]) == dict(pairs)

    def test_what_is_missing_is_left_out(self, store: KeptStore) -> None:
        (pair,) = numbered(1)
        store.put_many([pair])
        other = Address(KEYS[1], 0)
        assert store.get_many([other, pair[0], Address(KEYS[0], 7)]) == {pair[0]: pair[1]}
        assert store.get_many([]) == {}
        assert store.put_many([]) == []

    def test_the_first_draw_stands(self, store: KeptStore) -> None:
        address = Address(KEYS[0], 0)
        first, second, new = entry("first"), entry("second"), (Address(KEYS[0], 1), entry("new"))
        store.put_many([(address, first)])
        assert store.put_many([(address, second), new]) == [first, new[1]]
        assert store.get(address) == first
        twice = Address(KEYS[0], 2)
        assert store.put_many([(twice, first), (twice, second)]) == [first, first]
        assert store.get(twice) == first

    def test_many(self, store: KeptStore) -> None:
        pairs = numbered(1500)
        store.put_many(pairs)
        assert store.get_many([address for address, _ in reversed(pairs)]) == dict(pairs)

    def test_info_counts_by_model(self, store: KeptStore) -> None:
        assert store.info().entries == 0
        store.put_many(numbered(3))
        store.put_many([(Address(KEYS[1], 0), entry(asked="m-2", stored=5.0))])
        one, two = store.info().holdings
        assert (one.source, one.entries, one.oldest, one.newest) == ("bench:m-1", 3, 100.0, 102.0)
        assert (two.source, two.entries, two.oldest, two.newest) == ("bench:m-2", 1, 5.0, 5.0)
        assert two.bytes == len(encode(entry(asked="m-2", stored=5.0)))
        assert store.info().entries == 4

    def test_entries_come_in_order(self, store: KeptStore) -> None:
        pairs = numbered(300, KEYS[1]) + numbered(300, KEYS[0])
        store.put_many(pairs)
        assert list(store.entries()) == sorted(pairs, key=lambda pair: pair[0])

    @pytest.mark.parametrize(
        ("cut", "left"),
        [
            (Cut(), []),
            (Cut(before=102.0), [2, 3, 4]),
            (Cut(source="bench:m-9"), [0, 1, 2, 3, 4]),
            (Cut(source="bench:m-1", before=101.0), [1, 2, 3, 4]),
            (Cut(largest=0), []),
            (Cut(largest=2**40), [0, 1, 2, 3, 4]),
            (Cut(largest=sum(len(encode(e)) for _, e in numbered(5)[3:])), [3, 4]),
        ],
    )
    def test_prune_drops_what_preview_says(self, store: KeptStore, cut: Cut, left: list[int]) -> None:
        pairs = numbered(5)
        store.put_many(pairs)
        gone = [e for (_, index), e in pairs if index not in left]
        expected = Dropped(len(gone), sum(len(encode(e)) for e in gone))
        assert store.preview(cut) == expected
        assert len(list(store.entries())) == 5
        assert store.prune(cut) == expected
        assert [address.index for address, _ in store.entries()] == left
        assert store.info().entries == len(left)

    def test_verify_reads_all(self, store: KeptStore) -> None:
        store.put_many(numbered(600))
        assert store.verify() == Checked(600)
        assert store.warnings() == ()

    def test_threads_agree_on_what_stands(self, store: KeptStore) -> None:
        addresses = [Address(KEYS[0], index) for index in range(40)]
        seen: dict[str, list[Entry]] = {}

        def put(name: str) -> None:
            standing: list[Entry] = []
            for at in range(0, 40, 4):
                mine = [(address, changed(entry(name), prompt=name)) for address in addresses[at : at + 4]]
                standing += store.put_many(mine)
            seen[name] = standing
            store.close()

        threads = [threading.Thread(target=put, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen["a"] == seen["b"] == seen["c"] == seen["d"]
        assert [store.get(address) for address in addresses] == seen["a"]
