"""How a step is cut: who is computed with whom, and by how many threads."""

from __future__ import annotations

from ilang_backends.embedded.plan import CHUNK, Entry, reading, writing


def calls(*slots: int) -> list[tuple[list[int], int]]:
    """The slots and threads of each call, where one token of each of these slots is due and 4 threads are allowed."""
    entries = [Entry(token=0, position=9, slot=slot, wanted=True) for slot in slots]
    return [([entry.slot for entry in call.entries], call.threads) for call in writing(entries, threads=4)]


def test_neighbours_share_a_call_and_the_threads() -> None:
    assert calls(3, 0, 2, 1) == [([0, 1, 2, 3], 4)]


def test_one_without_a_neighbour_has_one_thread() -> None:
    assert calls(0, 1, 2, 3, 5, 7) == [([0, 1, 2, 3], 4), ([5, 7], 1)]
    assert calls(4) == [([4], 1)]


def test_few_tokens_have_one_thread() -> None:
    assert calls(0, 1) == [([0, 1], 1)]
    entries = [Entry(0, at, 0, wanted=False) for at in range(3)]
    assert reading(entries, threads=4).threads == 1


def test_nothing_to_write_is_no_call() -> None:
    assert calls() == []


def test_a_piece_of_a_prompt_stays_below_the_kernel_s_tiles() -> None:
    assert 2 <= CHUNK < 64
