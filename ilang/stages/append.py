"""`append`: text added to every candidate; clears `finished`."""

from __future__ import annotations

from ilang.base.candidate import Candidate, Piece, Pool
from ilang.stages.drawn import reread
from ilang.stages.frozen import thawed
from ilang.stages.pure import sized
from ilang.stages.stage import Arguments, Given, Judge, Stage, Steps, unmade, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    live = thawed(pool)
    found = yield Judge(a["text"], views(pool, live))
    changed: dict[int, Candidate] = {}
    for i, one in zip(live, found, strict=True):
        c = pool.candidates[i]
        if isinstance(one, Given):
            changed[i] = c.rewritten(
                sized(c.text + one.value), pieces=(*c.pieces, Piece(one.value, drawn=False)), finished=False
            )
        else:
            yield unmade(one)
    return (yield from reread(pool, changed))


STAGE = Stage("append", apply, keeps_texts=False)
