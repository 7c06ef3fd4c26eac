"""`dedupe`: the first of equals, of a pool or a list. What `by` is not given of is kept."""

from __future__ import annotations

from collections.abc import Hashable

from ilang.base.candidate import Pool
from ilang.stages.key import key
from ilang.stages.stage import Arguments, Given, Judge, Stage, Steps, unmade, unread_of, views


def apply(a: Arguments) -> Steps:
    pool: Pool | None = a.get("pool")
    items = a["list"] if pool is None else pool.candidates
    keys: list[Hashable | None] = []
    if a["by"] is not None:
        for one in (yield Judge(a["by"], tuple((x,) for x in items) if pool is None else views(pool))):
            if not isinstance(one, Given):
                yield unmade(one)
            keys.append(key(one.value) if isinstance(one, Given) else None)
    elif pool is None:
        keys = [key(x) for x in items]
    else:
        keys = [None if unread_of(c) is not None else key(c.reading) for c in items]
    seen: set[Hashable] = set()
    kept = []
    for x, k in zip(items, keys, strict=True):
        if k is None or k not in seen:
            kept.append(x)
        if k is not None:
            seen.add(k)
    return Pool(tuple(kept)) if pool is not None else tuple(kept)


STAGE = Stage("dedupe", apply, keeps_texts=False)
