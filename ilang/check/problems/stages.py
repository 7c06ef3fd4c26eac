"""What a stage is given: candidates, a request, a tally; and what its body gives back."""

from __future__ import annotations

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    ANY,
    MODEL,
    TEXT,
    Candidates,
    Function,
    ListOf,
    RequestOf,
    TallyOf,
    Type,
)
from ilang.check.problems.words import gets


def needs_candidates(span: Span, stage: str, have: Type, before: str, *, also_lists: bool, more: bool) -> Diagnostic:
    """`solve(question) | vote`."""
    needs = "candidates or a list" if also_lists else "candidates"
    call = f"{stage}(...)" if more else stage
    if stage in ("repeat", "focus", "per"):
        call = f"{stage}(...) {{ ... }}"
    help_ = "a pool comes of `sample` or `start`: `solve(question) | sample(n=8)`"
    match have:
        case RequestOf():
            help_ = f"sample it first: `{before} | sample(n=8) | {call}`"
            if stage in ("refine", "extend"):
                first = "start" if stage == "extend" else "sample"
                help_ = f"begin with `{first}`: `{before} | {first} | {stage}(...)`"
        case TallyOf():
            help_ = f"a tally is what a vote found: `{stage}` stands before `vote`"
            if stage in ("best", "worst", "pick"):
                help_ = "the answer that a vote found is taken by `| .winner`"
        case ListOf(RequestOf()):
            help_ = f"sample them first: `{before} | sample(n=8) | {call}`"
        case ListOf():
            help_ = (
                "this stage takes draws of a model, not a list"
                if stage != "best"
                else "the best of a list is `prune(keep=1, by=...) | first`"
            )
        case _ if have == ANY:
            help_ = "a Python function gives values, not draws of a model"
        case _ if not isinstance(have, Candidates):
            help_ = (
                f"one value is left here; `{stage}` stands before `best`, `ask` or `.winner`"
                if stage != "otherwise"
                else help_
            )
    return Diagnostic(
        "needs-candidates", f"`{stage}` needs {needs}, but gets {gets(have)}", span, "needs candidates[T]", help_
    )


def needs_request(span: Span, stage: str, have: Type, before: str) -> Diagnostic:
    """`pool | ask`."""
    help_ = "a request is a prompt applied to its arguments: `solve(question)`"
    match have:
        case Candidates():
            help_ = "these are drawn already; each is asked again by `refine(...)`, each is judged by `score(...)` or `verify(...)`"
        case Function():
            help_ = f"apply the prompt to its arguments: `{before}(...)`"
        case ListOf(item) if str(item) == "Message":
            help_ = "give the prompt a result, so that a reply can be read: `-> text`"
        case TallyOf():
            help_ = "this is drawn already: `| .winner` takes the answer"
        case _ if have == MODEL:
            help_ = f"the model goes into the stage: `solve(question) | {stage}({before})`"
        case _ if have == TEXT:
            help_ = "a text is not a prompt: declare one (`prompt p(x: text) -> text ...`), and apply it: `p(...)`"
    return Diagnostic(
        "needs-request", f"`{stage}` needs a request, but gets {gets(have)}", span, "needs request[T]", help_
    )


def prompt_without_result(span: Span, stage: str, before: str) -> Diagnostic:
    """`hello(name) | ask` of a prompt without `->`."""
    name = before.partition("(")[0]
    return Diagnostic(
        "needs-request",
        f"`{stage}` needs a request, but `{name}` does not say what a reply is",
        span,
        "needs request[T]",
        f"give the prompt a result, so that a reply can be read: `prompt {name}(...) -> text`",
    )


def tally_needs_choices(span: Span, item: Type) -> Diagnostic:
    """`grade(q) | tally`, where a grade is a number."""
    return Diagnostic(
        "tally-needs-choices",
        f"`tally` of {item} needs its `choices`: only a bool or an enum has few values",
        span,
        "of which answers?",
        "for example `tally([1, 2, 3, 4, 5])`; or `sample(n=32) | vote`, which estimates the same",
    )


def needs_tally(span: Span, stage: str, have: Type, before: str) -> Diagnostic:
    """`pool | share_of(4)`."""
    help_ = f"vote first: `{before} | vote | {stage}(...)`"
    if isinstance(have, RequestOf):
        help_ = f"sample and vote first: `{before} | sample(n=8) | vote | {stage}(...)`"
    return Diagnostic("needs-tally", f"`{stage}` needs a tally, but gets {gets(have)}", span, "needs tally[T]", help_)


def prompt_of_pool(span: Span, name: str, parameter: str, have: Type) -> Diagnostic:
    """`pool | improve`."""
    return Diagnostic(
        "type-mismatch",
        f"`{name}` is a prompt for one value, but gets {have}",
        span,
        f"gets {have}",
        f"`refine({name}({parameter}=it))` asks it of each candidate, `score(...)` or `verify(...)` judges each by it",
    )


def takes_nothing(span: Span, name: str) -> Diagnostic:
    """`3 | hello` where `hello` has no parameter."""
    return Diagnostic(
        "too-many-arguments",
        f"`{name}` takes nothing, so nothing can be piped into it",
        span,
        "takes nothing",
        f"write `{name}()`",
    )


def body_changes_type(span: Span, region: str, have: Type, want: Type) -> Diagnostic:
    """`repeat(max=2) { vote }`."""
    return Diagnostic(
        "type-mismatch",
        f"the stages in `{region}` must give the pool back, but give {gets(have)}",
        span,
        f"gives {have}",
        f"move it behind the region: `{region}(...) {{ ... }} | ...`",
        (f"a pool of {want} comes in",) if isinstance(have, Candidates) else (),
    )


def each_needs_max(span: Span, why: Span) -> Diagnostic:
    """`parts(q) | ask | each(work(it))`."""
    return Diagnostic(
        "needs-max",
        "the model chose how long this list is, so `each` needs `max`",
        span,
        "could run without end",
        "say how many at most: `each(..., max=20)`",
        (f"the list comes from a reply at {why}",),
    )
