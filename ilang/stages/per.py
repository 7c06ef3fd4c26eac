"""`per`: the stages applied to each group of equal key apart, in the order of their first candidates.

What comes of a candidate stands where it stood; what a part added stands behind the whole pool.
A candidate of which the key is not given is passed over.
"""

from __future__ import annotations

from collections.abc import Hashable

from ilang.base.candidate import Candidate, Pool
from ilang.stages.focus import ancestry
from ilang.stages.key import key
from ilang.stages.stage import Arguments, Given, Judge, Report, Run, Stage, Steps, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"].told_apart()
    groups: dict[Hashable, list[int]] = {}
    for i, one in enumerate((yield Judge(a["key"], views(pool)))):
        if isinstance(one, Given):
            groups.setdefault(key(one.value), []).append(i)
        else:
            yield Report("not-given", one.why)
    come: dict[int, list[Candidate]] = {}
    new: list[Candidate] = []
    for part in groups.values():
        after: Pool = (yield Run("body", Pool(tuple(pool.candidates[i] for i in part)))) or Pool()
        origin = {id(pool.candidates[i].identity): i for i in part}
        come.update({i: [] for i in part})
        for c in after.candidates:
            place = next((origin[id(x)] for x in ancestry(c) if id(x) in origin), None)
            (come[place] if place is not None else new).append(c)
    kept: list[Candidate] = []
    for i, c in enumerate(pool.candidates):
        kept.extend(come[i] if i in come else [c])
    return Pool((*kept, *new))


STAGE = Stage("per", apply, keeps_texts=False)
