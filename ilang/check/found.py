"""What the checker found each name of a source to mean: for editors, which ask by place.

Kept only where somebody asks (`Context.found`), so that a plain check pays nothing for it. A place that is checked
several times is told by its last check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from typing import Any, Literal

from ilang.base.noun import noun
from ilang.base.span import Span
from ilang.base.type import Type
from ilang.check.program import ModelDeclaration, Signature

FoundKind = Literal[
    "local", "callee", "model", "library", "type", "member", "field", "mark", "argument", "pronoun", "file"
]

_WORD = re.compile(r"#[^\n]*|(?P<word>[A-Za-z_][A-Za-z0-9_]*)")


@noun
class Found:
    """A name at a place.

    `type` is that of the value that stands here: of a stage what comes out of it. `owner`: of a field or member, the
    type that has it; of a type's name the type. `signatures`: of a callee what it may be, of an argument that of its
    callee. `origin`: of a local where it was bound. `path`: the file that a `use` means.
    """

    kind: FoundKind
    name: str
    span: Span = field(compare=False, repr=False)
    type: Type | None = None
    owner: Type | None = None
    signatures: tuple[Signature, ...] = ()
    model: ModelDeclaration | None = None
    origin: Span | None = field(default=None, compare=False, repr=False)
    path: str | None = None


class FoundNames:
    """All that was found in one source, by place."""

    def __init__(self) -> None:
        self._at: dict[tuple[int, int], Found] = {}

    def add(self, kind: FoundKind, name: str, span: Span, **facts: Any) -> None:
        """Takes in what a name means; at the same place, it replaces what was found before."""
        self._at[span.start, span.end] = Found(kind, name, span, **facts)

    def give_type(self, span: Span, type_: Type) -> None:
        """Tells the type of what stands at a place that is known."""
        known = self._at.get((span.start, span.end))
        if known is not None:
            self._at[span.start, span.end] = replace(known, type=type_)

    def solve(self, full: Callable[[Type], Type]) -> None:
        """Writes the types with what their variables turned out to be."""
        for place, found in self._at.items():
            type_ = full(found.type) if found.type is not None else None
            owner = full(found.owner) if found.owner is not None else None
            self._at[place] = replace(found, type=type_, owner=owner)

    def __iter__(self) -> Iterator[Found]:
        return iter(sorted(self._at.values(), key=lambda found: found.span.start))


def first_words(span: Span, count: int) -> list[Span]:
    """The places of the first words of a span, comments passed over: of the parameters of `(a, b) => ...`."""
    places = (Span(span.source, *m.span()) for m in _WORD.finditer(span.source.text, span.start, span.end) if m["word"])
    return [place for place, _ in zip(places, range(count), strict=False)]
