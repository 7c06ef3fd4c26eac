"""`append`: text added to every candidate; clears `finished`."""

from __future__ import annotations

from dataclasses import replace

from ilang.base.candidate import Candidate, Piece, Pool
from ilang.stages.drawn import prefill_of
from ilang.stages.frozen import thawed
from ilang.stages.stage import Arguments, Given, Judge, Lost, Read, Report, Stage, Steps, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    live = thawed(pool)
    found = yield Judge(a["text"], views(pool, live))
    changed: dict[int, Candidate] = {}
    for i, one in zip(live, found, strict=True):
        c = pool.candidates[i]
        if isinstance(one, Given):
            changed[i] = c.rewritten(
                c.text + one.value, pieces=(*c.pieces, Piece(one.value, drawn=False)), finished=False
            )
        else:
            yield Report("missing" if isinstance(one, Lost) else "not-given", one.why)
    values = yield Read(tuple((c.asked, c.text, prefill_of(c.asked)) for c in changed.values()))
    read = dict(zip(changed, values, strict=True))
    return Pool(
        tuple(replace(changed[i], reading=read[i]) if i in changed else c for i, c in enumerate(pool.candidates))
    )


STAGE = Stage("append", apply, keeps_texts=False)
