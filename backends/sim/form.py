"""Tells from a prompt's words which form of reply it wants. Knows neither question nor skill.

The last user message is looked at first, then the system message; a prompt that wants nothing special
wants a solution. First match wins:

| the prompt says | the reply |
|---|---|
| (a schema, sent with the request) | JSON that fits it; a verdict where it has a boolean `ok` |
| `true or false`, `yes or no` | one of the two words |
| `"Answer:`, `Answer: <`, `"Final:`, `"Total: <`, `\\boxed{...}` | a solution that ends so |
| `from 1 to 10`, with `reply with the number` (or `digit`), `rate`, `grade`, `score` | a whole number in that range |
| `number of the ...`, with numbered lines | one of the numbers |
| `one of: a, b, c`, `options: ...`, `: a, b or c`, `choose a, b or c`, `label it as a, b or c` | one of them |
| `code block` | a Python function in a fence that returns the answer |
| `the number only`, `only the answer` | the answer and nothing else |
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ilang.base.value import Message


@dataclass(frozen=True, slots=True)
class Solve:
    """A solution, step by step, whose last line begins with `marker`."""

    marker: str = "Answer:"


@dataclass(frozen=True, slots=True)
class Plain:
    """The answer alone."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code block."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Two words: whether the attempt is right, or, `inverted`, whether it is wrong."""

    yes: str
    no: str
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """A whole number from `low` to `high`; high is good."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Pick:
    """One of these, as it stands."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fill:
    """JSON that fits a schema, given as canonical JSON text."""

    schema: str


Form = Solve | Plain | Code | Judge | Rate | Pick | Fill

MARKER = re.compile(
    r"""["'“`]\s*(Answer|Final|[A-Z][A-Za-z]{1,19}(?=:\s*<)):|\b(Answer|Final):\s*<|(\\boxed\{)(?:\.\.\.|…|<|\})"""
)
WORDS = re.compile(r"\b(true|yes)\s*(?:or|/|,)\s*(false|no)\b", re.IGNORECASE)
INVERTED = re.compile(r"\b(?:start(?:ed)? over|do better|wrong|incorrect|mistakes?|errors?|flaws?)\b", re.IGNORECASE)
RANGE = re.compile(
    r"\b(?:from|scale of|between|rate|grade|score)\b[^.\n\d]{0,40}(\d{1,3})\s*(?:to|and|-|\u2013)\s*(\d{1,3})\b",
    re.IGNORECASE,
)
GRADED = re.compile(r"\b(?:reply with (?:the|a|one) (?:number|digit)|rate|rating|grade|score)\b", re.IGNORECASE)
NUMBER_OF = re.compile(r"\bnumber of the\b", re.IGNORECASE)
NUMBERED = re.compile(r"^\s*(\d{1,3})[.):]\s", re.MULTILINE)
LISTED = re.compile(r"\b(?:one of(?: these| the following)?|options|choices)\s*:\s*([^\n]+)", re.IGNORECASE)
NAMED = re.compile(
    r"(?::|\breply with|\bchoose|\b(?:label|classify)\b[^.\n]*?\bas)\s+(\w+(?:, \w+)+,? or \w+)", re.IGNORECASE
)
CODE = re.compile(r"\bcode block\b", re.IGNORECASE)
ONLY = re.compile(r"\b(?:number|answer|digit|value)s? only\b|\bonly (?:the|a) (?:\w+ )?(?:number|answer)\b", re.I)


def detect(messages: Sequence[Message], schema: str | None) -> Form:
    """The form that a conversation wants its next reply in."""
    if schema is not None:
        return _of_schema(schema)
    users = [m.content for m in messages if m.role == "user"]
    systems = [m.content for m in messages if m.role == "system"]
    for text in (*users[-1:], *systems[-1:]):
        form = _of_text(text)
        if form is not None:
            return form
    return Solve()


def _of_text(text: str) -> Form | None:
    if words := WORDS.search(text):
        return Judge(words[1].lower(), words[2].lower(), INVERTED.search(text) is not None)
    if marker := MARKER.search(text):
        return Solve(marker[3] or f"{marker[1] or marker[2]}:")
    if (span := RANGE.search(text)) and GRADED.search(text) and int(span[1]) < int(span[2]):
        return Rate(int(span[1]), int(span[2]))
    if NUMBER_OF.search(text) and (numbers := tuple(dict.fromkeys(NUMBERED.findall(text)))):
        return Pick(numbers)
    if listed := LISTED.search(text) or NAMED.search(text):
        options = tuple(dict.fromkeys(_split(listed[1])))
        if len(options) > 1:
            return Pick(options)
    if CODE.search(text):
        return Code()
    return Plain() if ONLY.search(text) else None


def _split(listed: str) -> list[str]:
    quoted = re.findall(r"[\"“'`]([^\"”'`]+)[\"”'`]", listed)
    parts = quoted or re.split(r",\s*(?:or\s+|and\s+)?|\s+or\s+|\s*\|\s*", listed.strip().rstrip("."))
    return [part.strip() for part in parts if part.strip()]


def _of_schema(schema: str) -> Form:
    """A schema of a bare boolean or of bare words is the judge's or the picker's form; any other is filled in."""
    shape: Any = json.loads(schema)
    if isinstance(shape, dict) and shape.get("type") == "boolean":
        return Judge("true", "false")
    if isinstance(shape, dict) and isinstance(shape.get("enum"), list) and shape["enum"]:
        return Pick(tuple(json.dumps(member, ensure_ascii=False) for member in shape["enum"]))
    return Fill(schema)
