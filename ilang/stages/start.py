"""`start`: n unfinished, empty candidates of a request."""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.stages.drawn import fresh
from ilang.stages.stage import Arguments, Chosen, Most, Sizes, Stage, Steps


def apply(a: Arguments) -> Steps:
    model = yield Chosen(a["model"])
    return Pool(tuple(fresh(a["request"], model) for _ in range(a["n"])))


def most(at: Sizes) -> Most:
    return Most(items=at.count("n"))


STAGE = Stage("start", apply, most=most)
