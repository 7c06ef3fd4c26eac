"""`add`: the candidates of another pool, behind."""

from __future__ import annotations

import math

from ilang.base.candidate import Pool
from ilang.stages.stage import Arguments, Most, Sizes, Stage, Steps


def apply(a: Arguments) -> Steps:
    return Pool((*a["pool"].candidates, *a["more"].candidates)).told_apart()
    yield  # a stage is a generator, also where it needs nothing


def most(at: Sizes) -> Most:
    return Most(items=at.most + at.items.get("more", math.inf))


STAGE = Stage("add", apply, most=most)
