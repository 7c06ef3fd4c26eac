"""`start`: n unfinished, empty candidates of a request."""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.stages.drawn import fresh
from ilang.stages.stage import Arguments, CannotGive, Chosen, Most, Sizes, Stage, Steps

MOST = 100_000
"""Candidates of a pool."""


def apply(a: Arguments) -> Steps:
    model = yield Chosen(a["model"])
    if a["n"] > MOST:
        raise CannotGive(f"start: {a['n']:,} candidates are more than a pool may hold ({MOST:,})")
    return Pool(tuple(fresh(a["request"], model) for _ in range(a["n"])))


def most(at: Sizes) -> Most:
    return Most(items=at.count("n"))


STAGE = Stage("start", apply, most=most)
