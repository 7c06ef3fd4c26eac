"""Suggests the name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that is spelled most like this one, or begins like it; None where none comes close."""
    low = name.lower()
    letters = set(low)
    most = 1 if len(name) <= 4 else 2 if len(name) <= 8 else 3
    best: tuple[tuple[int, bool], str] | None = None
    for other in dict.fromkeys(known):
        if other == name:
            continue
        other_low = other.lower()
        if other_low.replace("_", "") == low.replace("_", ""):
            return other
        found = most + 1
        if abs(len(other) - len(name)) <= most and len(letters ^ set(other_low)) <= 2 * most:
            found = distance(low, other_low)
        if found > most and min(len(low), len(other_low)) > 2 and _begins(low, other_low):
            found = most
        rank = (found, other_low[:1] != low[:1])
        if found <= most and found < max(len(name), len(other)) - 1 and (best is None or rank < best[0]):
            best = (rank, other)
    return best[1] if best else None


def _begins(one: str, other: str) -> bool:
    """Whether the shorter is how the longer begins."""
    return other.startswith(one) or (one.startswith(other) and len(other) > 3)


def distance(one: str, other: str) -> int:
    """How many letters must be written, left out, changed or swapped with the next to make one of the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        two_before, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
    return row[-1]
