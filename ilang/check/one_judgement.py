"""Finds judgements that ask a model once for all candidates, where one for each is meant: an `it` was forgotten."""

from __future__ import annotations

from collections.abc import Mapping

from ilang.base.diagnostic import Diagnostic
from ilang.check import problems
from ilang.check.drawing import MODELLED
from ilang.check.program import Pipeline
from ilang.check.term import CallBuiltin, Constant
from ilang.check.walk import all_terms

JUDGING = {"verify": "check", "score": "f", "weigh": "f", "prune": "unless", "best": "by", "worst": "by"}
"""Stages that judge each candidate, and the parameter that does."""


def one_for_all(pipelines: Mapping[str, Pipeline]) -> list[Diagnostic]:
    """The warnings of all pipelines, in order. One that asks no model is written so on purpose."""
    found = []
    for pipeline in pipelines.values():
        for term in all_terms(pipeline.body):
            if not isinstance(term, CallBuiltin) or term.name not in JUDGING:
                continue
            judge = dict(zip(term.names, term.arguments, strict=True)).get(JUDGING[term.name])
            if isinstance(judge, Constant) and any(
                isinstance(t, CallBuiltin) and t.name in MODELLED for t in all_terms(judge.value)
            ):
                found.append(problems.same_for_all(judge.span, term.name))
    return found
