"""Finds candidates that are kept only where they are verified, and are never verified: all of them are dropped."""

from __future__ import annotations

from collections.abc import Mapping

from ilang.base.diagnostic import Diagnostic
from ilang.base.type import Candidates, Function, ListOf, Optional, Record, Type, Var
from ilang.check import problems
from ilang.check.program import Pipeline
from ilang.check.term import CallBuiltin, CallFunction, CallPipeline, GetField, Term
from ilang.check.walk import all_terms


def never_verified(pipelines: Mapping[str, Pipeline]) -> list[Diagnostic]:
    """The warnings of all pipelines, in order: of those in whose candidates nothing else has a hand."""
    found = []
    for pipeline in pipelines.values():
        if any(_may_bring(p.type) for p in pipeline.signature.params):
            continue
        terms = list(all_terms(pipeline.body))
        if any(_verifies(term) for term in terms):
            continue
        for term in terms:
            if not isinstance(term, CallBuiltin) or term.name != "prune":
                continue
            keeps = dict(zip(term.names, term.arguments, strict=True)).get("unless")
            body = getattr(keeps, "body", None)
            if isinstance(body, GetField) and (body.owner, body.name) == ("candidate", "verified"):
                found.append(problems.never_verified(body.span))
    return found


def _may_bring(type_: Type) -> bool:
    """Candidates may come in that somebody else has verified, or a function that does it."""
    match type_:
        case Optional(item) | ListOf(item):
            return _may_bring(item)
        case Record():
            return any(_may_bring(field.type) for field in type_.fields)
    return isinstance(type_, Candidates | Function | Var)


def _verifies(term: Term) -> bool:
    """Whether it verifies, or what it calls may."""
    if isinstance(term, CallPipeline | CallFunction):
        return True
    return isinstance(term, CallBuiltin) and term.name in ("verify", "start", "append")
