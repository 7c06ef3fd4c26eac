"""Warnings, `within` with its limits, and tests."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    Type,
)
from ilang.check.problems.words import a, gets, listed, meant


def same_for_all(span: Span, stage: str) -> Diagnostic:
    """`score(rate(question) | ask)`, which never looks at the candidate."""
    return Diagnostic(
        "same-for-all",
        f"this asks a model once, and `{stage}` takes the answer for every candidate",
        span,
        "does not mention `it`",
        "mention the candidate, for example `it.text`; or name the answer with a `let` before, if that is meant",
        severity="warning",
    )


def never_verified(span: Span) -> Diagnostic:
    """`solve(q) | sample(n=8) | prune(unless=it.verified)`."""
    return Diagnostic(
        "never-verified",
        "nothing verifies these candidates, so none of them is kept",
        span,
        "never true",
        "put `verify(...)` before this stage",
        severity="warning",
    )


def misplaced_image(span: Span, role: str, type_: Type) -> Diagnostic:
    """A photo in the text of `system`."""
    return Diagnostic(
        "misplaced-image",
        f"{a(type_)} stands in a `{role}` message, where models take none",
        span,
        "not in `user`",
        "put it into the `user` message",
        severity="warning",
    )


def test_named_twice(span: Span, name: str) -> Diagnostic:
    """Two tests of one name."""
    return Diagnostic(
        "same-test-name",
        f'there is a test "{name}" before this one',
        span,
        "the same name",
        "`-k` and reports tell tests apart by their names: give it one of its own",
        severity="warning",
    )


def single_brace(span: Span, name: str) -> Diagnostic:
    """`Solve {question}` in the text of a prompt."""
    return Diagnostic(
        "single-brace",
        f"`{{{name}}}` is printed as it is written",
        span,
        "not filled in",
        f"a hole has two braces: `{{{{{name}}}}}`",
        severity="warning",
    )


def unused_let(span: Span, name: str) -> Diagnostic:
    """A let that nobody reads."""
    return Diagnostic(
        "unused-let",
        f"`{name}` is never read, so it is never computed",
        span,
        "not read",
        "remove it, or read it",
        severity="warning",
    )


def without_limit(span: Span) -> Diagnostic:
    """`within() { ... }`."""
    return Diagnostic(
        "missing-argument",
        "`within` needs a limit",
        span,
        "within what?",
        "for example `within(calls=100)`; limits: usd, tokens, calls, seconds",
    )


def unknown_limit(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """`within(dollars=1)`."""
    usual = {
        "dollars": "usd",
        "cost": "usd",
        "budget": "usd",
        "time": "seconds",
        "timeout": "seconds",
        "requests": "calls",
        "draws": "calls",
    }
    help_ = f"write `{usual[name]}=...`" if name in usual else meant(name, known, f"limits: {', '.join(known)}")
    return Diagnostic("unknown-argument", f"`within` has no limit `{name}`", span, "no such limit", help_)


def limit_by_name(span: Span) -> Diagnostic:
    """`within(5)`."""
    return Diagnostic(
        "missing-argument",
        "a limit of `within` needs its name",
        span,
        "of what?",
        "for example `within(calls=100)`; limits: usd, tokens, calls, seconds",
    )


def replies_must_be_text(span: Span) -> Diagnostic:
    """`replies solve = [3]`."""
    return Diagnostic(
        "bad-replies",
        "a reply is what the model says: a text",
        span,
        "not a text",
        'write it in quotes, as the model would say it: "Answer: 3"',
    )


def replies_unknown_prompt(span: Span, name: str, known: Sequence[str], *, declared: bool) -> Diagnostic:
    """`replies slove = [...]`."""
    help_ = meant(name, known, f"its prompts: {listed(known)}" if known else "this file has no prompt")
    message = f"no prompt is called `{name}`"
    if declared:
        message = f"`{name}` is not a prompt with a result, so no model replies to it"
        help_ = f"replies are given to a prompt: {listed(known)}" if known else "this file has no prompt"
    return Diagnostic("unknown-name", message, span, "not a prompt", help_)


def test_needs_bool(span: Span, have: Type) -> Diagnostic:
    """`expect main("q")`."""
    return Diagnostic(
        "type-mismatch",
        f"`expect` needs true or false, but gets {gets(have)}",
        span,
        f"is {have}",
        "compare it: `expect ... == ...`",
    )
