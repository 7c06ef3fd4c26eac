"""Make the nodes of one source: each rule by its function, each text with its holes. Knows no rule by name.

A hole is parsed when its text is met, as a source of its own that has the file's places. A hole that cannot be
parsed is a problem of its text; the declaration around it is read on, so that its other mistakes show too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.syntax import limits
from ilang.syntax.automaton import Stuck, TooDeep, run
from ilang.syntax.declaration_rules import DECLARATION_RULES
from ilang.syntax.dedent import dedent
from ilang.syntax.expression_rules import EXPRESSION_RULES
from ilang.syntax.module import Expr, Literal, Template
from ilang.syntax.reading import Reading
from ilang.syntax.token import Hole, Token
from ilang.syntax.trouble import Trouble
from ilang.syntax.type_rules import TYPE_RULES

RULES = {**TYPE_RULES, **EXPRESSION_RULES, **DECLARATION_RULES}

_HOLE = "\0"
"""Stands for a hole while a text is dedented. No source holds it: `parse` refuses control characters."""


class Nodes(Reading):
    """The maker for one source."""

    def reduce(self, rule: str, start: int, end: int, children: list[Any]) -> Any:
        """The node of a rule's children."""
        return RULES[rule](self, Span(self.source, start, end), *children)

    def text(self, token: Token) -> tuple[Template, int]:
        """The template of a text, dedented, and its depth."""
        if token.trouble:
            self.problems.append(token.trouble)
        holes = [self._hole(hole) for hole in token.holes]
        literals = dedent(_HOLE.join(_literals(token))).split(_HOLE)
        parts = (part for pair in zip_longest(literals, (value for value, _ in holes)) for part in pair)
        depth = 1 + max((depth for _, depth in holes), default=0)
        return Template(tuple(part for part in parts if part not in (None, "")), self.at(token)), depth

    def _hole(self, hole: Hole) -> tuple[Expr, int]:
        place = Span(self.source, hole.start, hole.end)
        if not hole.tokens:
            self.problems.append(_empty_hole(place))
            return Literal(None, place), 0
        try:
            value, depth = run(hole.tokens, "hole", self)
        except Stuck as stuck:
            trouble = Trouble(self.source, hole.tokens, stuck.index, stuck.states, hole.end - 2, "hole")
            self.problems.append(trouble.explain())
        except TooDeep as deep:
            last = hole.tokens[min(deep.index, len(hole.tokens) - 1)]
            self.problems.append(limits.nested_too_deep(self.at(last)))
        else:
            return value, depth
        return Literal(None, place), 0


def _literals(token: Token) -> Iterator[str]:
    """What stands between the holes of a text, quotes left out."""
    quotes = 4 if token.text[0] == "#" else 3
    at = quotes
    for hole in token.holes:
        yield token.text[at : hole.start - token.start]
        at = hole.end - token.start
    yield token.text[at:-quotes]


def _empty_hole(place: Span) -> Diagnostic:
    return Diagnostic(
        "empty-hole",
        "this hole holds nothing",
        place,
        help='put an expression between the braces; to print braces write `{{"{{"}}`',
    )
