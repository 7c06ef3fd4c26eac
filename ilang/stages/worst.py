"""`worst`: by (verified, score, weight), or by `by` alone; ties to the first. What did not parse is passed over."""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.stages.best import readable
from ilang.stages.rank import ranks
from ilang.stages.stage import Arguments, NothingLeft, Stage, Steps


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    places = readable(pool)
    if not places:
        raise NothingLeft("worst", "no candidate gave a value")
    found = yield from ranks(pool, a["by"], places)
    worst = min(range(len(found)), key=lambda i: (1.0,) if found[i] is None else (0.0, *found[i]))  # type: ignore[misc]
    return pool.candidates[places[worst]].reading


STAGE = Stage("worst", apply)
