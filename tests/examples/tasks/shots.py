"""Worked examples for few-shot prompts: they lie in a JSONL file beside this one."""

import json
import re
from pathlib import Path


def load_examples(name: str) -> list:
    """The rows of a JSONL file."""
    with open(Path(__file__).parent / name, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def overlap(a: str, b: str) -> float:
    """Shared words over all words (Jaccard), 0 to 1."""
    one, other = (set(re.findall(r"\w+", text.lower())) for text in (a, b))
    return len(one & other) / len(one | other) if one | other else 0.0
