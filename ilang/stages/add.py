"""`add`: the candidates of another pool, behind."""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.stages.stage import Arguments, Stage, Steps


def apply(a: Arguments) -> Steps:
    return Pool((*a["pool"].candidates, *a["more"].candidates)).told_apart()
    yield  # a stage is a generator, also where it needs nothing


STAGE = Stage("add", apply)
