"""Holds the numbers that a program writes down, for counts and settings, against their ranges."""

from __future__ import annotations

from collections.abc import Mapping

from ilang.base.diagnostic import Diagnostic
from ilang.base.ranges import SCHEMES, outside
from ilang.check import problems
from ilang.check.program import Pipeline
from ilang.check.term import CallBuiltin, Const, Focus, Repeat, Scope, Term
from ilang.check.walk import all_terms

_COUNTED = {"start": "n", "extend": "n", "sample": "n", "resample": "n", "prune": "keep", "each": "max"}
_SAMPLING = ("temperature", "top_p", "max_tokens")


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
            elif isinstance(term, Focus):
                look("focus", "top", term.top)
            elif isinstance(term, Scope):
                for name, limit in zip(term.names, term.limits, strict=True):
                    look("within", name, limit)
            elif isinstance(term, CallBuiltin):
                given = dict(zip(term.names, term.arguments, strict=True))
                for name in (_COUNTED.get(term.name, ""), *_SAMPLING):
                    look(term.name, name, given.get(name))
                scheme = given.get("scheme")
                if isinstance(scheme, Const) and scheme.value not in SCHEMES:
                    found.append(problems.not_a_scheme(scheme.span, SCHEMES))
    return found
