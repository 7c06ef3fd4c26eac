"""`it` and `them` where they name nothing or several things, and marks."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    Type,
)


def outside_stage(span: Span, pronoun: str) -> Diagnostic:
    """`it` where no stage binds it."""
    if pronoun == "it":
        message = "`it` is the candidate of a stage, and no stage binds it here"
        help_ = "use it in an argument that is asked of each candidate: `score(...)`, `verify(...)`, `prune(unless=...)`; or name it: `x => ...`"
    else:
        message = "`them` is the pool that reaches a stage, and no pool does here"
        help_ = "use it in an argument of a stage behind a pool: `repeat(max=3, until=them | any(it.verified))`"
    return Diagnostic("no-pronoun", message, span, "nothing to stand for", help_)


def it_of_value(span: Span, what: str, asked: Sequence[str]) -> Diagnostic:
    """`prune(keep=it.number)`."""
    shown = " and ".join(f"`{n}`" for n in dict.fromkeys(asked))
    verb = "is" if len(set(asked)) == 1 else "are"
    return Diagnostic(
        "no-pronoun",
        f"{what} is one value for the whole pool, so there is no `it`",
        span,
        "nothing to stand for",
        f"{shown} {verb} asked of each candidate",
    )


def nested_it(span: Span, outer: Span) -> Diagnostic:
    """`score(them | count(it.score > 1) + it.weight)`, where both stages' `it` are live."""
    return Diagnostic(
        "nested-it",
        "two stages' `it` meet in one argument",
        span,
        "whose `it`?",
        "name the outer one: `c => ... c ...`",
        (f"the outer `it` is at {outer}",),
    )


def reserved_mark(span: Span, name: str) -> Diagnostic:
    """`mark(text=...)`."""
    help_ = "choose another name for the mark"
    if name in ("score", "weight"):
        stage = "score" if name == "score" else "weigh"
        help_ = f"`{stage}(...)` sets it; or choose another name"
    return Diagnostic("duplicate-name", f"`{name}` is a field that every candidate has", span, "taken", help_)


def marks_by_name(span: Span) -> Diagnostic:
    """`mark(1)`."""
    return Diagnostic(
        "missing-argument", "`mark` gives values by name", span, "has no name", "for example `mark(depth=0)`"
    )


def mark_changes_type(span: Span, name: str, known: Type, type_: Type) -> Diagnostic:
    """`mark(seen=0) | mark(seen="yes")`."""
    return Diagnostic(
        "type-mismatch",
        f"the mark `{name}` is {type_} here, but was {known} before",
        span,
        f"is {type_}",
        "one mark has one type: give one of the two another name",
    )
