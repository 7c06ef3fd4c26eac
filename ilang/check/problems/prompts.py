"""Prompts: what is printed in a hole, and how a reply is read."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    MODEL,
    TEXT,
    Candidates,
    Function,
    ListOf,
    RequestOf,
    TallyOf,
    Type,
)
from ilang.check.problems.calls import count
from ilang.check.problems.words import a, gets, listed, meant


def hole_in_string(span: Span) -> Diagnostic:
    """`"Hello {{name}}"`."""
    return Diagnostic(
        "hole-in-string",
        "a text in plain quotes has no holes: this one is printed as it is written",
        span,
        "not filled in",
        'holes are filled in triple quotes: `"""... {{name}} ..."""`',
        severity="warning",
    )


def model_in_hole(span: Span) -> Diagnostic:
    """`{{solve(q) | ask}}` in a prompt."""
    return Diagnostic(
        "model-in-hole",
        "a prompt calls no model",
        span,
        "would send a request",
        "do it in the pipeline (`let x = ...`), and pass `x` to the prompt",
    )


def not_printable(span: Span, type_: Type) -> Diagnostic:
    """`{{items}}` of a list."""
    help_ = "write it out: `| json`, or take a field of it"
    match type_:
        case ListOf(item) if item == TEXT:
            help_ = 'put it together: `| join("\\n")`'
        case ListOf():
            help_ = 'put it together: `| each(show(it)) | join("\\n")`, or `| json`'
        case RequestOf():
            help_ = "the messages of another request come in with `include(...)`; its reply comes of `| ask`, in the pipeline"
        case Candidates():
            help_ = 'take one with `| best`, or put them together: `| each(it.text) | join("\\n")`'
        case TallyOf():
            help_ = "take the answer out of the tally: `| .winner`"
        case Function():
            help_ = "call it: write its arguments in brackets behind it"
        case _ if str(type_) in ("image", "file"):
            help_ = "an image stands in a hole of a prompt's own text"
        case _ if type_ == MODEL:
            help_ = "a model has nothing to print; a candidate knows the model that wrote it: `it.model`"
    return Diagnostic("not-printable", f"a hole cannot print {a(type_)}", span, f"is {type_}", help_)


def bad_include(span: Span, type_: Type) -> Diagnostic:
    """`include(3)`."""
    help_ = "messages are a parameter `history: list[Message]`, or a prompt applied to its arguments: `include(solve(question))`"
    if type_ == TEXT:
        help_ = 'a text stands in a message: `user """{{...}}"""`'
    if isinstance(type_, Function):
        help_ = "apply the prompt to its arguments: `include(solve(question))`"
    return Diagnostic(
        "type-mismatch",
        f"`include` takes a request or a list[Message], but gets {gets(type_)}",
        span,
        f"is {type_}",
        help_,
    )


def bad_answer(span: Span, name: str, known: Sequence[str], python: Sequence[str], *, declared: bool) -> Diagnostic:
    """`answer befor("x")`."""
    help_ = meant(name, [*known, *python], f"known are {listed([*known, *python])}")
    if name in ("text", "int", "number", "bool"):
        help_ = (
            f'the result type says that (`-> {name}`); `answer` says where it stands, such as `answer after("Answer:")`'
        )
    elif declared:
        help_ = f"known are {listed([*known, *python])}; a function of your own is written in Python: `use python {name} from ...`"
    return Diagnostic("unknown-answer", f"no way of reading an answer is called `{name}`", span, "not known", help_)


def bad_answer_argument(span: Span, name: str, needs: str) -> Diagnostic:
    """`answer after(3)`."""
    examples = {"after": 'after("Answer:")', "match": 'match("([0-9]+)")', "code_block": 'code_block("python")'}
    return Diagnostic(
        "bad-answer", f"`{name}` needs {needs}", span, "not that", f"for example `answer {examples[name]}`"
    )


def bad_pattern(span: Span, why: str) -> Diagnostic:
    """`answer match("(")`."""
    return Diagnostic(
        "bad-pattern",
        f"this pattern cannot be used: {why}",
        span,
        "not a regular expression",
        "`\\\\` stands before a sign that is meant as it is: `\\\\(`",
    )


def parser_arity(span: Span, name: str, have: int) -> Diagnostic:
    """`answer parse`, a Python function of two arguments."""
    return Diagnostic(
        "bad-answer",
        f"`{name}` is given the text of a reply and nothing else, but needs {count(have)}",
        span,
        f"needs {have}",
        f"define it as `def {name}(text: str)`",
    )


def parser_takes(span: Span, name: str, type_: Type) -> Diagnostic:
    """`answer parse`, where it is `def parse(x: float)`."""
    return Diagnostic(
        "bad-answer",
        f"`{name}` is given the text of a reply, but takes {type_}",
        span,
        f"takes {type_}",
        f"define it as `def {name}(text: str)`",
    )


def parser_gives(span: Span, name: str, have: Type, want: Type) -> Diagnostic:
    """`answer parse` of a number, where it is `def parse(text: str) -> list[str]`."""
    return Diagnostic(
        "bad-answer",
        f"`{name}` gives {have}, but the prompt is declared to give {want}",
        span,
        f"gives {have}",
        "change one of the two",
    )


def answer_without_result(span: Span) -> Diagnostic:
    """A prompt with `answer` and no `->`."""
    return Diagnostic(
        "bad-answer",
        "a prompt with `answer` needs a result type",
        span,
        "read as what?",
        "write `-> text` (or another type) after the parameters",
    )


def unreadable_type(span: Span, type_: Type) -> Diagnostic:
    """`prompt p() -> model`."""
    help_ = "a reply can be a text, an int, a number, a bool, an enum, a record, or a list of these"
    if isinstance(type_, RequestOf | Candidates | TallyOf):
        help_ = f"write what one reply is: `-> {type_.item}`"
    return Diagnostic(
        "unreadable-type", f"no reply can be read as {a(type_)}", span, "not a value that text can give", help_
    )
