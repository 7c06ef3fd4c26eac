"""unparse: from a Module to a source that parses to it again. Knows no comments; the formatter keeps them.

The law: `parse(unparse(m)) == m` for every module that parse can make. A text of another maker, whose white space or
braces no source could hold, is written with its strings in holes, which means the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest
from typing import assert_never

from ilang.syntax.dedent import dedent
from ilang.syntax.escape import write_string
from ilang.syntax.lexer import CONTROL
from ilang.syntax.module import (
    Answer,
    Argument,
    Binary,
    Block,
    Call,
    Declaration,
    EnumDecl,
    Expr,
    FieldDecl,
    FieldsExpr,
    FunctionExpr,
    Get,
    If,
    Include,
    It,
    Let,
    ListExpr,
    Literal,
    MemberDecl,
    MemberOf,
    MessageBlock,
    ModelDecl,
    Module,
    Name,
    Param,
    Pipe,
    PipelineDecl,
    Pluck,
    PromptDecl,
    Qualified,
    RecordDecl,
    Region,
    Replies,
    Stage,
    StageExpr,
    Template,
    TestDecl,
    Them,
    TypeApply,
    TypeExpr,
    TypeFunction,
    TypeName,
    TypeOptional,
    TypeShape,
    Unary,
    Use,
    UseName,
    Within,
)

_PIPE, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _POSTFIX, _PRIMARY = range(10)
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "in", "not in"))
_STEP = "  "
_HOLE = "\0"


def unparse(module: Module) -> str:
    """A source of the module, declarations apart by empty lines."""
    parts = [_doc(module.doc)] if module.doc else []
    parts += [_declaration(declaration) for declaration in module.declarations]
    return "\n".join(parts)


# ---- declarations ---------------------------------------------------------------


def heading(declaration: Declaration) -> str:
    """What a declaration offers, without its body and its documentation: `pipeline f(n: int = 1) -> text`."""
    match declaration:
        case PipelineDecl():
            return f"pipeline {declaration.name}({_params(declaration.params)}) -> {_type(declaration.result)}"
        case PromptDecl():
            result = f" -> {_type(declaration.result)}" if declaration.result is not None else ""
            return f"prompt {declaration.name}({_params(declaration.params)}){result}"
        case ModelDecl() | RecordDecl() | EnumDecl():
            return _declaration(replace(declaration, doc="")).rstrip("\n")
    return _declaration(declaration).rstrip("\n")


def _declaration(declaration: Declaration) -> str:
    match declaration:
        case Use(python, names, origin):
            words = "use python " if python else "use "
            return f"{words}{', '.join(map(_use_name, names))}{_origin(origin)}\n"
        case ModelDecl(name, call, doc):
            return f"{_doc(doc)}model {name}{f' = {_expr(call, 0)}' if call else ''}\n"
        case RecordDecl(name, fields, doc):
            lines = "".join(f"{_STEP}{_field(field)}\n" for field in fields)
            return f"{_doc(doc)}record {name} {{\n{lines}}}\n"
        case EnumDecl(name, members, doc):
            return f"{_doc(doc)}enum {name} {{ {', '.join(map(_member, members))} }}\n"
        case PromptDecl():
            return _prompt(declaration)
        case PipelineDecl(name, params, result, body, doc):
            shown = "builtin" if body is None else _block(body, 0)
            return f"{_doc(doc)}pipeline {name}({_params(params)}) -> {_type(result)} {shown}\n"
        case TestDecl(name, given, expects):
            parts = [_given(part) for part in given] + [f"expect {_expr(value, 1)}" for value in expects]
            return f"test {write_string(name)} {{\n" + "".join(f"{_STEP}{part}\n" for part in parts) + "}\n"
        case _:
            assert_never(declaration)


def _doc(doc: str) -> str:
    return "".join(f"## {line}".rstrip() + "\n" for line in doc.split("\n")) if doc else ""


def _use_name(name: UseName) -> str:
    return ".".join(name.path) + (f" as {name.alias}" if name.alias else "")


def _origin(origin: tuple[str, ...] | str | None) -> str:
    if origin is None:
        return ""
    return f" from {write_string(origin) if isinstance(origin, str) else '.'.join(origin)}"


def _field(field: FieldDecl) -> str:
    return f"{field.name}: {_type(field.type)}{f' {write_string(field.note)}' if field.note else ''}"


def _member(member: MemberDecl) -> str:
    return member.name if member.words is None else f"{member.name} {write_string(member.words)}"


def _params(params: Iterable[Param]) -> str:
    return ", ".join(
        f"{p.name}: {_type(p.type)}{'' if p.default is None else f' = {_expr(p.default, 0, _OR)}'}" for p in params
    )


def _prompt(prompt: PromptDecl) -> str:
    result = f" -> {_type(prompt.result)}" if prompt.result else ""
    head = f"{_doc(prompt.doc)}prompt {prompt.name}({_params(prompt.params)}){result}"
    if prompt.short:
        (message,) = prompt.messages
        assert isinstance(message, MessageBlock)
        return f"{head} {_template(message.template, 0)}\n"
    lines = [_message(message) for message in prompt.messages]
    if prompt.answer:
        lines.append(_answer(prompt.answer))
    return f"{head} {{\n" + "".join(f"{_STEP}{line}\n" for line in lines) + "}\n"


def _message(message: MessageBlock | Include) -> str:
    match message:
        case MessageBlock(role, template):
            return f"{role} {_template(template, 1)}"
        case Include(value):
            return f"include({_expr(value, 1)})"
        case _:
            assert_never(message)


def _answer(answer: Answer) -> str:
    return f"answer {answer.name}{f'({_arguments(answer.arguments, 1)})' if answer.arguments else ''}"


def _given(part: Replies | Let) -> str:
    match part:
        case Replies(prompt, replies):
            return f"replies {prompt} = {_expr(replies, 1)}"
        case Let():
            return _let(part, 1)
        case _:
            assert_never(part)


# ---- types ------------------------------------------------------------------------


def _type(type: TypeExpr) -> str:
    match type:
        case TypeName(name):
            return name
        case TypeApply(name, argument):
            return f"{name}[{_type(argument)}]"
        case TypeOptional(item):
            return f"({_type(item)})?" if isinstance(item, TypeOptional) else f"{_type(item)}?"
        case TypeShape(fields):
            return f"{{ {', '.join(map(_field, fields))} }}"
        case TypeFunction(params, result):
            shown = f"({_type(result)})" if isinstance(result, TypeOptional) else _type(result)
            return f"({', '.join(map(_type, params))}) -> {shown}"
        case _:
            assert_never(type)


# ---- expressions --------------------------------------------------------------------


def _expr(expr: Expr, depth: int, least: int = _PIPE) -> str:
    """The expression, `depth` steps from the margin, in brackets if it binds less than `least`."""
    level, shown = _bound(expr, depth)
    return shown if level >= least else f"({shown})"


def _bound(expr: Expr, depth: int) -> tuple[int, str]:
    """How firmly the outermost operator binds, and the expression."""
    match expr:
        case Literal():
            return _PRIMARY, _literal(expr)
        case Template():
            return _PRIMARY, _template(expr, depth)
        case Name(name):
            return _PRIMARY, name
        case It():
            return _PRIMARY, "it"
        case Them():
            return _PRIMARY, "them"
        case MemberOf(type, member):
            return _PRIMARY, f"{type}.{member}"
        case ListExpr(items):
            return _PRIMARY, f"[{', '.join(_expr(item, depth) for item in items)}]"
        case FieldsExpr(fields):
            return _PRIMARY, f"{{ {', '.join(f'{name} = {_expr(value, depth)}' for name, value in fields)} }}"
        case Call(name, arguments):
            return _PRIMARY, f"{name}({_arguments(arguments, depth)})"
        case Qualified(value, name, arguments):
            return _POSTFIX, f"{_expr(value, depth, _POSTFIX)}.{name}({_arguments(arguments, depth)})"
        case Get(value, field):
            return _POSTFIX, f"{_expr(value, depth, _POSTFIX)}.{field}"
        case Unary("not", operand):
            return _NOT, f"not {_expr(operand, depth, _NOT)}"
        case Unary(_, operand):
            return _SIGN, f"-{_expr(operand, depth, _SIGN)}"
        case Binary(operator, left, right):
            level, leftmost = _level(operator)
            return level, f"{_expr(left, depth, leftmost)} {operator} {_expr(right, depth, level + 1)}"
        case FunctionExpr(params, body):
            shown = params[0] if len(params) == 1 else f"({', '.join(params)})"
            return _PIPE, f"{shown} => {_expr(body, depth)}"
        case If(condition, then, otherwise):
            shown = f"if {_expr(condition, depth, _OR)} {_block(then, depth)}"
            return _PRIMARY, f"{shown} else {_else(otherwise, depth)}"
        case Within(arguments, body):
            return _PRIMARY, f"within({_arguments(arguments, depth)}) {_block(body, depth)}"
        case Pipe(value, stages):
            return _PIPE, " | ".join((_expr(value, depth, _OR), *(_stage(stage, depth) for stage in stages)))
        case _:
            assert_never(expr)


def _level(operator: str) -> tuple[int, int]:
    """How firmly an operator binds, and how firmly its left side must."""
    if operator in _COMPARISONS:
        return _COMPARE, _SUM
    level = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}[operator]
    return level, level


def _literal(literal: Literal) -> str:
    match literal.value:
        case None:
            return "none"
        case True:
            return "true"
        case False:
            return "false"
        case str(value):
            return write_string(value)
        case number:
            return repr(number)


def _arguments(arguments: Iterable[Argument], depth: int) -> str:
    return ", ".join(f"{f'{a.name}=' if a.name else ''}{_expr(a.value, depth)}" for a in arguments)


def _stage(stage: StageExpr, depth: int) -> str:
    match stage:
        case Stage(qualifier, name, arguments):
            shown = f"{qualifier}.{name}" if qualifier else name
            return shown if arguments is None else f"{shown}({_arguments(arguments, depth)})"
        case Pluck(fields):
            return "".join(f".{field}" for field in fields)
        case Region(name, arguments, stages):
            inner = " | ".join(_stage(inner, depth) for inner in stages)
            return f"{name}({_arguments(arguments, depth)}) {{ {inner} }}"
        case _:
            assert_never(stage)


def _block(block: Block, depth: int) -> str:
    result = _expr(block.result, depth + 1)
    if block.lets and result.startswith("-"):
        result = f"({result})"  # else it is subtracted from the last let
    lines = [*(_let(let, depth + 1) for let in block.lets), result]
    margin = _STEP * (depth + 1)
    return "{\n" + "".join(f"{margin}{line}\n" for line in lines) + _STEP * depth + "}"


def _else(block: Block, depth: int) -> str:
    """What follows `else`: `if` again where the block holds only that, else the block."""
    if isinstance(block.result, If) and not block.lets:
        return _expr(block.result, depth)
    return _block(block, depth)


def _let(let: Let, depth: int) -> str:
    return f"let {let.name} = {_expr(let.value, depth)}"


# ---- texts ----------------------------------------------------------------------------


def _template(template: Template, depth: int) -> str:
    """A text as it stands, else on lines of its own, in the plainest quotes that can hold it."""
    holes = [f"{{{{{_hole(part, depth)}}}}}" for part in template.parts if not isinstance(part, str)]
    text = "".join(part if isinstance(part, str) else _HOLE for part in template.parts)
    if len(holes) == text.count(_HOLE):
        margin = "\n" + _STEP * (depth + 1)
        laid_out = "".join(margin + line if line else "\n" for line in text.split("\n")) + margin
        for body in (laid_out, text) if "\n" in text else (text, laid_out):
            for quotes in ('"""', '#"""'):
                if dedent(body) == text and _can_hold(quotes, body):
                    literals = zip_longest(body.split(_HOLE), holes, fillvalue="")
                    return quotes + "".join(literal + hole for literal, hole in literals) + quotes[::-1]
    parts = (Literal(part, template.span) if isinstance(part, str) else part for part in template.parts)
    return _template(Template(tuple(parts), template.span), depth)


def _hole(expr: Expr, depth: int) -> str:
    """What stands in a hole, its own braces kept apart from the hole's."""
    shown = _expr(expr, depth)
    return f" {shown} " if shown[0] == "{" or shown[-1] == "}" else shown


def _can_hold(quotes: str, body: str) -> bool:
    """Whether a text in these quotes ends where the body ends, and has no holes but those shown."""
    if "{{" in body or "{" + _HOLE in body or CONTROL.search(body.replace(_HOLE, "")):
        return False
    return '"""' not in body if quotes == '"""' else (body + quotes[::-1]).index(quotes[::-1]) == len(body)
