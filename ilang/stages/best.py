"""`best`: by (verified, score, weight), or by `by` alone; ties to the first. What did not parse is passed over."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.candidate import Candidate, Pool
from ilang.stages.rank import best_first, ranks
from ilang.stages.stage import Arguments, NothingLeft, Report, Stage, Steps, unread_of


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    places = readable(pool)
    if not places:
        raise NothingLeft("best", "no candidate gave a value")
    found = yield from ranks(pool, a["by"], places)
    winner = pool.candidates[places[best_first(found)[0]]]
    if winner.verified is False:
        yield Report("best-failed", "the best candidate failed its verify", winner.text)
    return winner.reading


def settled(candidates: Sequence[Candidate], left: int) -> int:
    """The first that is verified stands before all that come, where none has a score: ties go to the first."""
    return 0 if any(c.verified and unread_of(c) is None for c in candidates) else min(left, 1)


def readable(pool: Pool) -> list[int]:
    """The places of the candidates whose text gave a value."""
    return [i for i, c in enumerate(pool.candidates) if unread_of(c) is None]


STAGE = Stage("best", apply, settled=settled)
