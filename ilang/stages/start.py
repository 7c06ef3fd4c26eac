"""`start`: n unfinished, empty candidates of a request."""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.stages.drawn import fresh
from ilang.stages.stage import Arguments, Chosen, Stage, Steps


def apply(a: Arguments) -> Steps:
    model = yield Chosen(a["model"])
    return Pool(tuple(fresh(a["request"], model) for _ in range(a["n"])))


STAGE = Stage("start", apply)
