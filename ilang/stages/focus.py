"""`focus`: the stages applied to a part; the rest stands.

`focus(cond)`: to the candidates that satisfy it. `focus(top=k, by=)`: to the k best. A frozen
candidate is never chosen. What comes of a candidate stands where it stood, children in
order; what the part added stands behind the whole pool.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ilang.base.candidate import Candidate, Pool
from ilang.stages.frozen import thawed
from ilang.stages.rank import best_first, ranks
from ilang.stages.stage import Arguments, Given, Judge, Report, Run, Stage, Steps, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"].told_apart()
    live = thawed(pool)
    if "cond" in a:
        found = yield Judge(a["cond"], views(pool, live))
        part = []
        for i, one in zip(live, found, strict=True):
            if isinstance(one, Given) and one.value:
                part.append(i)
            elif not isinstance(one, Given):
                yield Report("not-given", one.why)
    else:
        found_ranks = yield from ranks(pool, a.get("by"), live)
        part = sorted(live[k] for k in best_first(found_ranks)[: max(0, a["top"])])
    if not part:
        return pool
    after: Pool = (yield Run("body", Pool(tuple(pool.candidates[i] for i in part)))) or Pool()
    return merged(pool, [(part, after)])


def merged(pool: Pool, parts: Sequence[tuple[list[int], Pool]]) -> Pool:
    """The pool with what came of each part in that part's places, and what they added behind."""
    come: dict[int, list[Candidate]] = {i: [] for part, _ in parts for i in part}
    new: list[Candidate] = []
    for part, after in parts:
        origin = {id(pool.candidates[i].identity): i for i in part}
        for c in after.candidates:
            place = next((origin[id(x)] for x in ancestry(c) if id(x) in origin), None)
            (come[place] if place is not None else new).append(c)
    kept: list[Candidate] = []
    for i, c in enumerate(pool.candidates):
        kept.extend(come[i] if i in come else [c])
    return Pool((*kept, *new))


def ancestry(c: Candidate) -> Iterable[object]:
    """The identities of a candidate and of those that it came from."""
    one: Candidate | None = c
    while one is not None:
        yield one.identity
        one = one.parent


STAGE = Stage("focus", apply, keeps_texts=False)
