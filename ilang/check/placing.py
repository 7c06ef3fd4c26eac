"""Which argument of a call fills which parameter. Knows names and places, not what an argument is.

An argument goes to the parameter of its name; a model to the one `model` parameter wherever it
stands; the others bind in order without it. What cannot be placed is left out and told, so that the
rest of the call can be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import INT, MODEL, NUMBER, Type
from ilang.check import problems
from ilang.check.fit import bare
from ilang.check.program import Parameter, Signature
from ilang.syntax import module as ast


@dataclass(frozen=True, slots=True)
class Misplaced:
    """What is wrong with an argument that was left out; with one that is missing where it is None."""

    problem: Diagnostic
    argument: ast.Argument | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """The argument of each parameter, None where it is left to its default; `span` is the callee's name."""

    signature: Signature
    arguments: tuple[ast.Argument | None, ...]
    span: Span
    extra: tuple[ast.Argument, ...] = ()  # values by name of `mark`
    wrong: tuple[Misplaced, ...] = ()


@dataclass(frozen=True, slots=True)
class Models:
    """Tells of an expression whether it is a model, and whether it is a name that nothing here has."""

    is_model: Callable[[ast.Expr], bool]
    is_unknown: Callable[[ast.Expr], bool]


def place(signature: Signature, arguments: Sequence[ast.Argument], models: Models, first: int, span: Span) -> Slots:
    """The slots of a declaration. `first`: how many parameters are filled before, by what is piped in."""
    if any(a.name is None and models.is_unknown(a.value) for a in arguments):
        # a misspelt model would push the others out of their places
        slots = _fill(signature, arguments, lambda e: models.is_model(e) or models.is_unknown(e), first, span)
        if not slots.wrong:
            return slots
    return _fill(signature, arguments, models.is_model, first, span)


def _fill(
    signature: Signature,
    arguments: Sequence[ast.Argument],
    is_model: Callable[[ast.Expr], bool],
    first: int,
    span: Span,
) -> Slots:
    params = signature.params
    filled: list[ast.Argument | None] = [None] * len(params)
    extra: list[ast.Argument] = []
    wrong: list[Misplaced] = []
    names = {p.name: i for i, p in enumerate(params) if i >= first}
    models = [i for i, p in enumerate(params) if i >= first and bare(p.type) == MODEL]
    model = models[0] if len(models) == 1 else None
    order = [i for i in range(first, len(params)) if i != model]
    called = f"`{signature.name}`"
    marks = signature.kind == "builtin" and signature.key == "mark"
    for argument in arguments:
        if argument.name is not None:
            at = names.get(argument.name)
            if at is None and marks:
                extra.append(argument)
                continue
            if at is None:
                problem = problems.unknown_argument(argument.span, signature.name, argument.name, [*names])
                wrong.append(Misplaced(problem, argument))
                continue
        else:
            at = next((i for i in order if filled[i] is None), None)
            if model is not None and (is_model(argument.value) or (filled[model] is None and at is None)):
                at = model
            elif model is not None and filled[model] is None and _names_model(signature, at, argument.value):
                at = model
            if at is None:
                problem = problems.too_many_arguments(argument.span, called, [*names], piped=first > 0)
                wrong.append(Misplaced(problems.marks_by_name(argument.span) if marks else problem, argument))
                continue
        if filled[at] is not None:
            wrong.append(Misplaced(problems.given_twice(argument.span, called, params[at].name), argument))
            continue
        filled[at] = argument
    for i, (p, given) in enumerate(zip(params, filled, strict=True)):
        if i >= first and given is None and required(p) and not wrong:
            wrong.append(Misplaced(_missing(signature, i, span)))
    return Slots(signature, tuple(filled), span, tuple(extra), tuple(wrong))


def required(p: Parameter) -> bool:
    """Whether an argument must be given."""
    return p.default is None and not p.python_default


def _missing(signature: Signature, i: int, span: Span) -> Diagnostic:
    if i == 0 and signature.kind == "builtin":
        return problems.nothing_piped(span, signature.name)
    p = signature.params[i]
    return problems.missing_argument(span, signature.name, [(p.name, p.type)])


def _names_model(signature: Signature, at: int | None, e: ast.Expr) -> bool:
    """`sample("gpt-4.1-mini")`: a text where a stage would take a number is meant as its model."""
    if at is None or signature.kind != "builtin" or bare(signature.params[at].type) not in (INT, NUMBER):
        return False
    return isinstance(e, ast.Literal) and isinstance(e.value, str)


def misplaced(found: Sequence[Slots], arguments: Sequence[ast.Argument], first: int, span: Span) -> Diagnostic:
    """The one problem of arguments that fill none of several declarations."""
    signatures = [slots.signature for slots in found]
    name = signatures[0].name
    params = {p.name for s in signatures for p in s.params[first:]}
    for argument in arguments:
        if argument.name is not None and argument.name not in params:
            known = list(dict.fromkeys(p.name for s in signatures for p in s.params[first:]))
            return problems.unknown_argument(argument.span, name, argument.name, known)
    codes = {slots.wrong[0].problem.code for slots in found}
    if codes == {"missing-argument"}:
        missing: dict[str, Type] = {}
        for slots in found:
            for p, given in zip(slots.signature.params[first:], slots.arguments[first:], strict=True):
                if given is None and required(p):
                    missing.setdefault(p.name, p.type)
                    break
        return problems.missing_argument(span, name, [*missing.items()]) if missing else found[0].wrong[0].problem
    if "unknown-argument" in codes:
        forms = [[p.name for p in s.params[first:]] for s in signatures]
        return problems.not_together(span, name, forms)
    return found[-1].wrong[0].problem
