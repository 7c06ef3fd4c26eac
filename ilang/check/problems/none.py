"""Where something may be none and is not allowed to be; who made it so is said."""

from __future__ import annotations

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    Candidates,
    Function,
    Optional,
    Type,
)
from ilang.check.problems.words import a


def may_be_none(span: Span, what: str, have: Type, want: Type, why: str) -> Diagnostic:
    """`first(xs) + 1` where the elements are `number?`."""
    want = want.item if isinstance(want, Optional) else want
    help_ = f"say what then: `| otherwise(...)` with {a(want)}"
    if isinstance(want, Candidates):
        help_ = "drop candidates behind it: put `prune(unless=...)` after this stage"
    elif isinstance(want, Function):
        help_ = "declare the parameter without `?`, with a function as its default or none"
    return Diagnostic(
        "may-be-none", f"{what} needs {want}, but may get none", span, f"is {have}", help_, (why,) if why else ()
    )


def field_of_none(span: Span, name: str, have: Type, why: str) -> Diagnostic:
    """`votes.winner` where `votes` may be none."""
    return Diagnostic(
        "may-be-none",
        f"`.{name}` is read of what may be none",
        span,
        f"is {have}",
        f"a stage passes none on: `... | .{name} | otherwise(...)`",
        (why,) if why else (),
    )


def result_may_be_none(span: Span, what: str, have: Type, want: Type, why: str) -> Diagnostic:
    """A pipeline that declares `T` and ends in `prune(unless=..) | best`."""
    return Diagnostic(
        "may-be-none",
        f"{what} is declared to give {want}, but may give none",
        span,
        f"is {have}",
        f"say what then: `| otherwise(...)` with {a(want)}, or declare `-> {want}?`",
        (why,) if why else (),
    )


def none_in_hole(span: Span, have: Type, why: str) -> Diagnostic:
    """`{{note}}` of a `note: text?`."""
    return Diagnostic(
        "may-be-none",
        "a hole of a text cannot print none",
        span,
        f"is {have}",
        'say what to print then: `| otherwise("")`',
        (why,) if why else (),
    )
