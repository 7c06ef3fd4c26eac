"""Whose `it` is whose: finds the free `it` of an argument, and those of stages inside it.

`it` belongs to the nearest enclosing stage, and a stage binds it only in an argument where it
expects a function. So to know whether an argument mentions the outer `it`, each call inside it is
asked which of its parameters expect functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ilang.base.span import Span
from ilang.syntax import module as ast

TakesFunction = Callable[[str | None, str, int | str, int], bool]
"""(qualifier, callee, the argument's place or name, how many parameters are filled before) -> whether a function is
expected there."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """The first place of an `it` that is the expression's own (`free`), the first of one that belongs to a
    stage inside it (`inner`), and whether it mentions `them`."""

    free: Span | None = None
    inner: Span | None = None
    them: bool = False

    def __add__(self, other: Mentions) -> Mentions:
        return Mentions(self.free or other.free, self.inner or other.inner, self.them or other.them)

    def bound(self) -> Mentions:
        """The same where a stage binds what was free."""
        return Mentions(None, self.free or self.inner, self.them)


NOTHING = Mentions()


def mentions(expr: ast.Expr, takes_function: TakesFunction, known: dict[int, Mentions]) -> Mentions:
    """The pronouns of one expression. `known` keeps what was found, by the expression's identity."""
    found = known.get(id(expr))
    if found is None:
        found = known[id(expr)] = _of(expr, takes_function, known)
    return found


def _of(e: ast.Expr, takes: TakesFunction, known: dict[int, Mentions]) -> Mentions:
    match e:
        case ast.It():
            return Mentions(free=e.span)
        case ast.Them():
            return Mentions(them=True)
        case ast.Template(parts):
            inside: Iterable[ast.Expr] = (p for p in parts if not isinstance(p, str))
        case ast.ListExpr(items):
            inside = items
        case ast.FieldsExpr(fields):
            inside = (value for _, value in fields)
        case ast.Call(name, arguments):
            return _arguments(arguments, None, name, takes, known, piped=False)
        case ast.Qualified(value, name, arguments):
            library = value.name if isinstance(value, ast.Name) else None
            return mentions(value, takes, known) + _arguments(arguments, library, name, takes, known, piped=False)
        case ast.Get(value, _):
            inside = (value,)
        case ast.Unary(_, operand):
            inside = (operand,)
        case ast.Binary(_, left, right):
            inside = (left, right)
        case ast.FunctionExpr(_, body):
            inside = (body,)
        case ast.If(condition, then, other):
            inside = (condition, *_block(then), *_block(other))
        case ast.Within(limits, body_block):
            inside = (*(a.value for a in limits), *_block(body_block))
        case ast.Pipe(value, stages):
            return mentions(value, takes, known) + _stages(stages, takes, known)
        case _:
            return NOTHING
    found = NOTHING
    for x in inside:
        found += mentions(x, takes, known)
    return found


def _block(block: ast.Block) -> Iterable[ast.Expr]:
    return (*(let.value for let in block.lets), block.result)


def _stages(stages: Iterable[ast.StageExpr], takes: TakesFunction, known: dict[int, Mentions]) -> Mentions:
    found = NOTHING
    for s in stages:
        match s:
            case ast.Stage(qualifier, name, arguments):
                found += _arguments(arguments or (), qualifier, name, takes, known, piped=True)
            case ast.Region(name, arguments, inside):
                found += _arguments(arguments, None, name, takes, known, piped=True)
                found += _stages(inside, takes, known)
            case ast.Pluck():
                pass
    return found


def _arguments(
    arguments: Iterable[ast.Argument],
    qualifier: str | None,
    name: str,
    takes: TakesFunction,
    known: dict[int, Mentions],
    *,
    piped: bool,
) -> Mentions:
    found = NOTHING
    place = 0
    for argument in arguments:
        which = place if argument.name is None else argument.name
        place += argument.name is None
        mine = mentions(argument.value, takes, known)
        written = isinstance(argument.value, ast.FunctionExpr)  # it names its own parameter: an `it` in it is not its
        found += mine.bound() if not written and takes(qualifier, name, which, 1 if piped else 0) else mine
    return found
