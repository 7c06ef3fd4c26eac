"""Declarations as they are shown to people: one line of ilang, and the documentation beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ilang.base.type import RequestOf
from ilang.base.value import EnumValue
from ilang.check.program import Parameter, Signature
from ilang.check.term import Const, Term

_WORD = {"builtin": "pipeline", "pipeline": "pipeline", "prompt": "prompt", "python": "use python"}


def signatures_text(signatures: Sequence[Signature]) -> str:
    """All declarations of one name, and what is said of them."""
    parts = []
    for s in signatures:
        doc = "".join(f"    {line}".rstrip() + "\n" for line in s.doc.split("\n")) if s.doc else ""
        parts.append(f"{signature_text(s)}\n{doc}")
    return "\n".join(parts)


def signature_text(signature: Signature) -> str:
    """`pipeline vote(pool: candidates[T]) -> tally[T]`."""
    params = ", ".join(parameter_text(p) for p in signature.params)
    heading = f"{_WORD[signature.kind]} {signature.name}({params})"
    if signature.kind == "prompt":  # as it is declared: applied to its arguments it is a request
        return f"{heading} -> {signature.result.item}" if isinstance(signature.result, RequestOf) else heading
    return f"{heading} -> {signature.result}"


def parameter_text(p: Parameter) -> str:
    """`n: int = 1`."""
    if p.python_default:
        return f"{p.name}: {p.type} = ..."
    return f"{p.name}: {p.type}" + (f" = {_default(p.default)}" if p.default is not None else "")


def _default(term: Term) -> str:
    match term:
        case Const(None):
            return "none"
        case Const(bool(value)):
            return str(value).lower()
        case Const(str(value)):
            return json.dumps(value, ensure_ascii=False)
        case Const(EnumValue() as value):
            return f"{value.type.name}.{value.member}"
        case Const(int(value) | float(value)):
            return f"{value:g}" if isinstance(value, float) else str(value)
    return " ".join(term.span.text().split())
