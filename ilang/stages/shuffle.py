"""`shuffle`: the same candidates or elements in a random order, by random numbers of their contents.

Durstenfeld's form of the Fisher-Yates shuffle: every order is equally likely.
"""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.stages.key import key
from ilang.stages.pick import contents
from ilang.stages.stage import Arguments, Chance, Stage, Steps


def apply(a: Arguments) -> Steps:
    pool: Pool | None = a.get("pool")
    items = list(pool.candidates if pool is not None else a["list"])
    number = yield Chance(contents("shuffle", pool) if pool is not None else ("shuffle", key(a["list"])))
    for last in range(len(items) - 1, 0, -1):
        other = int(number() * (last + 1))
        items[last], items[other] = items[other], items[last]
    return Pool(tuple(items)) if pool is not None else tuple(items)


STAGE = Stage("shuffle", apply, keeps_order=False, random=True)
