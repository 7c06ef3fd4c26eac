"""A diagnostic as JSON data."""

from __future__ import annotations

from typing import Any

from ilang.base.diagnostic import Diagnostic


def diagnostic_data(d: Diagnostic) -> dict[str, Any]:
    """`code message file line column end_line end_column label help notes severity`.

    Lines and columns are counted from 1, in characters; the end is the place behind the last
    character. Without a place `file` and the four numbers are null.
    """
    place: dict[str, Any] = dict.fromkeys(("file", "line", "column", "end_line", "end_column"))
    if d.span is not None:
        source = d.span.source
        place["file"] = source.name
        place["line"], place["column"] = source.line_column(d.span.start)
        place["end_line"], place["end_column"] = source.line_column(max(d.span.start, d.span.end))
    return {
        "code": d.code,
        "message": d.message,
        **place,
        "label": d.label,
        "help": d.help,
        "notes": list(d.notes),
        "severity": d.severity,
    }
