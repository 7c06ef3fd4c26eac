"""Finds the question in a conversation, and its right answer.

The same question must be the same problem in whatever prompt it stands. So, in this order:

1. a mark, `[gold: 42]`, gives the answer; the question is the text from the start of its line to it;
2. an arithmetic expression that nobody has worked out (`17 * 23 + 4`, but not `12 + 7 = 19`) is the
   question, and its value the answer;
3. else what ends in the last question mark of the first user message that has one, from the start of
   that paragraph on; else the whole first user message. Its answer is hashed: a number from 10 to 99.

Of several marks or expressions the last counts, so worked examples may go before. Assistant messages
are not searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ilang.base.value import Message
from ilang_backends.sim import expression
from ilang_backends.sim.chance import digest, whole
from ilang_backends.sim.gold import Gold, gold

MARK = re.compile(r"\[gold:\s*([^\]\n]+?)\s*\]")


@dataclass(frozen=True, slots=True)
class Question:
    """One problem. `key` is equal for equal problems; `known` is False where the answer was hashed."""

    key: str
    gold: Gold
    known: bool = True


def find(messages: Sequence[Message]) -> Question:
    """The question of a conversation, by the rules above."""
    asked = [m.content for m in messages if m.role != "assistant"]
    for text in reversed(asked):
        marks = list(MARK.finditer(text))
        if marks:
            line = text.rfind("\n", 0, marks[-1].start()) + 1
            return Question(digest("mark", _squeezed(text[line : marks[-1].end()])), gold(marks[-1].group(1)))
    for text in reversed(asked):
        found = list(expression.find(text))
        if found:
            written = re.sub(r"\s", "", found[-1].text)
            return Question(digest("expression", written), Gold(str(found[-1].value), found[-1].value))
    text = _plain([m.content for m in messages if m.role == "user"] or asked or [""])
    number = whole(10, 99, "gold", text)
    return Question(digest("text", text), Gold(str(number), Fraction(number)), known=False)


def right_answer(question: str) -> str:
    """What `sim` takes for the right answer to this question: for a data set's answer column."""
    return find([Message("user", question)]).gold.said()


def _plain(users: Sequence[str]) -> str:
    text = next((text for text in users if "?" in text), users[0])
    end = text.rfind("?")
    if end < 0:
        return _squeezed(text)
    start = max((match.end() for match in re.finditer(r"\n\s*\n", text[:end])), default=0)
    return _squeezed(text[start : end + 1])


def _squeezed(text: str) -> str:
    return " ".join(text.split())
