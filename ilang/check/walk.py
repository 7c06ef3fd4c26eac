"""The parts of a term, and what a term calls."""

from __future__ import annotations

from collections.abc import Iterator

from ilang.check.term import CallPipeline, CallPrompt, Term


def parts(term: Term) -> Iterator[Term]:
    """The terms directly inside a term, in the order in which they are evaluated."""
    for name in term.__dataclass_fields__:
        value = getattr(term, name)
        if hasattr(value, "__dataclass_fields__") and hasattr(value, "type") and hasattr(value, "span"):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if hasattr(item, "__dataclass_fields__") and hasattr(item, "type") and hasattr(item, "span"):
                    yield item


def all_terms(term: Term) -> Iterator[Term]:
    """The term and all terms inside it."""
    stack = [term]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(parts(one))


def called(term: Term) -> list[tuple[str, Term]]:
    """Keys of the pipelines and prompts that a term calls, with the calls."""
    return [(t.key, t) for t in all_terms(term) if isinstance(t, CallPipeline | CallPrompt)]
