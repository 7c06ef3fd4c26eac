"""`vote`: weights summed per answer, or per `by`; ties go to the group that stands first.

Self-consistency (Wang et al., 2022). The winner is the value of the first candidate of its group.
Weight 0 has no say. A prior counts as votes cast before: its groups stand in front.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from itertools import accumulate

from ilang.base.candidate import Candidate, Pool
from ilang.base.value import Group, Tally, Value
from ilang.stages.key import key
from ilang.stages.stage import Arguments, Given, Judge, NothingLeft, Report, Stage, Steps, unread_of, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    readable = [i for i, c in enumerate(pool.candidates) if unread_of(c) is None]
    if a["by"] is None:
        keys: list[Hashable | None] = [key(pool.candidates[i].reading) for i in readable]
    else:
        keys = []
        for one in (yield Judge(a["by"], views(pool, readable))):
            if not isinstance(one, Given):
                yield Report("not-given", one.why)
            keys.append(key(one.value) if isinstance(one, Given) else None)
    cast: list[tuple[Hashable, Value, float]] = []
    for i, k in zip(readable, keys, strict=True):
        c = pool.candidates[i]
        if k is not None and c.weight > 0:
            cast.append((k, c.reading, c.weight))
    prior: Tally | None = a["prior"]
    if not cast and (prior is None or not prior.groups):
        raise NothingLeft("vote", "no candidate had a vote")
    return count(cast, prior)


def count(cast: list[tuple[Hashable, Value, float]], prior: Tally | None) -> Tally:
    """The tally of votes (key, value, weight), in their order."""
    weights: dict[Hashable, list[float]] = {}
    values: dict[Hashable, Value] = {}
    if prior is not None:
        for group in prior.groups:
            weights[group.key], values[group.key] = [group.weight], group.value
    for k, value, weight in cast:
        weights.setdefault(k, []).append(weight)
        values.setdefault(k, value)
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for _, v, _ in cast)
    moment = moment_of(cast) if numbers else None
    if prior is not None and moment is not None:
        moment = moment + prior.moment if prior.moment is not None else None
    size = len(cast) + (prior.size if prior is not None else 0)
    return Tally(tuple(Group(k, values[k], math.fsum(w)) for k, w in weights.items()), size, moment)


def settled(candidates: Sequence[Candidate], left: int) -> int:
    """The fewest draws more after which the winner could be known, each with one vote at most.

    An answer that has those votes too has won where no other can still pass it, or reach it and was there before it.
    """
    counts: dict[Hashable, int] = {}
    for c in candidates:
        if unread_of(c) is None:
            k = key(c.reading)
            counts[k] = counts.get(k, 0) + 1
    held = list(counts.values())  # in the order in which the answers were met
    younger = [*accumulate(reversed(held), max)][::-1][1:]  # of each, the most votes of those met after it
    fewest, older = math.ceil(left / 2), -1  # of one that nobody has given yet
    for at, mine in enumerate(held):
        rival = max(0, older + 1, *younger[at : at + 1])
        # mine + x >= theirs + (left - x), one more where they were there before it
        fewest = min(fewest, max(0, math.ceil((rival + left - mine) / 2)))
        older = max(older, mine)
    return fewest


def moment_of(cast: list[tuple[Hashable, Value, float]]) -> float | None:
    """The sum of weight times value; None where it is too large for a double."""
    try:
        found = math.fsum(v * w for _, v, w in cast)
    except (OverflowError, ValueError):  # ValueError: infinities of both signs
        return None
    return found if math.isfinite(found) else None


STAGE = Stage("vote", apply, settled=settled, settles="winner")
