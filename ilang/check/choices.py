"""Finds each `tally` without `choices` of a type whose values cannot be told one by one."""

from __future__ import annotations

from collections.abc import Mapping

from ilang.base.diagnostic import Diagnostic
from ilang.base.type import BOOL, NONE, Enum, RequestOf, Var
from ilang.check import problems
from ilang.check.program import Pipeline
from ilang.check.term import CallBuiltin, Const
from ilang.check.unify import BROKEN
from ilang.check.walk import all_terms, stage_place


def without_choices(pipelines: Mapping[str, Pipeline]) -> list[Diagnostic]:
    """The problems of all pipelines, in order. A type variable is looked at when it runs."""
    found = []
    for pipeline in pipelines.values():
        for term in all_terms(pipeline.body):
            if not isinstance(term, CallBuiltin) or term.name != "tally":
                continue
            given = dict(zip(term.names, term.arguments, strict=True))
            choices, request = given.get("choices"), given["request"].type
            if choices is not None and not (isinstance(choices, Const) and choices.type == NONE):
                continue
            item = request.item if isinstance(request, RequestOf) else BROKEN
            if item not in (BOOL, BROKEN) and not isinstance(item, Enum | Var):
                found.append(problems.tally_needs_choices(stage_place(term), item))
    return found
