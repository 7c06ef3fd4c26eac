"""`prune`: drops what does not satisfy `unless`, then all but the `keep` best by `by`. Draw order stands.

Of a pool; of a list an element is judged by itself, and without `by` the first ones are kept.
Whether an empty pool is none is the place's to say: outside a region it is (`none_if_empty`).
"""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.base.value import Value
from ilang.stages.rank import best_first, ranks
from ilang.stages.stage import Arguments, Given, Judge, Report, Stage, Steps, views


def apply(a: Arguments) -> Steps:
    if "list" in a:
        return (yield from of_list(a))
    pool: Pool = a["pool"]
    if a.get("unless") is not None:
        found = yield Judge(a["unless"], views(pool))
        for one in found:
            if not isinstance(one, Given):
                yield Report("not-given", one.why)
        pool = Pool(
            tuple(c for c, one in zip(pool.candidates, found, strict=True) if isinstance(one, Given) and one.value)
        )
    if a["keep"] is not None and len(pool) > a["keep"]:
        found_ranks = yield from ranks(pool, a["by"])
        kept = set(best_first(found_ranks)[: max(0, a["keep"])])
        pool = Pool(tuple(c for i, c in enumerate(pool.candidates) if i in kept))
    if a.get("unless") is not None and not pool.candidates and a.get("none_if_empty"):
        return None
    return pool


def of_list(a: Arguments) -> Steps:
    items: tuple[Value, ...] = a["list"]
    if a.get("unless") is not None:
        found = yield Judge(a["unless"], tuple((x,) for x in items))
        items = tuple(x for x, one in zip(items, found, strict=True) if isinstance(one, Given) and one.value)
    if a["keep"] is not None and len(items) > a["keep"]:
        if a["by"] is None:
            return items[: max(0, a["keep"])]
        found = yield Judge(a["by"], tuple((x,) for x in items))
        order = best_first([(float(one.value),) if isinstance(one, Given) else None for one in found])
        kept = set(order[: max(0, a["keep"])])
        items = tuple(x for i, x in enumerate(items) if i in kept)
    return items


STAGE = Stage("prune", apply, keeps_texts=False)
