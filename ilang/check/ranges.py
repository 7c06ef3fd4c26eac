"""Which numbers settings and counts may be, where a program writes them down."""

from __future__ import annotations

from collections.abc import Mapping

from ilang.base.diagnostic import Diagnostic
from ilang.check import problems
from ilang.check.program import Pipeline
from ilang.check.term import CallBuiltin, Const, Repeat, Term
from ilang.check.walk import all_terms

MOST = 100_000
"""Draws of one stage, and candidates of a pool."""

RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 100),
    "top_p": (0, 1),
    "max_tokens": (1, 10_000_000),
    "top_logprobs": (0, 20),
    "retries": (0, 1000),
    "patience": (0, 1_000_000),
    "timeout": (0, 1_000_000),
    "n": (0, MOST),
    "keep": (0, 1_000_000_000),
    "top": (0, 1_000_000_000),
    "max": (0, 1_000_000),
}
"""The least and the most, both allowed."""

_COUNTED = {"start": "n", "extend": "n", "sample": "n", "resample": "n", "prune": "keep", "each": "max"}
_SAMPLING = ("temperature", "top_p", "max_tokens")


def outside(name: str, value: object) -> tuple[float, float] | None:
    """The range of a setting, where a value is not in it."""
    if name not in RANGES or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = RANGES[name]
    return None if low <= value <= high else (low, high)


def out_of_range(pipelines: Mapping[str, Pipeline]) -> list[Diagnostic]:
    """The problems of all pipelines, in order."""
    found: list[Diagnostic] = []

    def look(stage: str, name: str, term: Term | None) -> None:
        if isinstance(term, Const) and (range_ := outside(name, term.value)) is not None:
            found.append(problems.number_out_of_range(term.span, f"`{name}` of `{stage}`", *range_))

    for pipeline in pipelines.values():
        for term in all_terms(pipeline.body):
            if isinstance(term, Repeat):
                look("repeat", "max", term.max)
            elif isinstance(term, CallBuiltin):
                given = dict(zip(term.names, term.arguments, strict=True))
                for name in (_COUNTED.get(term.name, ""), *_SAMPLING):
                    look(term.name, name, given.get(name))
    return found
