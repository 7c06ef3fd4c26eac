"""Chooses the writer for a request: which question, how hard, in which form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from ilang.base.value import Message
from ilang_backends.sim import attempt, form, question
from ilang_backends.sim.chain import Skill, accuracy, ends
from ilang_backends.sim.chance import digest, whole
from ilang_backends.sim.difficulty import heated, skill
from ilang_backends.sim.filling import Filler
from ilang_backends.sim.judging import feedback, passes, ratings, score
from ilang_backends.sim.path import path
from ilang_backends.sim.question import Question
from ilang_backends.sim.reply import one_of
from ilang_backends.sim.settings import Nature
from ilang_backends.sim.solving import Solver
from ilang_backends.sim.writer import Writer

VARIANTS = 32
"""How many different objects a schema is filled in with, where no answer tells them apart."""
ANSWERS = ("answer", "result", "value")
"""A number field of this name holds the answer to the question."""


def writer(nature: Nature, messages: Sequence[Message], schema: str | None, temperature: float) -> Writer:
    """The writer of the next reply to these messages, which are without the prefill."""
    asked = question.find(messages)
    able = heated(skill(nature, asked.key), temperature)
    match form.detect(messages, schema):
        case form.Solve(marker):
            return Solver(nature, asked, path(asked, nature.steps), able, marker)
        case form.Plain():
            return one_of((asked.gold.said(off), p) for off, p in ends(able, 0, nature.steps))
        case form.Code():
            return one_of((_code(asked, off), p) for off, p in ends(able, 0, nature.steps))
        case form.Judge(yes, no, inverted):
            if asked.gold.words.lower() in (yes, no):
                return one_of(_picked(nature, asked, able, (yes, no)))
            tried = attempt.find(messages, asked, nature.steps)
            return one_of((yes if ok != inverted else no, p) for ok, p in passes(nature, asked, tried))
        case form.Rate(low, high):
            tried = attempt.find(messages, asked, nature.steps)
            return one_of((str(rating), p) for rating, p in ratings(nature, asked, tried, low, high))
        case form.Pick(options):
            return one_of(_picked(nature, asked, able, options))
        case form.Fill(text):
            return one_of(_filled(nature, messages, asked, able, json.loads(text)))
        case never:
            assert_never(never)


def _picked(nature: Nature, asked: Question, able: Skill, options: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """The right option with the question's accuracy, the others alike.

    Where the answer is none of them, one is right by a hash.
    """
    right = next((option for option in options if asked.gold.agrees(option.strip('"'))), None)
    if right is None:
        right = options[whole(0, len(options) - 1, "option", asked.key)]
    p = accuracy(able, nature.steps)
    for option in options:
        yield option, p if option == right else (1.0 - p) / (len(options) - 1)


def _code(asked: Question, off: int) -> str:
    said = asked.gold.said(off)
    value = said if asked.gold.number is not None else repr(said)
    return f"```python\ndef answer():\n    return {value}\n```"


def _filled(
    nature: Nature, messages: Sequence[Message], asked: Question, able: Skill, schema: Any
) -> Iterator[tuple[str, float]]:
    """A verdict for a boolean `ok`, an answer for a number field of such a name, else any of VARIANTS."""
    key = digest(nature.who, tuple(messages))
    fields = schema.get("properties", {}) if isinstance(schema, dict) else {}
    if _kind(fields.get("ok")) == "boolean":
        tried = attempt.find(messages, asked, nature.steps)
        for ok, p in passes(nature, asked, tried):
            said = "" if ok else feedback(asked, tried, nature.steps)
            given = {"ok": ok, "score": score(asked, tried, ok=ok), "feedback": said}
            yield _json(Filler(schema, given).value(key, ok)), p
        return
    name = next((name for name in ANSWERS if _kind(fields.get(name)) in ("number", "integer")), None)
    number = asked.gold.number
    if name is None or number is None:
        for k in range(VARIANTS):
            yield _json(Filler(schema, {}).value(key, k)), 1.0 / VARIANTS
        return
    for off, p in ends(able, 0, nature.steps):
        value = number + off
        whole_number = value.denominator == 1 or _kind(fields[name]) == "integer"
        given = {name: round(value) if whole_number else float(value)}
        yield _json(Filler(schema, given).value(key, off)), p


def _kind(schema: Any) -> str:
    kind = schema.get("type", "") if isinstance(schema, dict) else ""
    return next((str(k) for k in kind if k != "null"), "") if isinstance(kind, list) else str(kind)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
