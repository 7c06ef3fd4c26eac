"""The questions of the workloads: 200 of GSM8K's test set, each with the number that answers it.

GSM8K: Cobbe et al., 2021, arXiv:2110.14168; its licence (MIT) is `questions.LICENSE`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("questions.jsonl")


@cache
def questions() -> tuple[tuple[str, int], ...]:
    """Each question and its answer."""
    rows = map(json.loads, FILE.read_text("utf-8").splitlines())
    return tuple((row["question"], row["answer"]) for row in rows)


def marked(number: int) -> str:
    """Question `number` with its mark in front: the server knows it by that. Beyond the last they come again, with
    marks of their own, so no two numbers have one text."""
    known = questions()
    return f"[q:{number}] {known[number % len(known)][0]}"


def gold(number: int) -> int:
    """What answers question `number`."""
    known = questions()
    return known[number % len(known)][1]
