"""How candidates are ranked: by (verified, score, weight), or by a function alone."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import Any

from ilang.base.candidate import Candidate, Pool
from ilang.base.value import Value
from ilang.stages.stage import Effect, Given, Judge, Judgement, Report, views

Rank = tuple[float, ...]


def standing(c: Candidate) -> Rank:
    """(verified, score, weight): never verified is as failed, no score is below any other."""
    score = c.score if c.score is not None and c.score == c.score else -math.inf
    return (1.0 if c.verified else 0.0, score, c.weight)


def ranks(pool: Pool, by: Value, places: Sequence[int] | None = None) -> Generator[Effect, Any, list[Rank | None]]:
    """The rank of each candidate (of those at these places), greater is better; None where `by` was not given of it."""
    if by is None:
        at = range(len(pool)) if places is None else places
        return [standing(pool.candidates[i]) for i in at]
    found = yield Judge(by, views(pool, places))
    made = [rank_of(one) for one in found]
    for one, rank in zip(found, made, strict=True):
        if rank is None:
            yield Report("not-given", getattr(one, "why", "no number"))
    return made


def rank_of(one: Judgement) -> Rank | None:
    """The rank that a number gives; None where it was not given, or is none. A whole number stays exact."""
    given = isinstance(one, Given) and one.value is not None and one.value == one.value
    return (one.value,) if given else None  # type: ignore[union-attr]


def best_first(ranks: Sequence[Rank | None]) -> list[int]:
    """The places from best to worst; equals in their order, those without a rank last."""
    return sorted(range(len(ranks)), key=lambda i: _negated(ranks[i]))


def _negated(rank: Rank | None) -> tuple[float, ...]:
    return (1.0,) if rank is None else (0.0, *(-x for x in rank))
