"""What a generated program makes use of, told from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PATTERNS = {
    **{
        f"{name}": rf"\| {name}\b"
        for name in (
            "sample",
            "ask",
            "start",
            "extend",
            "refine",
            "undo",
            "append",
            "verify",
            "score",
            "mark",
            "weigh",
            "resample",
            "prune",
            "dedupe",
            "add",
            "cluster",
            "vote",
            "best",
            "worst",
            "pick",
            "each",
            "any",
            "count",
            "share_of",
            "otherwise",
            "focus",
            "per",
            "repeat",
        )
    },
    "if": r"\bif\b",
    "and/or": r"\b(and|or)\b",
    "let": r"\blet\b",
    "within": r"\bwithin\(",
    "lambda": r"=>",
    "it": r"\bit\b",
    "them": r"\bthem\b",
    "until it": r"until=[^{]*\bit\b",
    "until": r"until=",
    "vote by": r"vote\(by=",
    "prior": r"prior=",
    "requests list": r"\] \| sample",
    "two sites": r"add\(",
    "python": r"\b(weight_of|size_of|likes|passes)\(",
    "python by name": r"\b(weight_of|size_of|likes|passes)\b(?!\()",
    "own pipeline": r"\bpipeline p\d",
    "pipeline calls pipeline": r"pipeline p\d(.|\n)*?\{[^\n]*\bp\d\b",
    "function parameter": r"q\d: \([^)]*\) ->",
    "functions in a list": r"one_by_one\(",
    "function of a branch": r"chosen_of\(|let v\d+ = \(if [^\n]*\{ \w+ \} else \{ \w+ \}\)",
    "include": r"\bagain\(",
    "other model": r"\b(one|two|same|single)[,)]",
    "none": r"\bnone\b",
}


def features(text: str) -> Iterator[str]:
    """The names of those that it has, its own part alone."""
    own = text.split("right: number }", 1)[-1]
    own = "\n".join(line for line in own.splitlines() if not line.startswith("prompt "))
    for name, pattern in _PATTERNS.items():
        if re.search(pattern, own):
            yield name
