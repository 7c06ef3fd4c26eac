"""`count`: for how many f holds; not given is false."""

from __future__ import annotations

from ilang.stages.holding import holding
from ilang.stages.stage import Arguments, Stage, Steps


def apply(a: Arguments) -> Steps:
    held = yield from holding(a)
    return sum(held)


STAGE = Stage("count", apply)
