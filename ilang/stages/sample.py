"""`sample`: n finished draws of a request; of a list of requests, n of each."""

from __future__ import annotations

from ilang.base.candidate import Pool
from ilang.base.value import Asked
from ilang.stages.drawn import new_candidate, read_all, report_missing, settings_of
from ilang.stages.stage import Arguments, Drawn, Most, Send, Sizes, Stage, Steps, Want


def apply(a: Arguments) -> Steps:
    if a.get("consumer") is not None:  # the optimizer's
        from ilang.stages.waves import in_waves

        return (yield from in_waves(a))
    requests = a["requests"] if "requests" in a else (a["request"],)
    settings = settings_of(a)
    results = yield Send(tuple(Want(r, a["model"], max(0, a["n"]), settings, candidate=True) for r in requests))
    came: list[tuple[Asked, Drawn]] = []
    for asked, of_one in zip(requests, results, strict=True):
        yield from report_missing(of_one)
        came.extend((asked, d) for d in of_one if isinstance(d, Drawn))
    values = yield from read_all(came)
    return Pool(tuple(new_candidate(asked, d, v) for (asked, d), v in zip(came, values, strict=True)))


def most(at: Sizes) -> Most:
    wants, n = at.items.get("requests", 1), at.count("n")
    items = wants * n if wants and n else 0
    return Most(wants, n, items=items, asked=items if "check" in at.items else 0)


STAGE = Stage("sample", apply, most=most, draws=True, waves=True)
