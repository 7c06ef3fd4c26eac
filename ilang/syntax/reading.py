"""What the rules share while one source is read: its places, its documentation, and the problems met on the way."""

from __future__ import annotations

from ilang.base.diagnostic import Diagnostic
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.syntax.doc import Docs
from ilang.syntax.escape import read_string
from ilang.syntax.token import Token

RESERVED = frozenset(("it", "them", "true", "false", "none", "and", "or", "not", "in", "if", "else", "let"))
"""Words that mean something wherever a value can stand, so that nothing can be reached by such a name."""


class Reading:
    """One source on its way into a tree. A problem that does not stop the parser is kept, and the node made."""

    def __init__(self, source: Source, docs: Docs) -> None:
        self.source = source
        self.docs = docs
        self.problems: list[Diagnostic] = []

    def at(self, token: Token) -> Span:
        """Where a token stands."""
        return Span(self.source, token.start, token.end)

    def name(self, token: Token) -> str:
        """A name that is given to something."""
        if token.text in RESERVED:
            self.problems.append(reserved_name(token.text, self.at(token)))
        return token.text

    def string(self, token: Token) -> str:
        """What a string literal stands for."""
        if "\\" not in token.text:
            return token.text[1:-1]
        value, bad = read_string(token.text)
        for spelling, start in bad:
            place = Span(self.source, token.start + start, token.start + start + len(spelling))
            self.problems.append(_bad_escape(spelling, place))
        return value

    def doc(self, place: Span) -> str:
        """The documentation of what begins there."""
        return self.docs.at.get(place.start, "")


def reserved_name(word: str, place: Span) -> Diagnostic:
    """A word of the language that was given to something as its name."""
    return Diagnostic(
        "reserved-name",
        f"`{word}` is a word of the language and cannot be a name",
        place,
        help=f"take another name, such as `{word}_` or a longer word",
    )


def _bad_escape(spelling: str, place: Span) -> Diagnostic:
    return Diagnostic(
        "bad-escape",
        f"`{spelling}` is no escape",
        place,
        help='the escapes are `\\n \\t \\r \\" \\\\ \\/ \\uXXXX`; a backslash is `\\\\`, or itself in a `"""` text',
    )
