"""`each`: f of each element, as a list; an element of which it is not given is left out."""

from __future__ import annotations

from ilang.base.value import Value
from ilang.stages.stage import Arguments, Given, Judge, Most, Report, Sizes, Stage, Steps, unmade, views


def apply(a: Arguments) -> Steps:
    items: tuple[tuple[Value, ...], ...] = tuple((x,) for x in a["list"]) if "list" in a else views(a["pool"])
    most = a["max"]
    if most is not None and len(items) > most:
        yield Report("dropped", f"each: {len(items) - max(0, most)} of {len(items)} elements are over max={most}")
        items = items[: max(0, most)]
    found = yield Judge(a["f"], items)
    for one in found:
        if not isinstance(one, Given):
            yield unmade(one)
    return tuple(one.value for one in found if isinstance(one, Given))


def most(at: Sizes) -> Most:
    asked = at.most if at.values.get("max", 0) is None else min(at.most, at.count("max"))
    return Most(items=asked, asked=asked)


STAGE = Stage("each", apply, most=most, gives_results=True)
