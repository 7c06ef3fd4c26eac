"""traced: a stage's meaning, and beside it a note of what it did: what came in, what it judged, whom it kept.

A note is plain data, one for each time that a stage ran, the same on both evaluators.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ilang.base.candidate import Candidate, Pool, Unread, View
from ilang.base.span import Span
from ilang.base.value import Tally, Value, Verdict
from ilang.stages.pure import show
from ilang.stages.stage import Drawn, Given, Judge, Missing, Report, Send, Steps

Note = Callable[[dict[str, Any]], None]
"""Is given a note when a stage has ended."""

MOST = 64
"""Candidates, and judgements, that one note names; of others it tells how many there were."""

SHORT = 80
"""Characters of a value in a note."""


def traced(name: str, span: Span | None, arguments: Mapping[str, Value], steps: Steps, note: Note) -> Steps:
    """The same steps. `note` is told when they end, also where they fail."""
    made: dict[str, Any] = {"stage": name, "at": place(span)}
    before = arguments.get("pool")
    if isinstance(before, Pool):
        made["in"] = len(before)
    answer: Any = None
    try:
        while True:
            try:
                effect = steps.send(answer)
            except StopIteration as end:
                made |= ended(before, end.value)
                return end.value
            answer = yield effect
            match effect:
                case Judge(_, items):
                    made.setdefault("judged", []).append(judged(items, answer))
                case Send():
                    counted(made, answer)
                case Report(what, why):
                    told = made.setdefault("told", {})
                    told[what] = told.get(what, 0) + 1
                    made.setdefault("why", short(why))
    except BaseException as failure:
        made["failed"] = short(str(failure) or type(failure).__name__)
        raise
    finally:
        note(made)


def ended(before: Value, value: Value) -> dict[str, Any]:
    """What a stage gave, and which of the candidates that it was given are not in it any more."""
    if not isinstance(value, Pool):
        made: dict[str, Any] = {"gave": ranked(value) if isinstance(value, Tally) else short(show(value))}
        return made
    made = {"out": len(value), "pool": [label(c) for c in value.candidates[:MOST]]}
    if isinstance(before, Pool):
        left = {id(one.identity) for c in value.candidates for one in (c, c.parent) if one is not None}
        dropped = [[label(c), reading(c)] for c in before.candidates if id(c.identity) not in left]
        if dropped:
            made["dropped"] = dropped[:MOST]
    return made


def judged(items: Sequence[tuple[Value, ...]], answers: Sequence[Any]) -> list[list[Any]]:
    """What was said of each: the candidate (or the value), and the judgement; none where none was made."""
    pairs = list(zip(items, answers, strict=False))[:MOST]
    return [
        [label(item[0].candidate) if isinstance(item[0], View) else short(show(item[0])), verdict(answer)]
        for item, answer in pairs
    ]


def verdict(answer: Any) -> Any:
    """A judgement as data."""
    if not isinstance(answer, Given):
        return {"not given": short(answer.why)}
    value = answer.value
    if isinstance(value, Verdict):
        told = [value.ok] if value.score is None else [value.ok, value.score]
        return [*told, short(value.feedback)] if value.feedback else told[0] if len(told) == 1 else told
    return value if isinstance(value, bool | int | float) or value is None else short(show(value))


def counted(made: dict[str, Any], answer: Sequence[Sequence[Drawn | Missing]]) -> None:
    """Adds up what a stage drew: draws, and their tokens; each prompt counts once."""
    drawn = [one for some in answer for one in some if isinstance(one, Drawn)]
    missing = sum(isinstance(one, Missing) for some in answer for one in some)
    prompts = [next((o.draw.input_tokens for o in some if isinstance(o, Drawn)), 0) for some in answer]
    made["draws"] = made.get("draws", 0) + len(drawn)
    made["tokens"] = [
        made.get("tokens", [0, 0])[0] + sum(prompts),
        made.get("tokens", [0, 0])[1] + sum(one.draw.output_tokens for one in drawn),
    ]
    if missing:
        made["missing"] = made.get("missing", 0) + missing


def ranked(tally: Tally) -> list[list[Any]]:
    """The answers of a tally with their weights, the heaviest first."""
    return [[short(show(group.value)), group.weight] for group in tally.ranked()[:MOST]]


def label(candidate: Candidate) -> str:
    """A short name for a candidate, the same wherever its text is."""
    return hashlib.blake2b(candidate.text.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()


def reading(candidate: Candidate) -> str:
    """What a candidate says."""
    return "(not read)" if isinstance(candidate.reading, Unread) else short(show(candidate.reading))


def short(text: str) -> str:
    """At most so much of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 3] + "..."


def place(span: Span | None) -> str:
    """`12:5`: line and column in the program."""
    if span is None:
        return ""
    line, column = span.source.line_column(span.start)
    return f"{line}:{column}"
