"""From a type as written to a Type: names looked up, variables recognised."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import assert_never

from ilang.base.span import Span
from ilang.base.type import (
    BOOL,
    FILE,
    IMAGE,
    INT,
    MESSAGE,
    MODEL,
    NUMBER,
    TEXT,
    VERDICT,
    CandidateOf,
    Candidates,
    Enum,
    Field,
    Function,
    ListOf,
    Record,
    RequestOf,
    TallyOf,
    Type,
    Var,
)
from ilang.check import problems
from ilang.check.context import Stop
from ilang.check.unify import optional
from ilang.syntax import module as ast

BASIC: dict[str, Type] = {
    "text": TEXT,
    "int": INT,
    "number": NUMBER,
    "bool": BOOL,
    "image": IMAGE,
    "file": FILE,
    "model": MODEL,
}
GENERIC: dict[str, Callable[[Type], Type]] = {
    "list": ListOf,
    "request": RequestOf,
    "candidates": Candidates,
    "candidate": CandidateOf,
    "tally": TallyOf,
}
NAMED: dict[str, Record | Enum] = {"Verdict": VERDICT}


def to_type(written: ast.TypeExpr, named: Mapping[str, Record | Enum], failed: Container[str] = ()) -> Type:
    """The Type that is written; raises Stop for a name that is no type, silently where it is known to have `failed`."""
    match written:
        case ast.TypeName(name):
            if name in BASIC:
                return BASIC[name]
            if name == "Message":
                return MESSAGE
            if name in named:
                return named[name]
            if name in failed:
                raise Stop(None)
            if len(name) == 1 and name.isupper():
                return Var(name)
            if name in GENERIC:
                raise Stop(problems.type_without_argument(written.span, name))
            raise Stop(problems.unknown_type(written.span, name, [*BASIC, *GENERIC, *named, "Message"]))
        case ast.TypeApply(name, argument):
            make = GENERIC.get(name)
            if make is None:
                place = Span(written.span.source, written.span.start, written.span.start + len(name))
                raise Stop(problems.bad_type_argument(place, name, GENERIC, plain=name in BASIC))
            return make(to_type(argument, named, failed))
        case ast.TypeOptional(item):
            return optional(to_type(item, named, failed))
        case ast.TypeShape(fields):
            return Record("", tuple(Field(f.name, to_type(f.type, named, failed), f.note) for f in fields))
        case ast.TypeFunction(params, result):
            return Function(tuple(to_type(p, named, failed) for p in params), to_type(result, named, failed))
    assert_never(written)
