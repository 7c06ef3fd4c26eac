"""`count`: for how many f holds; not given is false."""

from __future__ import annotations

from ilang.stages.stage import Arguments, Given, Judge, Report, Stage, Steps, views


def apply(a: Arguments) -> Steps:
    items = tuple((x,) for x in a["list"]) if "list" in a else views(a["pool"])
    found = yield Judge(a["f"], items)
    for one in found:
        if not isinstance(one, Given):
            yield Report("not-given", one.why)
    return sum(1 for one in found if isinstance(one, Given) and one.value)


STAGE = Stage("count", apply)
