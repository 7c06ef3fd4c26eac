"""From a type as written to a Type: names looked up, variables recognised."""

from __future__ import annotations

from typing import assert_never

from ilang.base.type import (
    ANY,
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
    "any": ANY,
}
GENERIC = {
    "list": ListOf,
    "request": RequestOf,
    "candidates": Candidates,
    "candidate": CandidateOf,
    "tally": TallyOf,
}
NAMED: dict[str, Record | Enum] = {"Verdict": VERDICT}


def to_type(written: ast.TypeExpr, named: dict[str, Record | Enum]) -> Type:
    """The Type that is written; raises Stop for a name that is no type."""
    match written:
        case ast.TypeName(name):
            if name in BASIC:
                return BASIC[name]
            if name == "Message":
                return MESSAGE
            if name in named:
                return named[name]
            if len(name) == 1 and name.isupper():
                return Var(name)
            known = [*BASIC, *named, "Message", "Verdict"]
            if name in GENERIC:
                raise Stop(problems.bad_type_argument(written.span, name, ()))
            raise Stop(problems.unknown_type(written.span, name, known))
        case ast.TypeApply(name, argument):
            make = GENERIC.get(name)
            if make is None:
                raise Stop(problems.bad_type_argument(written.span, name, GENERIC))
            return make(to_type(argument, named))
        case ast.TypeOptional(item):
            return optional(to_type(item, named))
        case ast.TypeShape(fields):
            return Record("", tuple(Field(f.name, to_type(f.type, named), f.note) for f in fields))
        case ast.TypeFunction(params, result):
            return Function(tuple(to_type(p, named) for p in params), to_type(result, named))
    assert_never(written)
