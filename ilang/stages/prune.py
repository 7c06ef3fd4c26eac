"""`prune`: drops what does not satisfy `unless`, then all but the `keep` best by `by`. Draw order stands.

Of a pool; of a list an element is judged by itself, and without `by` the first ones are kept.
Whether an empty pool is none is the place's to say: outside a region it is (`none_if_empty`).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

from ilang.base.candidate import Pool
from ilang.base.value import Value
from ilang.stages.rank import best_first, rank_of, ranks
from ilang.stages.stage import (
    Arguments,
    Effect,
    Given,
    Judge,
    Judgement,
    Lost,
    Most,
    Sizes,
    Stage,
    Steps,
    unmade,
    views,
)


def apply(a: Arguments) -> Steps:
    if "list" in a:
        return (yield from of_list(a))
    pool: Pool = a["pool"]
    left = list(range(len(pool)))
    if a.get("unless") is not None:
        found = yield Judge(a["unless"], views(pool))
        yield from report(found)
        left = [i for i, one in enumerate(found) if keeps(one)]
    if a["keep"] is not None and len(left) > a["keep"]:
        found_ranks = yield from ranks(pool, a["by"], left)
        left = sorted(left[k] for k in best_first(found_ranks)[: max(0, a["keep"])])
    if a.get("none_if_empty") and not left:
        return None
    return Pool(tuple(pool.candidates[i] for i in left))


def of_list(a: Arguments) -> Steps:
    items: tuple[Value, ...] = a["list"]
    if a.get("unless") is not None:
        found = yield Judge(a["unless"], tuple((x,) for x in items))
        yield from report(found)
        items = tuple(x for x, one in zip(items, found, strict=True) if keeps(one))
    if a["keep"] is not None and len(items) > a["keep"]:
        if a["by"] is None:
            return items[: max(0, a["keep"])]
        found = yield Judge(a["by"], tuple((x,) for x in items))
        yield from report(found)
        order = best_first([rank_of(one) for one in found])
        kept = set(order[: max(0, a["keep"])])
        items = tuple(x for i, x in enumerate(items) if i in kept)
    return items


def keeps(one: Judgement) -> bool:
    """Whether a judgement keeps what it judges: what could not be judged for want of a draw stays as it stood."""
    return isinstance(one, Lost) or (isinstance(one, Given) and bool(one.value))


def report(found: Iterable[Judgement]) -> Generator[Effect, Any, None]:
    """Counts what was not given."""
    for one in found:
        if not isinstance(one, Given):
            yield unmade(one)


def most(at: Sizes) -> Most:
    keep = at.count("keep") if at.values.get("keep", 0) is not None else at.most
    return Most(items=min(at.most, keep), asked=at.most)


STAGE = Stage("prune", apply, most=most, keeps_texts=False)
