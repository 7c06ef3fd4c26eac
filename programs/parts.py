"""Cuts a long text into parts that fit a prompt."""

from __future__ import annotations


def split_text(document: str, size: int) -> list[str]:
    """Parts of at most `size` characters, in order: cut between paragraphs, else between words, else anywhere.

    Raises ValueError for a size below 1.
    """
    if size < 1:
        raise ValueError(f"a part has one character at least, not {size}")
    return _cut(document, size, ("\n\n", " ", ""))


def _cut(text: str, size: int, separators: tuple[str, ...]) -> list[str]:
    """`separators` from the one that is liked best; the empty one cuts anywhere."""
    text = text.strip()
    if len(text) <= size:
        return [text] if text else []
    separator, *finer = separators
    if not separator:
        return [text[i : i + size] for i in range(0, len(text), size)]
    parts: list[str] = []
    for piece in text.split(separator):
        if parts and len(parts[-1]) + len(separator) + len(piece) <= size:
            parts[-1] += separator + piece
        else:
            parts += _cut(piece, size, tuple(finer))
    return parts
