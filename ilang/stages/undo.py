"""`undo`: the last extension of every candidate removed, with what was appended after it."""

from __future__ import annotations

from ilang.base.candidate import Candidate, Piece, Pool
from ilang.stages.drawn import reread
from ilang.stages.frozen import thawed
from ilang.stages.stage import Arguments, Stage, Steps


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    changed: dict[int, Candidate] = {}
    for i in thawed(pool):
        c = pool.candidates[i]
        kept = without_last(c.pieces)
        if kept is not None:
            changed[i] = c.rewritten("".join(p.text for p in kept), pieces=kept, finished=False)
    return (yield from reread(pool, changed))


def without_last(pieces: tuple[Piece, ...]) -> tuple[Piece, ...] | None:
    """The pieces before the last one that was drawn; None where none was."""
    drawn = [i for i, p in enumerate(pieces) if p.drawn]
    return pieces[: drawn[-1]] if drawn else None


STAGE = Stage("undo", apply, keeps_texts=False)
