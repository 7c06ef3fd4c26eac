"""Whose `it` is whose: finds the free `it` of an argument, and those of stages inside it.

`it` belongs to the nearest enclosing stage, and a stage binds it only in an argument where it
expects a function. So to know whether an argument mentions the outer `it`, each call inside it is
asked which of its parameters expect functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ilang.base.span import Span
from ilang.syntax import module as ast

TakesFunction = Callable[[str | None, str, int | None, str | None, bool], bool]
"""(qualifier, callee, position or None, name or None, piped) -> whether a function is expected there."""


@dataclass(slots=True)
class Mentions:
    """Places of `it` that is the argument's own (`free`), and that belongs to a stage inside it (`inner`)."""

    free: list[Span] = field(default_factory=list)
    inner: list[Span] = field(default_factory=list)
    them: bool = False


def mentions(expr: ast.Expr, takes_function: TakesFunction) -> Mentions:
    """The pronouns of one argument."""
    found = Mentions()
    _walk(expr, takes_function, found, bound=False)
    return found


def _walk(e: ast.Expr | ast.StageExpr | str, takes: TakesFunction, found: Mentions, *, bound: bool) -> None:
    def go(x: ast.Expr) -> None:
        _walk(x, takes, found, bound=bound)

    def arguments(args: Iterable[ast.Argument], qualifier: str | None, name: str, piped: bool) -> None:
        position = 0
        for argument in args:
            index = None
            if argument.name is None:
                index = position
                position += 1
            inner = takes(qualifier, name, index, argument.name, piped)
            _walk(argument.value, takes, found, bound=bound or inner)

    def stage(s: ast.StageExpr) -> None:
        match s:
            case ast.Stage(qualifier, name, args):
                arguments(args or (), qualifier, name, True)
            case ast.Region(name, args, stages):
                arguments(args, None, name, True)
                for inner in stages:
                    stage(inner)
            case ast.Pluck():
                pass

    match e:
        case ast.It():
            (found.inner if bound else found.free).append(e.span)
        case ast.Them():
            found.them = True
        case ast.Template(parts):
            for p in parts:
                if not isinstance(p, str):
                    go(p)
        case ast.ListExpr(items):
            for i in items:
                go(i)
        case ast.FieldsExpr(fields):
            for _, value in fields:
                go(value)
        case ast.Call(name, args):
            arguments(args, None, name, False)
        case ast.Qualified(value, name, args):
            go(value)
            arguments(args, value.name if isinstance(value, ast.Name) else None, name, False)
        case ast.Get(value, _):
            go(value)
        case ast.Unary(_, operand):
            go(operand)
        case ast.Binary(_, left, right):
            go(left)
            go(right)
        case ast.FunctionExpr(_, body):
            go(body)
        case ast.If(condition, then, other):
            go(condition)
            for block in (then, other):
                for let in block.lets:
                    go(let.value)
                go(block.result)
        case ast.Within(args, body):
            for a in args:
                go(a.value)
            for let in body.lets:
                go(let.value)
            go(body.result)
        case ast.Pipe(value, stages):
            go(value)
            for s in stages:
                stage(s)
        case _:
            pass
