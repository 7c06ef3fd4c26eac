"""`extend`: every unfinished candidate continued, n ways.

Without `next` the text goes on from where it stands. With `next` a new request is sent and its
reply appended; the end of that reply ends a step, not the candidate.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from ilang.base.candidate import Candidate, Pool, Unread
from ilang.base.value import Model
from ilang.stages.choosing import Place, masses
from ilang.stages.drawn import finished_by, piece_of, prefill_of, settings_of, whole_text
from ilang.stages.frozen import thawed
from ilang.stages.pick import contents, place_of
from ilang.stages.stage import (
    Arguments,
    Chance,
    Chosen,
    Drawn,
    Effect,
    Given,
    Judge,
    Lost,
    Missing,
    Most,
    NotGiven,
    Read,
    Report,
    Send,
    Sizes,
    Stage,
    Steps,
    Want,
    unmade,
    views,
)

Wanted = tuple[int, Want, str | None]
"""The candidate's place, what is asked for it, and the choice that the continuation begins with, where there is one."""

SCRIPTED = ""
"""What stands for the choice where the model's own reply begins with it."""


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    live = [i for i in thawed(pool) if not pool.candidates[i].finished]
    wants = yield from wanted(a, pool, live)
    if a["choices"] is not None:
        wants = yield from beginning(a, pool, wants)
    results = yield Send(tuple(w for _, w, _ in wants))
    children: dict[int, list[Candidate]] = {}
    for (i, _, begun), of_one in zip(wants, results, strict=True):
        for one in of_one:
            if isinstance(one, Missing):
                yield one.report
            elif begun == SCRIPTED and not whole_text(one).startswith(tuple(a["choices"])):
                yield Report("not-given", "a scripted reply begins with none of the choices", whole_text(one))
            else:
                before = pool.candidates[i]
                children.setdefault(i, []).append(child(before, one, begun or "", goes_on=a["next"] is None))
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


def wanted(a: Arguments, pool: Pool, live: Sequence[int]) -> Generator[Effect, Any, list[Wanted]]:
    """What is asked for each candidate that goes on."""
    wants: list[Wanted] = []
    settings, n = settings_of(a), max(0, a["n"])
    if a["next"] is None:
        for i in live:
            c = pool.candidates[i]
            model = a["model"] if a["model"] is not None else c.model
            wants.append((i, Want(c.asked, model, n, settings, c.text, candidate=True), None))
        return wants
    asked = yield Judge(a["next"], views(pool, live))
    for i, one in zip(live, asked, strict=True):
        if isinstance(one, Given):
            model = a["model"] if a["model"] is not None else pool.candidates[i].model
            wants.append((i, Want(one.value, model, n, settings, candidate=True), None))
        else:
            yield unmade(one)
    return wants


def beginning(a: Arguments, pool: Pool, wants: Sequence[Wanted]) -> Generator[Effect, Any, list[Wanted]]:
    """Each of the n ways apart, going on from the choice that it begins with.

    A choice is drawn in proportion to the probability with which the model would begin so, at the temperature of
    the stage or the model. A scripted model says it itself.
    """
    choices: tuple[str, ...] = a["choices"]
    made: list[Wanted] = []
    asked: list[tuple[int, Want, Model]] = []
    for i, want, _ in wants:
        model = yield Chosen(want.model)
        if model.provider == "fake":
            made.append((i, want, SCRIPTED))
        else:
            asked.append((i, want, model))
    if not asked:
        return made
    found = yield from masses([Place(w.asked, w.model, w.prefill) for _, w, _ in asked], choices, fold=False)
    number = yield Chance(contents("extend", pool))
    for (i, want, model), one in zip(asked, found, strict=True):
        if isinstance(one, NotGiven | Lost):
            yield unmade(one)
            continue
        if not any(one):
            yield Report("not-given", "none of the choices is among the likeliest beginnings of a reply")
            continue
        temperature = a["temperature"] if a["temperature"] is not None else model.setting("temperature", 1.0)
        weights = heated(one, temperature)
        for _ in range(want.n):
            choice = choices[place_of(number() * math.fsum(weights), weights)]
            made.append((i, replace(want, n=1, prefill=want.prefill + choice), choice))
    return sorted(made, key=lambda one: one[0])


def heated(weights: Sequence[float], temperature: float) -> list[float]:
    """The weights at another temperature than 1; at 0 the largest alone, the first of equals."""
    most = max(weights)
    if temperature <= 0:
        first = weights.index(most)
        return [float(i == first) for i in range(len(weights))]
    return [math.exp(math.log(w / most) / temperature) if w > 0 else 0.0 for w in weights]


def child(before: Candidate, drawn: Drawn, begun: str, *, goes_on: bool) -> Candidate:
    """A candidate with one more piece, which begins with `begun`."""
    piece = piece_of(drawn)
    piece = replace(piece, text=begun + piece.text)
    return before.rewritten(
        before.text + piece.text,
        pieces=(*before.pieces, piece),
        finished=finished_by(drawn) if goes_on else before.finished,
        thinking=before.thinking + drawn.draw.thinking,
        thinking_tokens=before.thinking_tokens + drawn.draw.thinking_tokens,
        answered_by=drawn.draw.model or drawn.draw.instead,
        model=drawn.model,
        stop=drawn.draw.reason,
    )


def most(at: Sizes) -> Most:
    n = at.count("n")
    items = at.most * n if at.most and n else at.most
    if at.values.get("choices", ()) is not None:
        return Most(math.inf, items=max(items, at.most), asked=at.most)  # how they are told apart is not known
    return Most(at.most, n, items=max(items, at.most), asked=at.most)


STAGE = Stage("extend", apply, most=most, draws=True, keeps_texts=False, random=True, follows=True, chooses=True)
