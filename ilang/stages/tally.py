"""`tally`: the exact distribution over the choices, from log-probabilities. Checked and lowered, not run yet."""

from __future__ import annotations

from ilang.stages.stage import Arguments, Stage, Steps, Unsupported


def apply(a: Arguments) -> Steps:
    del a
    raise Unsupported("`tally`")
    yield  # a stage is a generator, also where it needs nothing


STAGE = Stage("tally", apply, draws=True)
