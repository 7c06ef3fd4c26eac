"""`undo`: the last extension of every candidate removed, with what was appended after it."""

from __future__ import annotations

from dataclasses import replace

from ilang.base.candidate import Candidate, Pool
from ilang.stages.drawn import prefill_of
from ilang.stages.frozen import thawed
from ilang.stages.stage import Arguments, Read, Stage, Steps


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    changed: dict[int, Candidate] = {}
    for i in thawed(pool):
        before = extended_from(pool.candidates[i])
        if before is not None:
            c = pool.candidates[i]
            changed[i] = c.rewritten(before.text, pieces=before.pieces, finished=before.finished)
    values = yield Read(tuple((c.asked, c.text, prefill_of(c.asked)) for c in changed.values()))
    read = dict(zip(changed, values, strict=True))
    return Pool(
        tuple(replace(changed[i], reading=read[i]) if i in changed else c for i, c in enumerate(pool.candidates))
    )


def extended_from(c: Candidate) -> Candidate | None:
    """The candidate as it stood before its last extension (a change of text that drew tokens)."""
    while c.parent is not None:
        if c.tokens > c.parent.tokens:
            return c.parent
        c = c.parent
    return None


STAGE = Stage("undo", apply, keeps_texts=False)
