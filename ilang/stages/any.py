"""`any`: whether f holds for one at least; not given is false."""

from __future__ import annotations

from ilang.stages.stage import Arguments, Given, Judge, Report, Stage, Steps, views


def apply(a: Arguments) -> Steps:
    items = tuple((x,) for x in a["list"]) if "list" in a else views(a["pool"])
    found = yield Judge(a["f"], items)
    for one in found:
        if not isinstance(one, Given):
            yield Report("not-given", one.why)
    return any(isinstance(one, Given) and one.value for one in found)


STAGE = Stage("any", apply)
