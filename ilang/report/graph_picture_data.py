"""A picture as JSON data: its boxes and its lines, without their places."""

from __future__ import annotations

from typing import Any

from ilang.report.graph_picture import Box, Part, Picture


def picture_data(picture: Picture) -> dict[str, Any]:
    """`{"boxes": [...], "lines": [...]}`: a box `{"key", "kind", "title", "notes", "gives", "nodes", "parts"}`.

    `nodes` are pairs of a graph's number and a node's place, as in `ilang show --phase plan --json`.
    """
    return _part(picture.part)


def _part(part: Part) -> dict[str, Any]:
    lines = [{"from": x.source, "to": x.target, "name": x.name, "lazy": x.lazy} for x in part.lines]
    return {"boxes": [_box(box) for box in part.boxes], "lines": lines}


def _box(box: Box) -> dict[str, Any]:
    made: dict[str, Any] = {
        "key": box.key,
        "kind": box.kind,
        "title": box.title,
        "notes": list(box.notes),
        "gives": box.gives,
        "nodes": [list(place) for place in box.covers],
        "parts": [_part(part) for part in box.parts],
    }
    if box.span is not None:
        made["line"], made["column"] = box.span.source.line_column(box.span.start)
    return made
