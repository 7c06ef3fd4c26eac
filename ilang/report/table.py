"""Lays out rows of words in columns. Knows no rules, boxes or colours."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ilang.report.width import columns, pad, pad_left


def table_text(rows: Sequence[Sequence[str]], right: Collection[int] = (), indent: str = "") -> str:
    """The rows below each other, two spaces between columns; `right` names columns that lean to the right."""
    if not rows:
        return ""
    widths = [max(columns(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [(pad_left if i in right else pad)(cell, widths[i]) for i, cell in enumerate(row)]
        lines.append((indent + "  ".join(cells)).rstrip())
    return "\n".join(lines)
