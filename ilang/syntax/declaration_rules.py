"""Make declarations from the children of their rules. Knows what each consists of, not whether it makes sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.syntax.module import (
    Answer,
    Block,
    Call,
    Declaration,
    EnumDecl,
    Expr,
    FieldDecl,
    Include,
    Let,
    ListExpr,
    MemberDecl,
    MessageBlock,
    ModelDecl,
    Param,
    PipelineDecl,
    PromptDecl,
    RecordDecl,
    Replies,
    Template,
    TestDecl,
    TypeExpr,
    Use,
    UseName,
)
from ilang.syntax.reading import Reading
from ilang.syntax.token import Token

Params = tuple[Param, ...]

_FILES = ("inf", "py")
"""Last parts of a dotted name that can only be meant as those of a file."""


class Path(NamedTuple):
    """A dotted name."""

    parts: tuple[Token, ...]
    span: Span


class Expect(NamedTuple):
    """What a test expects to be true."""

    value: Expr


def start(_: Reading, span: Span, *declarations: Declaration) -> tuple[Declaration, ...]:
    return declarations


def use(reading: Reading, span: Span, python: Token | None, *names_and_origin: UseName | Token | Path | None) -> Use:
    names = tuple(name for name in names_and_origin if isinstance(name, UseName))
    match names_and_origin[-1]:
        case Path(parts, origin_span):
            if parts[-1].text in _FILES:
                reading.problems.append(_unquoted_file(origin_span))
            return Use(python is not None, names, tuple(part.text for part in parts), origin_span, span)
        case Token() as file:
            return Use(python is not None, names, reading.string(file), reading.at(file), span)
        case _:
            return Use(python is not None, names, None, None, span)


def use_name(reading: Reading, span: Span, used: Path | Token, alias: Token | None) -> UseName:
    parts = used.parts if isinstance(used, Path) else (used,)
    reading.name(alias or parts[-1])
    return UseName(tuple(part.text for part in parts), alias.text if alias else None, span)


def path(_: Reading, span: Span, *parts: Token) -> Path:
    return Path(parts, span)


def model(reading: Reading, span: Span, name: Token, call: Call | None) -> ModelDecl:
    return ModelDecl(reading.name(name), call, reading.doc(span), reading.at(name), span)


def record(reading: Reading, span: Span, name: Token, *fields: FieldDecl) -> RecordDecl:
    return RecordDecl(name.text, fields, reading.doc(span), reading.at(name), span)


def enum(reading: Reading, span: Span, name: Token, *members: MemberDecl) -> EnumDecl:
    return EnumDecl(name.text, members, reading.doc(span), reading.at(name), span)


def member(reading: Reading, span: Span, name: Token, words: Token | None) -> MemberDecl:
    return MemberDecl(name.text, reading.string(words) if words else None, span)


def prompt(
    reading: Reading,
    span: Span,
    name: Token,
    params: Params,
    result: TypeExpr | None,
    *body: MessageBlock | Include | Answer | None,
) -> PromptDecl:
    messages = tuple(part for part in body if isinstance(part, MessageBlock | Include))
    answer = body[-1] if isinstance(body[-1], Answer) else None
    return PromptDecl(
        reading.name(name), params, result, messages, answer, False, reading.doc(span), reading.at(name), span
    )


def short_prompt(
    reading: Reading, span: Span, name: Token, params: Params, result: TypeExpr | None, body: Template
) -> PromptDecl:
    messages = (MessageBlock("user", body, body.span),)
    return PromptDecl(
        reading.name(name), params, result, messages, None, True, reading.doc(span), reading.at(name), span
    )


def message(_: Reading, span: Span, role: Token, template: Template) -> MessageBlock:
    return MessageBlock(role.text, template, span)


def include(_: Reading, span: Span, value: Expr) -> Include:
    return Include(value, span)


def answer(reading: Reading, span: Span, reader: Call | Token) -> Answer:
    if isinstance(reader, Call):
        return Answer(reader.name, reader.arguments, reader.name_span, span)
    return Answer(reading.name(reader), (), reading.at(reader), span)


def pipeline(
    reading: Reading, span: Span, name: Token, params: Params, result: TypeExpr, body: Block | Token
) -> PipelineDecl:
    block = None if isinstance(body, Token) else body
    return PipelineDecl(reading.name(name), params, result, block, reading.doc(span), reading.at(name), span)


def test(reading: Reading, span: Span, name: Token, *parts: Replies | Let | Expect) -> TestDecl:
    given = tuple(part for part in parts if not isinstance(part, Expect))
    expects = tuple(part.value for part in parts if isinstance(part, Expect))
    return TestDecl(reading.string(name), given, expects, span)


def replies(reading: Reading, span: Span, prompt: Token, replies: ListExpr) -> Replies:
    return Replies(reading.name(prompt), replies, span)


def expect(_: Reading, span: Span, value: Expr) -> Expect:
    return Expect(value)


def params(_: Reading, span: Span, *params: Param | None) -> Params:
    return tuple(param for param in params if param is not None)


def param(reading: Reading, span: Span, name: Token, type: TypeExpr, default: Expr | None) -> Param:
    return Param(reading.name(name), type, default, reading.at(name), span)


def _unquoted_file(place: Span) -> Diagnostic:
    return Diagnostic(
        "unquoted-file",
        "the name of a file stands in quotes",
        place,
        help=f'write `"{place.text()}"`; without quotes it is a library, `std.selection`',
    )


DECLARATION_RULES: dict[str, Callable[..., object]] = {
    "start": start,
    "use": use,
    "use_name": use_name,
    "path": path,
    "model": model,
    "record": record,
    "enum": enum,
    "member": member,
    "prompt": prompt,
    "short_prompt": short_prompt,
    "message": message,
    "include": include,
    "answer": answer,
    "pipeline": pipeline,
    "test": test,
    "replies": replies,
    "expect": expect,
    "params": params,
    "param": param,
}
