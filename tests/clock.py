"""CPU seconds that mean the same on a slow and on a busy machine: held against a piece of plain Python work."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable

_USUAL = 0.03
"""CPU seconds of the yardstick on the machine for which the limits in the tests are written."""


def cpu_seconds(work: Callable[[], object]) -> float:
    """What the work takes, in CPU seconds of the usual machine. The yardstick is taken before and after it."""
    gc.collect()
    gc.freeze()  # what other tests have left is not looked through while this one is measured
    try:
        before = _yardstick()
        began = time.process_time()
        work()
        spent = time.process_time() - began
        return spent * _USUAL / max(before, _yardstick(), _USUAL)
    finally:
        gc.unfreeze()


def _yardstick() -> float:
    text = "".join(f"pipeline p{n}(q: text) -> text {{ upper(q) }}\n" for n in range(4000))
    places: dict[str, list[tuple[int, int]]] = {}
    began = time.process_time()
    for found in re.finditer(r"\w+|\S", text):
        places.setdefault(found[0], []).append(found.span())
    return time.process_time() - began
