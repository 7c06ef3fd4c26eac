"""Cuts text into tokens: a word with the blanks before it, or a run of line breaks."""

from __future__ import annotations

import re

PIECE = re.compile(r"\n+|[^\S\n]*\S+|[^\S\n]+")


def tokenize(text: str) -> tuple[str, ...]:
    """The tokens of a text. Joined they are the text; cut between two tokens they are those of both halves."""
    return tuple(PIECE.findall(text))
