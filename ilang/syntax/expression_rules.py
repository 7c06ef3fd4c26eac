"""Make expressions and stages from the children of their rules. Knows which words are values, not what names mean."""

from __future__ import annotations

from collections.abc import Callable

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.syntax import limits
from ilang.syntax.escape import read_number
from ilang.syntax.module import (
    Argument,
    Binary,
    Block,
    Call,
    Expr,
    FieldsExpr,
    FunctionExpr,
    Get,
    If,
    It,
    Let,
    ListExpr,
    Literal,
    MemberOf,
    Name,
    Pipe,
    Pluck,
    Qualified,
    Region,
    Stage,
    StageExpr,
    Them,
    Unary,
    Within,
)
from ilang.syntax.reading import RESERVED, Reading, reserved_name
from ilang.syntax.token import Token

FOREIGN_NOTHING = frozenset(("null", "nil", "undefined"))
"""What other languages call `none`."""

Arguments = tuple[Argument, ...]


def number(reading: Reading, span: Span, literal: Token) -> Literal:
    value = read_number(literal.text)
    if value is None:
        reading.problems.append(
            Diagnostic(
                "number-too-large",
                f"a number has at most {limits.NUMBER_CHARACTERS} digits, with a point or exponent at most 1.79e308",
                span,
                help="write a smaller number, or pass it as text",
            )
        )
    return Literal(value, span)


def string(reading: Reading, span: Span, literal: Token) -> Literal:
    return Literal(reading.string(literal), span)


def true(_: Reading, span: Span, word: Token) -> Literal:
    return Literal(True, span)


def false(_: Reading, span: Span, word: Token) -> Literal:
    return Literal(False, span)


def none(_: Reading, span: Span, word: Token) -> Literal:
    return Literal(None, span)


def it(_: Reading, span: Span, word: Token) -> It:
    return It(span)


def them(_: Reading, span: Span, word: Token) -> Them:
    return Them(span)


def name(reading: Reading, span: Span, word: Token) -> Name:
    if word.text in RESERVED:
        reading.problems.append(reserved_name(word.text, span))
    elif word.text in FOREIGN_NOTHING:
        reading.problems.append(
            Diagnostic("foreign-constant", f"`{word.text}` is written `none`", span, help="write `none`")
        )
    return Name(word.text, span)


def member_of(_: Reading, span: Span, type: Token, member: Token) -> MemberOf:
    return MemberOf(type.text, member.text, span)


def list_(reading: Reading, span: Span, *items: Expr | None) -> ListExpr:
    if len(items) > limits.ITEMS:
        last = items[limits.ITEMS]
        reading.problems.append(limits.list_too_long(last.span if last is not None else span))
    return ListExpr(tuple(item for item in items if item is not None), span)


def fields(_: Reading, span: Span, *fields: tuple[str, Expr] | None) -> FieldsExpr:
    return FieldsExpr(tuple(field for field in fields if field is not None), span)


def field_value(_: Reading, span: Span, name: Token, value: Expr) -> tuple[str, Expr]:
    return name.text, value


def call(reading: Reading, span: Span, name: Token, arguments: Arguments) -> Call:
    return Call(reading.name(name), arguments, reading.at(name), span)


def qualified(reading: Reading, span: Span, value: Expr, name: Token, arguments: Arguments) -> Qualified:
    return Qualified(value, name.text, arguments, reading.at(name), span)


def get(reading: Reading, span: Span, value: Expr, field: Token) -> Get:
    return Get(value, field.text, reading.at(field), span)


def args(_: Reading, span: Span, *arguments: Argument | None) -> Arguments:
    return tuple(argument for argument in arguments if argument is not None)


def argument(_: Reading, span: Span, value: Expr) -> Argument:
    return Argument(None, value, span)


def named(_: Reading, span: Span, name: Token, value: Expr) -> Argument:
    return Argument(name.text, value, span)


def function(reading: Reading, span: Span, *params_and_body: Token | Expr) -> FunctionExpr:
    params = tuple(reading.name(param) for param in params_and_body if isinstance(param, Token))
    body = params_and_body[-1]
    assert not isinstance(body, Token)
    return FunctionExpr(params, body, span)


def unary(_: Reading, span: Span, operator: Token, operand: Expr) -> Unary:
    return Unary(operator.text, operand, span)


def binary(reading: Reading, span: Span, left: Expr, operator: Token, right: Expr) -> Binary:
    return Binary(" ".join(operator.text.split()), left, right, reading.at(operator), span)


def if_(_: Reading, span: Span, condition: Expr, then: Block, otherwise: Block | If) -> If:
    if isinstance(otherwise, If):
        otherwise = Block((), otherwise, otherwise.span)
    return If(condition, then, otherwise, span)


def within(_: Reading, span: Span, word: Token, arguments: Arguments, body: Block) -> Within:
    return Within(arguments, body, span)


def block(_: Reading, span: Span, *lets_and_result: Let | Expr) -> Block:
    lets = tuple(let for let in lets_and_result if isinstance(let, Let))
    result = lets_and_result[-1]
    assert not isinstance(result, Let)
    return Block(lets, result, span)


def let(reading: Reading, span: Span, name: Token, value: Expr) -> Let:
    return Let(reading.name(name), value, reading.at(name), span)


def pipe(reading: Reading, span: Span, value: Expr, *stages: StageExpr) -> Pipe:
    _check_length(reading, stages)
    return Pipe(value, stages, span)


def stage(
    reading: Reading, span: Span, qualifier: Token | None, name: Token, arguments: Arguments | None = None
) -> Stage:
    called = name.text if qualifier else reading.name(name)
    return Stage(qualifier.text if qualifier else None, called, arguments, reading.at(name), span)


def pluck(_: Reading, span: Span, *fields: Token) -> Pluck:
    return Pluck(tuple(field.text for field in fields), span)


def region(reading: Reading, span: Span, name: Token, arguments: Arguments, *stages: StageExpr) -> Region:
    _check_length(reading, stages)
    return Region(name.text, arguments, stages, reading.at(name), span)


def _check_length(reading: Reading, stages: tuple[StageExpr, ...]) -> None:
    if len(stages) > limits.STAGES:
        reading.problems.append(limits.chain_too_long(stages[limits.STAGES].span))


EXPRESSION_RULES: dict[str, Callable[..., object]] = {
    "number": number,
    "string": string,
    "true": true,
    "false": false,
    "none": none,
    "it": it,
    "them": them,
    "name": name,
    "member_of": member_of,
    "list": list_,
    "fields": fields,
    "field_value": field_value,
    "call": call,
    "qualified": qualified,
    "get": get,
    "args": args,
    "argument": argument,
    "named": named,
    "function": function,
    "unary": unary,
    "binary": binary,
    "if": if_,
    "within": within,
    "block": block,
    "let": let,
    "pipe": pipe,
    "stage": stage,
    "pluck": pluck,
    "region": region,
}
