r"""Take the layout of the source out of a text: what re-indenting a program changes must not change its prompts.

A first line without a word and a last line of white space alone belong to the layout, and so does the white space
with which all lines begin alike:

    >>> dedent("\n    Solve:\n      {{q}}\n    ")
    'Solve:\n  {{q}}'

A text that begins on the line of its quotes keeps that line as it is, since no editor moves it. Lines of white space
alone become empty; white space at the end of other lines stays. Knows nothing of holes: a caller puts in one
character for each, which is no white space.
"""

from __future__ import annotations

_SPACE = " \t"


def dedent(text: str) -> str:
    """The text without its layout."""
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) == 1:
        return text
    kept = [] if not lines[0].strip(_SPACE) else lines[:1]
    rest = lines[1:] if lines[-1].strip(_SPACE) else lines[1:-1]
    margin = _common([_indent(line) for line in rest if line.strip(_SPACE)])
    return "\n".join(kept + [line[margin:] if line.strip(_SPACE) else "" for line in rest])


def _common(indents: list[str]) -> int:
    """How many characters all have in common at their beginning."""
    if not indents:
        return 0
    first, last = min(indents), max(indents)
    return next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(_SPACE))]
