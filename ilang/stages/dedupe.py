"""`dedupe`: the first of equals. What `by` is not given of is kept."""

from __future__ import annotations

from collections.abc import Hashable

from ilang.base.candidate import Pool
from ilang.stages.key import key
from ilang.stages.stage import Arguments, Given, Judge, Report, Stage, Steps, unread_of, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    keys: list[Hashable | None] = []
    if a["by"] is None:
        keys = [None if unread_of(c) is not None else key(c.reading) for c in pool.candidates]
    else:
        for one in (yield Judge(a["by"], views(pool))):
            if not isinstance(one, Given):
                yield Report("not-given", one.why)
            keys.append(key(one.value) if isinstance(one, Given) else None)
    seen: set[Hashable] = set()
    kept = []
    for c, k in zip(pool.candidates, keys, strict=True):
        if k is None or k not in seen:
            kept.append(c)
        if k is not None:
            seen.add(k)
    return Pool(tuple(kept))


STAGE = Stage("dedupe", apply, keeps_texts=False)
