"""`any`: whether f holds for one at least; not given is false."""

from __future__ import annotations

from ilang.stages.holding import holding
from ilang.stages.stage import Arguments, Stage, Steps


def apply(a: Arguments) -> Steps:
    held = yield from holding(a)
    return any(held)


STAGE = Stage("any", apply)
