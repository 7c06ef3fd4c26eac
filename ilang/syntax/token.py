"""What a lexer makes: tokens and, inside a text, holes. Knows places and spellings, not what may stand where."""

from __future__ import annotations

from typing import NamedTuple

from ilang.base.diagnostic import Diagnostic


class Token(NamedTuple):
    """One word, sign, number, string or text.

    `terminals` are the names in the grammar that it can have, the strongest first: the parser takes the first that
    fits, so that `model` can be a parameter. It is empty for what is never right; `trouble` then says why, where the
    lexer knows. A text carries its `holes`, and may carry a trouble and be a text all the same.
    """

    terminals: tuple[str, ...]
    text: str
    start: int
    end: int
    holes: tuple[Hole, ...] = ()
    trouble: Diagnostic | None = None


class Hole(NamedTuple):
    """`{{ ... }}` in a text: the place with its braces, and what stands between."""

    start: int
    end: int
    tokens: tuple[Token, ...]


class Comment(NamedTuple):
    """A `#` comment, to the end of its line."""

    start: int
    end: int


class Lexed(NamedTuple):
    """A whole source in tokens, and its comments."""

    tokens: tuple[Token, ...]
    comments: tuple[Comment, ...]
