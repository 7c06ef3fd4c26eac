"""Of which elements a condition holds: what `any` and `count` have in common. Not given is false."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ilang.stages.stage import Arguments, Effect, Given, Judge, Report, views


def holding(a: Arguments) -> Generator[Effect, Any, list[bool]]:
    """For each element of the list or pool whether f holds."""
    items = tuple((x,) for x in a["list"]) if "list" in a else views(a["pool"])
    found = yield Judge(a["f"], items)
    for one in found:
        if not isinstance(one, Given):
            yield Report("not-given", one.why)
    return [isinstance(one, Given) and bool(one.value) for one in found]
