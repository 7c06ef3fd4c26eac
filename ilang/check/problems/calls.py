"""The arguments of a call: missing, unknown, given twice; functions of another number of them."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    CandidateOf,
    Function,
    Type,
)
from ilang.check.elsewhere import ARGUMENTS
from ilang.check.problems.fit import cure
from ilang.check.problems.words import meant


def nothing_piped(span: Span, stage: str) -> Diagnostic:
    """`vote()` with nothing before it."""
    return Diagnostic(
        "missing-argument",
        f"`{stage}` has nothing to work on",
        span,
        "needs a value before it",
        f"pipe a value into it: `... | {stage}`",
    )


def missing_argument(span: Span, callee: str, missing: Sequence[tuple[str, Type]]) -> Diagnostic:
    """`solve()`."""
    names = " or ".join(f"`{n}`" for n, _ in missing)
    name, type_ = missing[0]
    help_ = "give it: " + " or ".join(f"`{callee}({n}=...)`" for n, _ in missing)
    if isinstance(type_, Function) and len(type_.params) == 1:
        what = "candidate" if isinstance(type_.params[0], CandidateOf) else "value"
        help_ = f"give it in terms of the {what}, which is `it`: {help_.removeprefix('give it: ')}"
    label = f"`{name}: {type_}` is missing" if len(missing) == 1 else "one of them is missing"
    return Diagnostic("missing-argument", f"`{callee}` needs {names}", span, label, help_)


def too_many_arguments(span: Span, callee: str, known: Sequence[str], *, piped: bool) -> Diagnostic:
    """`vote(1, 2, 3)`."""
    beside = " beside what is piped in" if piped else ""
    named = [n for n in known if not n.startswith("argument ")]
    return Diagnostic(
        "too-many-arguments",
        f"{callee} takes {count(len(known))}{beside}",
        span,
        "one too many",
        f"it takes: {', '.join(named)}" if named else "leave it out",
    )


def unknown_argument(span: Span, callee: str, name: str, known: Sequence[str]) -> Diagnostic:
    """`sample(m=8)`."""
    help_ = ARGUMENTS.get((callee, name)) or meant(
        name, known, f"it takes: {', '.join(known)}" if known else "it takes none"
    )
    place = Span(span.source, span.start, span.start + len(name))
    return Diagnostic("unknown-argument", f"`{callee}` has no parameter `{name}`", place, "no such parameter", help_)


def given_twice(span: Span, callee: str, name: str) -> Diagnostic:
    """`sample(n=1, n=2)`."""
    help_ = "leave one of them out"
    if name == "model":
        help_ = "to ask two: `... | sample(small) | add(... | sample(large))`"
    return Diagnostic("given-twice", f"`{name}` of {callee} is given twice", span, "the second", help_)


def function_arity(span: Span, what: str, have: int, want: int) -> Diagnostic:
    """`cluster(x => true)`."""
    names = ", ".join("abcdefgh"[:want]) if want != 1 else "x"
    brackets = f"({names})" if want != 1 else names
    help_ = f"write `{brackets} => ...`"
    name = span.text()
    if name.isidentifier() and have > want:
        help_ = f"give its other arguments: `{name}({names if want != 1 else 'it'}, ...)`"
    return Diagnostic(
        "wrong-function",
        f"{what} needs a function of {count(want)}, not of {count(have)}",
        span,
        f"takes {have}",
        help_,
    )


def function_takes(span: Span, what: str, types: Sequence[tuple[Type, Type]]) -> Diagnostic:
    """`score(of_number)` where the candidates are texts."""
    given, taken = next(((g, t) for g, t in types if g != t), types[0])
    value = given.item if isinstance(given, CandidateOf) else given
    name = span.text() if span.text().isidentifier() else "this function"
    shown = f"`{name}`" if name.isidentifier() else name
    return Diagnostic(
        "wrong-function",
        f"{shown} takes {taken}, but is given {value} by {what}",
        span,
        f"takes {taken}",
        cure(value, taken),
    )


def count(n: int) -> str:
    words = {0: "no argument", 1: "one argument", 2: "two arguments", 3: "three arguments"}
    return words.get(n, f"{n} arguments")


def it_of_several(span: Span, what: str, want: int) -> Diagnostic:
    """`cluster(it.text == "x")`."""
    names = ", ".join("abcdefgh"[:want])
    return Diagnostic(
        "wrong-function",
        f"{what} is a function of {count(want)}, so there is not one `it`",
        span,
        "which of them?",
        f"name them: `({names}) => ...`",
    )


def not_a_function(span: Span) -> Diagnostic:
    """`sample(n=x => x)`."""
    return Diagnostic(
        "wrong-function", "a function cannot stand here", span, "a function", "a value is needed; write the body alone"
    )
