"""`per`: the stages applied to each group of equal key apart, in the order of their first candidates.

What comes of a candidate stands where it stood; what a part added stands behind the whole pool.
A candidate of which the key is not given is passed over.
"""

from __future__ import annotations

from collections.abc import Hashable

from ilang.base.candidate import Pool
from ilang.stages.focus import merged
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
    parts: list[tuple[list[int], Pool]] = []
    for part in groups.values():
        after: Pool = (yield Run("body", Pool(tuple(pool.candidates[i] for i in part)))) or Pool()
        parts.append((part, after))
    return merged(pool, parts)


STAGE = Stage("per", apply, keeps_texts=False)
