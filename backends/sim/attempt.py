"""Finds what a judge is asked about, and whether it is right. Knows no verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ilang.base.value import Message
from ilang_backends.sim.chance import digest, uniform
from ilang_backends.sim.path import path
from ilang_backends.sim.question import MARK, Question

ANSWER = re.compile(
    r"(?:\banswer(?: is)?|\bfinal)\s*:\s*([^\n]+)|\\boxed\{([^}\n]*)\}|\"answer\"\s*:\s*([^,}\n]+)", re.IGNORECASE
)
STEP = re.compile(r"^(?:[^\n:]{0,40}:)?\s*(-?\d+ [+-] \d+ = (-?\d+))\s*$", re.MULTILINE)
NUMBER_LINE = re.compile(r"^(?:[A-Za-z][\w ]*:)?\s*(-?\d[\d,]*(?:\.\d+)?(?:/\d+)?)\s*\.?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A candidate under judgement: equal `key`s are the same candidate.

    `slip` is the first step (1..) that does not follow from the one before, 0 where none is seen.
    """

    key: str
    right: bool
    slip: int = 0


def find(messages: Sequence[Message], question: Question, steps: int) -> Attempt:
    """The last thing in the conversation that can be right or wrong.

    In this order: its last `Answer: ...`; its last solution step (right while on the true path); the last
    line that is a number; else the whole last message, right or wrong by a coin that all models see alike.
    """
    text = MARK.sub("", "\n".join(m.content for m in messages if m.role != "system"))
    way = path(question, steps)
    lines = STEP.findall(text)
    written = " ".join(line for line, _ in lines)
    offs = [way.off(step, int(value)) for step, (_, value) in enumerate(lines, start=1)]
    slip = next((step for step, off in enumerate(offs, start=1) if off), 0)
    answers = [said for said in ("".join(groups) for groups in ANSWER.findall(text)) if not _pattern(said)]
    if answers:
        return Attempt(digest(written, answers[-1].strip()), question.gold.agrees(answers[-1]), slip)
    if offs:
        return Attempt(digest(written), offs[-1] == 0, slip)
    numbers = NUMBER_LINE.findall(text)
    if numbers:
        return Attempt(digest("", numbers[-1]), question.gold.agrees(numbers[-1]))
    last = next((m.content for m in reversed(messages) if m.role != "system"), "")
    return Attempt(digest(last), uniform("coin", last) < 0.5)


def _pattern(said: str) -> bool:
    """`Answer: <number>` and `Answer: ...` tell how to answer."""
    return said.strip().startswith(("<", "...")) or not said.strip(" \"'.*`")
