"""The parts of a term, how deep they are nested, and what a term calls. No walk here calls itself: terms are deep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import get_args

from ilang.base.span import Span
from ilang.check.program import IncludePart, Prompt
from ilang.check.term import Bind, CallBuiltin, CallPipeline, CallPrompt, CallPython, Convert, IfSome, Term

_PARTS = {kind: tuple(f.name for f in fields(kind) if "Term" in str(f.type)) for kind in get_args(Term)}
"""The fields of each kind of term that hold terms."""


def parts(term: Term) -> Iterator[Term]:
    """The terms directly inside a term, in the order in which they are evaluated."""
    for name in _PARTS[type(term)]:
        value = getattr(term, name)
        if isinstance(value, tuple):
            yield from (item for item in value if not isinstance(item, str))
        elif value is not None:
            yield value


def all_terms(term: Term) -> Iterator[Term]:
    """The term and all terms inside it."""
    stack = [term]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(parts(one))


def called(term: Term) -> list[tuple[str, Term]]:
    """Keys of the pipelines and prompts that a term calls, with the calls."""
    return [(key, call) for key, call, _ in called_at(term)]


def called_at(term: Term) -> list[tuple[str, Term, int]]:
    """The same, with how many terms each call stands in."""
    return [(t.key, t, level) for t, level in levels(term) if isinstance(t, CallPipeline | CallPrompt)]


def levels(term: Term) -> Iterator[tuple[Term, int]]:
    """The term and all terms inside it, with how many others each stands in."""
    stack = [(term, 0)]
    while stack:
        one, level = stack.pop()
        yield one, level
        stack.extend((part, level + 1) for part in parts(one))


def too_deep(term: Term, most: int) -> Term | None:
    """A term that is nested in more than `most` others, and stands in the same file; None where there is none."""
    stack = [(term, 0, term)]
    while stack:
        one, level, place = stack.pop()
        if one.span.source is term.span.source:
            place = one
        if level > most:
            return place
        stack.extend((part, level + 1, place) for part in parts(one))
    return None


def prompt_terms(prompt: Prompt) -> list[Term]:
    """The terms in a prompt's holes and includes."""
    found: list[Term] = []
    for part in prompt.parts:
        if isinstance(part, IncludePart):
            found.append(part.value)
        else:
            found.extend(p for p in part.parts if not isinstance(p, str))
    return found


def stage_place(term: CallBuiltin) -> Span:
    """The place of a stage's name; what is piped into it stands before, and its arguments behind."""
    first = term.arguments[0].span if term.arguments else term.span
    start = first.end if first.start == term.span.start and first.end < term.span.end else term.span.start
    at = term.span.source.text.find(term.name, start, term.span.end)
    return Span(term.span.source, at, at + len(term.name)) if at >= 0 else term.span


def result_place(term: Term) -> Span:
    """The place of what makes a value as it is: of a pipe its last stage."""
    match term:
        case Bind(body=inner) | IfSome(body=inner) | Convert(value=inner):
            return result_place(inner)
        case CallBuiltin():
            name = stage_place(term)
        case CallPipeline(key) | CallPrompt(key) | CallPython(key):
            name = name_in(term.span, key.rsplit(":", 1)[-1], term.span.end)
        case _:
            return term.span
    return Span(term.span.source, name.start, term.span.end)


def name_in(span: Span, name: str, end: int) -> Span:
    """The last place of a callee's name in a span, before `end`; the span where it is written otherwise."""
    at = span.source.text.rfind(name, span.start, end)
    return Span(span.source, at, at + len(name)) if at >= 0 else span
