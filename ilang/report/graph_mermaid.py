"""A picture as Mermaid text, which many pages draw. Every text is quoted, and its signs written as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ilang.report.escape import visible_line
from ilang.report.graph_picture import Box, Part, Picture, all_boxes, all_parts
from ilang.report.graph_rows import rows_of, type_text
from ilang.report.graph_svg import LOOKS

_SHAPES = {
    "input": ("([", "])"),
    "leave": ("([", "])"),
    "draw": ("[[", "]]"),
    "prompt": ("[/", "/]"),
    "branch": ("{{", "}}"),
    "expression": ("(", ")"),
}
_PLAIN = ("[", "]")

_SIGNS = re.compile(r"[^\w ,:=()\[\]?.]|(?<=\d)\.(?=\s)|(?<![^\s])\.", re.ASCII)
"""What is written as a number: all that Markdown, HTML or Mermaid might read, and what is not ASCII."""


def mermaid(picture: Picture) -> str:
    """The text of a flowchart."""
    lines = ["flowchart TD", f"%% {mermaid_text(picture.title)}"]
    lines += _boxes(picture.part, 1)
    leaves = {box.key: box.parts[0].leave for box in all_boxes(picture.part) if box.parts}
    types = {box.key: type_text(box) for box in all_boxes(picture.part)}
    for part in all_parts(picture.part):
        for line in part.lines:
            said = ": ".join(x for x in (visible_line(line.name), types[line.source]) if x)
            arrow = "-.->" if line.lazy else "-->"
            label = f'|"{mermaid_text(said)}"|' if said else ""
            lines.append(f"  {leaves.get(line.source, line.source)} {arrow}{label} {line.target}")
        if part.again:
            lines.append(f"  {part.leave} ==> {part.again}")
    by_kind: dict[str, list[str]] = {}
    for box in all_boxes(picture.part):
        by_kind.setdefault(box.kind, []).append(box.key)
    for kind, keys in by_kind.items():
        fill, edge = LOOKS[kind]
        ink = ",color:#ffffff" if kind == "leave" else ",color:#1f2933"
        lines += [f"  classDef {kind}Box fill:{fill},stroke:{edge}{ink}", f"  class {','.join(keys)} {kind}Box"]
    return "\n".join(lines) + "\n"


def mermaid_text(text: str) -> str:
    """A text for within double quotes: its signs as `#35;`."""
    return _SIGNS.sub(lambda found: f"#{ord(found[0])};", visible_line(text))


def _boxes(part: Part, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for box in part.boxes:
        if not box.parts:
            opened, closed = _SHAPES.get(box.kind, _PLAIN)
            yield f'{indent}{box.key}{opened}"{_label(box)}"{closed}'
            continue
        yield f'{indent}subgraph {box.key}["{_label(box)}"]'
        for n, inner in enumerate(box.parts):
            if not n:
                yield from _boxes(inner, depth + 1)
                continue
            yield f'{indent}  subgraph {box.key}_{n}["{mermaid_text(inner.title)}"]'
            yield from _boxes(inner, depth + 2)
            yield f"{indent}  end"
        yield f"{indent}end"


def _label(box: Box) -> str:
    return "<br/>".join(mermaid_text(row.text) for row in rows_of(box))
