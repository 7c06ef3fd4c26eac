"""Draws in waves: as few as could settle what is read of them, then as few more as could settle it then.

How many a wave has depends on the replies before it alone, never on what arrives first. The indices of all draws are
taken at the beginning, so that whoever draws next has the numbers that it would have had.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ilang.base.candidate import Candidate, Pool
from ilang.stages.drawn import new_candidate, read_all, report_missing, settings_of
from ilang.stages.stage import Arguments, Drawn, Report, Send, Steps, Take, Taken, Want
from ilang.stages.table import stage
from ilang.stages.verify import checked


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who reads the candidates: the stage that settles what is wanted of them (`Stage.settled`). `asks`: the check of
    each may draw too, and to draw that in several calls may be dearer."""

    stage: str
    asks: bool = False

    def fewest(self, candidates: Sequence[Candidate], left: int) -> int:
        """The fewest draws more, of so many that are left, that could settle what it gives; 0 where it is settled."""
        settled = stage(self.stage).settled
        assert settled is not None
        return min(left, settled(candidates, left))


def in_waves(a: Arguments) -> Steps:
    """`sample` for a consumer: candidates in draw order, as many as settle what it gives. With `check` each is verified
    as it comes."""
    consumer, check = a["consumer"], a.get("check")
    want = Want(a["request"], a["model"], max(0, a["n"]), settings_of(a), candidate=True)
    taken: Taken = yield Take(want, asks=consumer.asks)
    found: list[Candidate] = []
    left = want.n
    while left and (fewest := consumer.fewest(found, left)):
        wave = max(fewest, min(left, math.ceil(left * taken.eager)))
        before = len(found)
        found += yield from _wave(replace(want, n=wave, first=taken.first + want.n - left))
        left -= wave
        if check is not None:
            found = list((yield from checked(Pool(tuple(found)), check, range(before, len(found)))).candidates)
    if left:
        yield Report("undrawn", f"`{consumer.stage}` was settled", count=left)
    return Pool(tuple(found))


def _wave(want: Want) -> Steps:
    (results,) = yield Send((want,))
    yield from report_missing(results)
    came = [d for d in results if isinstance(d, Drawn)]
    values = yield from read_all([(want.asked, d) for d in came])
    return [new_candidate(want.asked, d, value) for d, value in zip(came, values, strict=True)]
