"""Programs that go on without end, too deep or too long; what is no constant; and no entry."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.check.problems.words import meant


def recursion(span: Span, chain: Sequence[str]) -> Diagnostic:
    """A pipeline that calls itself."""
    return Diagnostic(
        "recursion",
        f"`{chain[0]}` may not call itself" + (", through others" if len(chain) > 2 else ""),
        span,
        "comes back to where it began",
        "a loop is written `repeat(max=...) { ... }`",
        (" -> ".join(chain),) if len(chain) > 2 else (),
    )


def calls_too_deep(span: Span, most: int) -> Diagnostic:
    """p1 calls p0, p2 calls p1, and so on."""
    return Diagnostic(
        "nested-too-deep",
        f"more than {most} pipelines call each other in a row",
        span,
        "the limit is passed here",
        "put some of them together",
    )


def calls_nested_too_deep(span: Span) -> Diagnostic:
    """Forty pipelines in a row, each of which calls the next inside of other calls."""
    return Diagnostic(
        "nested-too-deep",
        "pipelines call each other too deep inside of other calls",
        span,
        "the limit is passed here",
        "name what a call gives with `let`, outside of the others; or put some of the pipelines together",
    )


def nested_too_deep(span: Span) -> Diagnostic:
    """A hundred calls inside each other."""
    return Diagnostic(
        "nested-too-deep",
        "this is nested too deep",
        span,
        "too deep",
        "name a part of it with `let`, or make it a pipeline",
    )


def block_too_long(span: Span, most: int) -> Diagnostic:
    """A block of 201 lets."""
    return Diagnostic(
        "block-too-long",
        f"a block has at most {most} `let`s",
        span,
        "one too many",
        "make some of them a pipeline of their own",
    )


def too_many(span: Span | None, most: int) -> Diagnostic:
    """More problems than anyone reads."""
    return Diagnostic(
        "too-many-problems",
        f"there are more than {most} problems; the rest is not shown",
        span,
        "stopped here",
        "mend the first ones, and check again",
    )


def default_not_constant(span: Span, name: str) -> Diagnostic:
    """`n: int = length(q)`."""
    return Diagnostic(
        "not-constant",
        f"the default of `{name}` must be a plain value",
        span,
        "not a plain value",
        f"make it `{name}: ...? = none`, and reckon it in the body: `{name} | otherwise(...)`",
    )


def builtin_body(span: Span, name: str) -> Diagnostic:
    """`pipeline p() -> text builtin`."""
    return Diagnostic(
        "no-body",
        f"`{name}` has no body",
        span,
        "not built in",
        "only ilang's own prelude declares `builtin`s; write `{ ... }`",
    )


def no_entry(span: Span | None, name: str, known: Sequence[str]) -> Diagnostic:
    """`ilang run lib.inf` where there are several pipelines and no `main`."""
    if not known:
        return Diagnostic(
            "no-entry", "this file has no pipeline to run", span, "", "write `pipeline main(...) -> ... { ... }`"
        )
    if name:
        return Diagnostic(
            "no-entry",
            f"there is no pipeline `{name}`",
            span,
            "",
            meant(name, known, f"there are: {', '.join(known)}"),
        )
    return Diagnostic(
        "no-entry",
        "this file has several pipelines and none is called `main`",
        span,
        "",
        f"say which: `FILE:{known[0]}`; there are: {', '.join(known)}",
    )
