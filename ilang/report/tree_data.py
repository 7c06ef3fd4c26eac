"""The tree that `parse` makes, as JSON data."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ilang.base.span import Span
from ilang.syntax.module import Module


def tree_data(module: Module) -> dict[str, Any]:
    """A node is `{"node": its kind, "line", "column"}` and its parts by name, as they stand in the tree."""
    return {"node": "Module", "doc": module.doc, "declarations": [_part(d) for d in module.declarations]}


def _part(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, tuple):
        return [_part(item) for item in value]
    span: Span | None = value.span
    made: dict[str, Any] = {"node": type(value).__name__}
    if span is not None:
        made["line"], made["column"] = span.source.line_column(span.start)
    for field in fields(value):
        part = getattr(value, field.name)
        if not isinstance(part, Span) and not field.name.endswith("span"):
            made[field.name] = _part(part)
    return made
