"""A picture as SVG: no script, nothing from outside, every text escaped. Equal pictures are equal to the byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.sax.saxutils import escape

from ilang.report.escape import visible
from ilang.report.graph_layout import PAD, STEM, Path, Placed, Sheet
from ilang.report.graph_picture import Box
from ilang.report.graph_rows import LINE, type_text

FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

LOOKS: dict[str, tuple[str, str]] = {
    "input": ("#eef1f5", "#7b8794"),
    "leave": ("#3e4c59", "#3e4c59"),
    "draw": ("#ffe8cc", "#d9730d"),
    "stage": ("#e3f2fd", "#2b6cb0"),
    "prompt": ("#fff7d6", "#b08900"),
    "python": ("#e6f4ea", "#2f855a"),
    "expression": ("#ffffff", "#9aa5b1"),
    "branch": ("#fde8f0", "#b83280"),
    "call": ("#f3f4f6", "#52606d"),
    "function": ("#f7f9fb", "#697586"),
    "repeat": ("#edf7f6", "#2c7a7b"),
    "focus": ("#f3f0fa", "#6b46c1"),
    "per": ("#f3f0fa", "#6b46c1"),
    "within": ("#fdf1f0", "#c53030"),
}
"""The fill and the edge of each kind of box."""

_NO_CHARACTER = re.compile("[\ufffe\uffff]")

_INK, _QUIET = "#1f2933", "#52606d"


def svg(
    sheet: Sheet, describe: Callable[[Box], str] = lambda box: "", marks: Callable[[Box], str] = lambda box: ""
) -> str:
    """The text of a file. `describe`: what a box shows under a pointer; `marks`: attributes for its group."""
    width, height = number(sheet.width), number(sheet.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{FONT}" font-size="12">',
        f"<title>{text(sheet.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    parts.append(_text(PAD, PAD + LINE - 4, sheet.title, bold=True, color=_QUIET))
    parts += [_frame(p, describe, marks) for p in sheet.boxes if p.box.parts]
    parts += map(_path, sheet.paths)
    parts += [_box(p, describe, marks) for p in sheet.boxes if not p.box.parts]
    parts += [_type(p) for p in sheet.boxes if p.stem is not None and type_text(p.box)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def text(words: str) -> str:
    """A text that can do nothing in XML: no tag, no control, no direction of writing, nothing that XML lacks."""
    said = _NO_CHARACTER.sub("\ufffd", visible(words))
    return escape(said, {'"': "&quot;", "'": "&#39;"})


def number(value: float) -> str:
    """A length, to a tenth of a pixel."""
    return f"{round(value, 1):g}" if abs(value) < 1e5 else str(round(value))


def _group(p: Placed, describe: Callable[[Box], str], marks: Callable[[Box], str], inside: str) -> str:
    said = describe(p.box)
    title = f"<title>{text(said)}</title>" if said else ""
    return f'<g id="{text(p.box.key)}"{marks(p.box)}>{title}{inside}</g>'


def _frame(p: Placed, describe: Callable[[Box], str], marks: Callable[[Box], str]) -> str:
    """A box with parts: its text stands at its upper left."""
    fill, edge = LOOKS[p.box.kind]
    dashes = ' stroke-dasharray="6 3"' if p.box.kind in ("function", "call") else ""
    inside = (
        f'<rect x="{number(p.x)}" y="{number(p.y)}" width="{number(p.width)}" height="{number(p.height)}" rx="8" '
        f'fill="{fill}" stroke="{edge}" stroke-width="1.5"{dashes}/>'
    )
    for n, row in enumerate(p.rows):
        inside += _text(p.x + PAD, p.y + PAD + (n + 1) * LINE - 4, row.text, bold=row.title, color=edge)
    return _group(p, describe, marks, inside)


def _box(p: Placed, describe: Callable[[Box], str], marks: Callable[[Box], str]) -> str:
    fill, edge = LOOKS[p.box.kind]
    round_ = {"input": p.height / 2, "leave": p.height / 2, "branch": 12.0, "expression": 2.0}.get(p.box.kind, 5.0)
    ink = "#ffffff" if p.box.kind == "leave" else _INK
    inside = (
        f'<rect x="{number(p.x)}" y="{number(p.y)}" width="{number(p.width)}" height="{number(p.height)}" '
        f'rx="{number(round_)}" fill="{fill}" stroke="{edge}" stroke-width="1.2"/>'
    )
    for port in p.ports:
        if port.name:
            inside += _small(port.x, p.y + 11, port.name, middle=True)
    for n, row in enumerate(p.rows):
        at = p.text_top + (n + 1) * LINE
        inside += _text(p.x + p.width / 2, at, row.text, bold=row.title, color=ink, middle=True)
    return _group(p, describe, marks, inside)


def _type(p: Placed) -> str:
    assert p.stem is not None
    return _small(p.stem + 5, p.y + p.height + STEM - 5, type_text(p.box), middle=False)


def _text(x: float, y: float, words: str, *, bold: bool, color: str, middle: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="middle"' if middle else ""
    place = f'x="{number(x)}" y="{number(y)}"{anchor}{weight}'
    return f'<text {place} fill="{color}" xml:space="preserve">{text(words)}</text>'


def _small(x: float, y: float, words: str, *, middle: bool) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{number(x)}" y="{number(y)}" font-size="10"{anchor} fill="{_QUIET}">{text(words)}</text>'


def _path(path: Path) -> str:
    points = path.points
    (x, y), rest = points[0], points[1:]
    steps = [f"M{number(x)} {number(y)}"]
    for a, b in rest:
        if path.loop or a == x:
            steps.append(f"L{number(a)} {number(b)}")
        else:
            half = number((y + b) / 2)
            steps.append(f"C{number(x)} {half} {number(a)} {half} {number(a)} {number(b)}")
        x, y = a, b
    dashes = ' stroke-dasharray="4 3"' if path.line.lazy else ""
    head = f"M{number(x - 3.5)} {number(y - 6)}L{number(x)} {number(y)}L{number(x + 3.5)} {number(y - 6)}Z"
    if path.loop:
        head = f"M{number(x + 6)} {number(y - 3.5)}L{number(x)} {number(y)}L{number(x + 6)} {number(y + 3.5)}Z"
    color = "#2c7a7b" if path.loop else _QUIET
    return (
        f'<path d="{"".join(steps)}" fill="none" stroke="{color}" stroke-width="1.2" stroke-linejoin="round"{dashes}/>'
        f'<path d="{head}" fill="{color}"/>'
    )
