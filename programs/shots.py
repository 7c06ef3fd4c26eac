"""Worked examples for few-shot prompts, chosen by likeness.

`shots.jsonl` holds eleven test problems of GSM8K (Cobbe et al., 2021; github.com/openai/grade-school-math),
Copyright (c) 2021 OpenAI, MIT licence; its calculator marks are taken out.
"""

from __future__ import annotations

import json
import re
from pathlib import Path


def load_examples(name: str) -> list:  # type: ignore[type-arg]
    """The rows of a JSONL file beside this one."""
    rows = (Path(__file__).parent / Path(name).name).read_text("utf-8").splitlines()
    return [json.loads(row) for row in rows if row.strip()]


def overlap(a: str, b: str) -> float:
    """Words that both have over words that one has (Jaccard), from 0 to 1."""
    one, other = (set(re.findall(r"\w+", text.lower())) for text in (a, b))
    return len(one & other) / max(1, len(one | other))
