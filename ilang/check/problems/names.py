"""Names: of nothing, of two things, of something that cannot be called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    MODEL,
    Type,
)
from ilang.check.elsewhere import STAGES
from ilang.check.near import near
from ilang.check.problems.words import a, listed, meant, one_line


def unknown_name(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`solve(qestion)`."""
    return Diagnostic(
        "unknown-name",
        f"nothing here is called `{name}`",
        span,
        "not known",
        meant(name, known, f'declare it, or pass it as a parameter; a text is written in quotes: "{name}"'),
    )


def unknown_stage(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`| vots`."""
    help_ = STAGES.get(name) or meant(
        name, known, f"declare it (`pipeline {name}(...)`), or take it in: `use {name} from ...`"
    )
    return Diagnostic(
        "unknown-stage", f"there is no stage, pipeline or function called `{name}`", span, "not known", help_
    )


def field_of_stage(span: Span, name: str, field: str) -> Diagnostic:
    """`| vote.winner`."""
    return Diagnostic(
        "unknown-name",
        f"`{name}` is a stage, not a library",
        span,
        "has no names of its own",
        f"what it gives is read behind it: `| {name} | .{field}`",
    )


def unknown_library(span: Span, name: str, member: str, known: Sequence[str], *, is_stage: bool) -> Diagnostic:
    """`votin.agreed(request)`."""
    help_ = f"take it in whole (`use std.{name}`), or one name: `use {member} from std.{name}`"
    if is_stage:
        help_ = f"a stage is written behind `|`: `{name} | {member}(...)`"
    return Diagnostic("unknown-name", f"nothing here is called `{name}`", span, "not known", meant(name, known, help_))


def library_as_value(span: Span, name: str, names: Iterable[str]) -> Diagnostic:
    """`voting(request)` after `use std.voting`."""
    return Diagnostic(
        "not-callable",
        f"`{name}` is a library, not a value",
        span,
        "a library",
        f"name what it holds: `{name}.NAME`; it has {listed(names)}",
    )


def not_callable(span: Span, name: str, type_: Type) -> Diagnostic:
    """`solver(question)` of a model."""
    help_ = f"write `{name}` without brackets, or call a pipeline, a prompt or a function"
    if type_ == MODEL:
        help_ = f"a model is asked by a stage: `solve(question) | ask({name})`"
    return Diagnostic("not-callable", f"`{name}` is {a(type_)} and cannot be called", span, f"is {type_}", help_)


def method_call(span: Span, value: str, name: str, known: Iterable[str]) -> Diagnostic:
    """`question.trim()`."""
    shown = value if len(value) <= 30 and "\n" not in value else "..."
    close = name if name in set(known) else near(name, known)
    help_ = STAGES.get(name) if close is None else None
    return Diagnostic(
        "unknown-stage",
        f"values have no `.{name}(...)` to call",
        span,
        "not a field",
        help_ or f"a value is piped into a stage or function: `{shown} | {close or name}(...)`",
    )


def duplicate(span: Span, name: str, first: Span | None) -> Diagnostic:
    """Two pipelines of one name."""
    return Diagnostic(
        "duplicate-name",
        f"`{name}` is declared twice",
        span,
        "the second",
        "give one of them another name",
        (f"first declared at {first}",) if first else (),
    )


def ambiguous_words(span: Span, words: str, one: str, other: str) -> Diagnostic:
    """`enum Label { bug "Error", error }`."""
    return Diagnostic(
        "duplicate-name",
        f'a reply of "{one_line(words)}" could be `{one}` or `{other}`',
        span,
        "read as which?",
        "a member is read by its name and by its words, in any case: give one of the two other words",
    )


def not_known_yet(span: Span, name: str) -> Diagnostic:
    """`let a = b` before `let b = 3`."""
    return Diagnostic(
        "unknown-name",
        f"`{name}` is not known yet here",
        span,
        "read before its `let`",
        "a `let` sees only those written before it: move this one down",
    )


def not_together(span: Span, callee: str, forms: Sequence[Sequence[str]]) -> Diagnostic:
    """`focus(it.finished, top=1)`."""
    shown = ", or ".join(f"`{callee}({', '.join(form)})`" for form in forms)
    return Diagnostic(
        "unknown-argument", f"`{callee}` does not take these arguments together", span, "takes others", f"it is {shown}"
    )
