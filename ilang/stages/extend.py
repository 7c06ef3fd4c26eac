"""`extend`: every unfinished candidate continued, n ways.

Without `next` the text goes on from where it stands. With `next` a new request is sent and its
reply appended; the end of that reply ends a step, not the candidate.
"""

from __future__ import annotations

from dataclasses import replace

from ilang.base.candidate import Candidate, Pool, Unread
from ilang.stages.drawn import finished_by, piece_of, prefill_of, settings_of
from ilang.stages.frozen import thawed
from ilang.stages.stage import (
    Arguments,
    Drawn,
    Given,
    Judge,
    Missing,
    Read,
    Report,
    Send,
    Stage,
    Steps,
    Unsupported,
    Want,
    views,
)


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    if a["choices"] is not None:
        raise Unsupported("`extend(choices=...)`")
    live = [i for i in thawed(pool) if not pool.candidates[i].finished]
    wants: list[tuple[int, Want]] = []
    settings = settings_of(a)
    if a["next"] is None:
        for i in live:
            c = pool.candidates[i]
            model = a["model"] if a["model"] is not None else c.model
            wants.append((i, Want(c.asked, model, max(0, a["n"]), settings, c.text)))
    else:
        asked = yield Judge(a["next"], views(pool, live))
        for i, one in zip(live, asked, strict=True):
            if isinstance(one, Given):
                model = a["model"] if a["model"] is not None else pool.candidates[i].model
                wants.append((i, Want(one.value, model, max(0, a["n"]), settings)))
            else:
                yield Report("not-given", one.why)
    results = yield Send(tuple(w for _, w in wants))
    children: dict[int, list[Candidate]] = {}
    for (i, _), of_one in zip(wants, results, strict=True):
        for one in of_one:
            if isinstance(one, Missing):
                yield Report("missing", one.why)
            else:
                children.setdefault(i, []).append(child(pool.candidates[i], one, a["next"] is None))
    made = [c for i in children for c in children[i]]
    values = yield Read(tuple((c.asked, c.text, prefill_of(c.asked)) for c in made))
    for c, value in zip(made, values, strict=True):
        if isinstance(value, Unread) and c.finished:
            yield Report("unparsed", value.why, c.text)
    read = iter(replace(c, reading=v) for c, v in zip(made, values, strict=True))
    after: list[Candidate] = []
    for i, c in enumerate(pool.candidates):
        after.extend([next(read) for _ in children[i]] if i in children else [c])
    return Pool(tuple(after))


def child(before: Candidate, drawn: Drawn, goes_on: bool) -> Candidate:  # noqa: FBT001
    """A candidate with one more piece."""
    piece = piece_of(drawn)
    return before.rewritten(
        before.text + piece.text,
        pieces=(*before.pieces, piece),
        finished=finished_by(drawn) if goes_on else before.finished,
        thinking=before.thinking + drawn.draw.thinking,
        answered_by=drawn.draw.model,
        model=drawn.model,
        stop=drawn.draw.reason,
    )


STAGE = Stage("extend", apply, draws=True, keeps_texts=False, follows=True)
