"""`best`: by (verified, score, weight), or by `by` alone; ties to the first. What did not parse is passed over."""

from __future__ import annotations

from ilang.base.candidate import Pool
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


def readable(pool: Pool) -> list[int]:
    """The places of the candidates whose text gave a value."""
    return [i for i, c in enumerate(pool.candidates) if unread_of(c) is None]


STAGE = Stage("best", apply)
