"""Make types as written from the children of their rules. Knows no names."""

from __future__ import annotations

from collections.abc import Callable

from ilang.base.span import Span
from ilang.syntax.module import FieldDecl, TypeApply, TypeExpr, TypeFunction, TypeName, TypeOptional, TypeShape
from ilang.syntax.reading import Reading
from ilang.syntax.token import Token


def type_name(_: Reading, span: Span, name: Token) -> TypeName:
    return TypeName(name.text, span)


def type_apply(_: Reading, span: Span, name: Token, argument: TypeExpr) -> TypeApply:
    return TypeApply(name.text, argument, span)


def type_optional(_: Reading, span: Span, item: TypeExpr) -> TypeOptional:
    return TypeOptional(item, span)


def type_shape(_: Reading, span: Span, *fields: FieldDecl) -> TypeShape:
    return TypeShape(fields, span)


def type_function(_: Reading, span: Span, *types: TypeExpr | None) -> TypeFunction:
    *params, result = (t for t in types if t is not None)
    return TypeFunction(tuple(params), result, span)


def field(reading: Reading, span: Span, name: Token, type: TypeExpr, note: Token | None) -> FieldDecl:
    return FieldDecl(name.text, type, reading.string(note) if note else "", reading.at(name), span)


TYPE_RULES: dict[str, Callable[..., object]] = {
    "type_name": type_name,
    "type_apply": type_apply,
    "type_optional": type_optional,
    "type_shape": type_shape,
    "type_function": type_function,
    "field": field,
}
