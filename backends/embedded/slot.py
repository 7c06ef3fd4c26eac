"""What each stream of the cache holds, and which one a new strand should start from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ilang_backends.embedded.strand import Strand

WORTH_COPYING = 8
"""Tokens in common from which on copying a stream is quicker than computing them again."""


@dataclass(eq=False, slots=True)
class Slot:
    """One stream: the tokens it holds, who uses it (None: free), and when it was last of use.

    What a finished strand leaves is kept, for the next prompt that begins alike.
    """

    index: int
    held: list[int] = field(default_factory=list)
    strand: Strand | None = None
    used: int = 0

    @property
    def reading(self) -> int:
        """Tokens of its prompt that will be there when it is read; 0 where it is read already."""
        if self.strand is None or len(self.held) > self.strand.first_row:
            return 0
        return self.strand.first_row + 1


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with.

    >>> common([1, 2, 3], [1, 2, 4, 5])
    2
    """
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low + 1 < high:  # invariant: alike up to low, not up to high
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def nearest(slots: Iterable[Slot], strand: Strand) -> tuple[Slot | None, int]:
    """The slot that holds most of the strand's beginning, and how much; its last prompt token is always computed."""
    beginning = strand.tokens[: strand.first_row]
    best: Slot | None = None
    most = 0
    for slot in slots:
        alike = common(slot.held, beginning)
        if alike > most or (alike == most and best is not None and best.strand is not None and slot.strand is None):
            best, most = slot, alike
    return best, most


def coming(slots: Iterable[Slot], strand: Strand) -> int:
    """How much of the strand's beginning others are about to have read."""
    beginning = strand.tokens[: strand.first_row]
    return max((common(s.strand.tokens[: s.reading], beginning) for s in slots if s.strand and s.reading), default=0)


def target(free: Sequence[Slot], source: Slot | None, alike: int) -> Slot:
    """The free slot that a strand should take: the source where little but the common part would be lost in it."""
    if source is not None and source.strand is None and 2 * alike >= len(source.held):
        return source
    return min(free, key=lambda slot: slot.used)
