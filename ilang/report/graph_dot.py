"""A picture as a DOT text, for Graphviz and what reads its language. Every text is quoted."""

from __future__ import annotations

from collections.abc import Iterator

from ilang.report.escape import visible, visible_line
from ilang.report.graph_picture import Part, Picture, all_boxes, all_parts
from ilang.report.graph_rows import rows_of, type_text
from ilang.report.graph_svg import LOOKS

_SHAPES = {"input": "oval", "leave": "oval", "prompt": "note", "branch": "hexagon"}


def dot(picture: Picture) -> str:
    """The text of a directed graph; bodies are clusters."""
    lines = [
        f"digraph {quoted(picture.title)} {{",
        '  node [shape=box, style="filled,rounded", fontname=monospace, fontsize=11]',
        "  edge [fontname=monospace, fontsize=9]",
        *_boxes(picture.part, 1),
    ]
    leaves = {box.key: box.parts[0].leave for box in all_boxes(picture.part) if box.parts}
    types = {box.key: type_text(box) for box in all_boxes(picture.part)}
    for part in all_parts(picture.part):
        for line in part.lines:
            said = ": ".join(x for x in (visible_line(line.name), types[line.source]) if x)
            given = [f"label={quoted(said)}"] if said else []
            given += ["style=dashed"] if line.lazy else []
            more = f" [{', '.join(given)}]" if given else ""
            lines.append(f"  {leaves.get(line.source, line.source)} -> {line.target}{more}")
        if part.again:
            lines.append(f"  {part.leave} -> {part.again} [style=bold, constraint=false]")
    return "\n".join([*lines, "}"]) + "\n"


def quoted(text: str) -> str:
    """A text in double quotes that can end nothing and name nothing: `\\N`, `&lt;` and `"` are shown as they are."""
    said = visible(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{said}"'


def _boxes(part: Part, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for box in part.boxes:
        fill, edge = LOOKS[box.kind]
        looks = f'fillcolor="{fill}", color="{edge}"'
        label = quoted("\n".join(row.text for row in rows_of(box)))
        if not box.parts:
            ink = ', fontcolor="#ffffff"' if box.kind == "leave" else ""
            shape = f", shape={_SHAPES[box.kind]}" if box.kind in _SHAPES else ""
            yield f"{indent}{box.key} [label={label}, {looks}{ink}{shape}]"
            continue
        yield f"{indent}subgraph cluster_{box.key} {{"
        yield f'{indent}  label={label}; labeljust=l; style="rounded,filled"; fillcolor="{fill}"; color="{edge}"'
        for n, inner in enumerate(box.parts):
            if not n:
                yield from _boxes(inner, depth + 1)
                continue
            yield f"{indent}  subgraph cluster_{box.key}_{n} {{"
            yield f"{indent}    label={quoted(inner.title)}"
            yield from _boxes(inner, depth + 2)
            yield f"{indent}  }}"
        yield f"{indent}}}"
