"""Freezing: in `repeat`, a candidate that satisfied `until` is skipped by the stages that change or judge it."""

from __future__ import annotations

from dataclasses import replace

from ilang.base.candidate import Candidate, Pool

FROZEN = "\0frozen"  # a mark that no program can write


def is_frozen(c: Candidate) -> bool:
    return c.mark(FROZEN) is not None


def depth(c: Candidate) -> int:
    """In how many loops around this one the candidate is frozen; 0 where in none."""
    return c.mark(FROZEN) or 0


def thawed(pool: Pool) -> list[int]:
    """The places of the candidates that are not frozen."""
    return [i for i, c in enumerate(pool.candidates) if not is_frozen(c)]


def freeze(c: Candidate, level: int) -> Candidate:
    """Frozen by the loop of this level (1 is the outermost); one that an outer loop froze stays its."""
    return c if is_frozen(c) else replace(c, marks=(*c.marks, (FROZEN, level)))


def thaw(pool: Pool, level: int) -> Pool:
    """What the loop of this level froze, freed again."""
    return Pool(
        tuple(
            replace(c, marks=tuple(m for m in c.marks if m[0] != FROZEN)) if c.mark(FROZEN) == level else c
            for c in pool.candidates
        )
    )
