"""`repeat`: the stages again and again, at most `max` times, until `until` holds.

`until` is tested before every round, the first included. Of a candidate: those that satisfy it
are frozen until the loop ends, and it also ends when all are frozen or the pool is empty. Of the
pool (`until=them | ...`): it ends the loop. Not given is false: nothing may have parsed yet.
"""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.stages.frozen import depth, freeze, is_frozen, thaw
from ilang.stages.stage import Arguments, Given, Judge, Report, Run, Stage, Steps, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    level = 1 + max((depth(c) for c in pool.candidates), default=0)
    level = max(level, a.get("level", 1))
    for _ in range(a["max"]):
        if not pool.candidates:
            break
        until = (yield Run("until", pool)) if a["has_until"] else Given(False)
        if not isinstance(until, Given):
            yield Report("not-given", until.why)
        elif a["until_each"]:
            live = [i for i, c in enumerate(pool.candidates) if not is_frozen(c)]
            found = yield Judge(until.value, views(pool, live))
            done = set()
            for i, one in zip(live, found, strict=True):
                if isinstance(one, Given) and one.value:
                    done.add(i)
                elif not isinstance(one, Given):
                    yield Report("not-given", one.why)
            pool = Pool(tuple(freeze(c, level) if i in done else c for i, c in enumerate(pool.candidates)))
            if all(is_frozen(c) for c in pool.candidates):
                break
        elif until.value:
            break
        pool = (yield Run("body", pool)) or Pool()
    return thaw(pool, level)


STAGE = Stage("repeat", apply)
