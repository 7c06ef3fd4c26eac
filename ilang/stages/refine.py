"""`refine`: every candidate replaced by a draw for a new request; all see the pool as it stood."""

from __future__ import annotations

from ilang.base.candidate import Candidate, Pool
from ilang.stages.drawn import new_candidate, read_all, replaced, settings_of
from ilang.stages.frozen import thawed
from ilang.stages.stage import (
    Arguments,
    Drawn,
    Given,
    Judge,
    Missing,
    Most,
    Report,
    Send,
    Sizes,
    Stage,
    Steps,
    Want,
    views,
)


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    live = thawed(pool)
    asked = yield Judge(a["next"], views(pool, live))
    wants: list[tuple[int, Want]] = []
    for i, one in zip(live, asked, strict=True):
        if isinstance(one, Given):
            model = a["model"] if a["model"] is not None else pool.candidates[i].model
            wants.append((i, Want(one.value, model, 1, settings_of(a), candidate=True)))
        else:
            yield Report("not-given", one.why)
    results = yield Send(tuple(w for _, w in wants))
    came: list[tuple[int, Want, Drawn]] = []
    for (i, want), (one,) in zip(wants, results, strict=True):
        if isinstance(one, Missing):
            yield one.report
        else:
            came.append((i, want, one))
    values = yield from read_all([(w.asked, d) for _, w, d in came])
    changed: dict[int, Candidate] = {
        i: replaced(pool.candidates[i], new_candidate(w.asked, d, v)) for (i, w, d), v in zip(came, values, strict=True)
    }
    return Pool(tuple(changed.get(i, c) for i, c in enumerate(pool.candidates)))


def most(at: Sizes) -> Most:
    return Most(wants=at.most, items=at.most, asked=at.most)


STAGE = Stage("refine", apply, most=most, draws=True, keeps_texts=False, follows=True)
