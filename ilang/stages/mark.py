"""`mark`: each candidate given values by name: all for the first name, then the next; no name sees another."""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.base.value import Value
from ilang.stages.stage import Arguments, Given, Judge, Stage, Steps, unmade, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    given: list[dict[str, Value]] = [{} for _ in pool.candidates]
    for name, function in a.items():
        if name == "pool":
            continue
        found = yield Judge(function, views(pool))
        for values, one in zip(given, found, strict=True):
            if isinstance(one, Given):
                values[name] = one.value
            else:
                yield unmade(one)
    return Pool(tuple(c.with_marks(**values) for c, values in zip(pool.candidates, given, strict=True)))


STAGE = Stage("mark", apply, gives_results=True)
