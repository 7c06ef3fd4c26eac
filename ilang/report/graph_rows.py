"""The lines of text in a box, and how much room they take. Widths are those of a monospaced font."""

from __future__ import annotations

import textwrap

from ilang.base.noun import noun
from ilang.report.escape import visible_line
from ilang.report.graph_picture import Box
from ilang.report.width import clip, columns

LETTER = 7.25
"""Width of a letter of a title or a note."""

SMALL_LETTER = 6.05
"""Width of a letter of a type, or of a parameter's name."""

LINE = 16.0
"""Height of a line of text."""

_TITLE = 44
_NOTE = 46
_NOTES = 3
"""Lines that one note may take."""

_TYPE = 40


@noun
class Row:
    """A line of text: bold where it is a title."""

    text: str
    title: bool


def rows_of(box: Box) -> tuple[Row, ...]:
    """Title and notes, wrapped; a text that is too long loses its end."""
    title = f"{box.title}: {box.gives}" if box.kind == "input" and box.gives else box.title
    rows = [Row(clip(visible_line(title), _TITLE), True)] if title else []
    for note in box.notes:
        rows += [Row(text, False) for text in wrapped(visible_line(note))]
    return tuple(rows)


def wrapped(text: str) -> list[str]:
    """The lines of a note."""
    if columns(text) <= _NOTE:
        return [text]
    lines = textwrap.wrap(text, _NOTE, subsequent_indent="  ", max_lines=_NOTES, placeholder=" ...")
    return [clip(line, _NOTE) for line in lines] or [clip(text, _NOTE)]


def width_of(rows: tuple[Row, ...]) -> float:
    """The widest of the rows."""
    return max((columns(row.text) * LETTER for row in rows), default=0.0)


def type_text(box: Box) -> str:
    """The type beside the line that leaves a box; of a parameter it stands in the box."""
    return "" if box.kind == "input" else clip(visible_line(box.gives), _TYPE)


def small_width(text: str) -> float:
    """The width of a small text."""
    return columns(text) * SMALL_LETTER
