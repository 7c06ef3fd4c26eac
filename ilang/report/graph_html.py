"""A picture as a page by itself: the drawing, and the program beside it. A box shows the line it was written in.

Nothing comes from outside: the page's own policy lets no address be asked and no script run but the one that is here,
which is named by its hash. Texts are escaped.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

from ilang.base.source import Source
from ilang.report.graph_layout import Sheet
from ilang.report.graph_picture import Box
from ilang.report.graph_svg import svg, text

_STYLE = """
body { margin: 0; display: flex; height: 100vh; font: 13px ui-monospace, Menlo, Consolas, monospace; color: #1f2933; }
main { flex: 3; overflow: auto; background: #ffffff; }
aside { flex: 2; overflow: auto; background: #f8fafc; border-left: 1px solid #cbd2d9; }
h2 { font-size: 13px; margin: 12px 12px 4px; }
ol { margin: 0; padding-left: 4.5em; }
li { white-space: pre-wrap; padding: 0 6px; min-height: 1.3em; line-height: 1.3; }
li::marker { color: #9aa5b1; }
li.here { background: #ffe8a3; }
g.box { cursor: default; }
g.here > rect { stroke-width: 3; }
"""

_SCRIPT = """
"use strict";
const boxes = document.querySelectorAll("g[data-at]");
function mark(at, on) {
  for (const box of boxes) { if (box.dataset.at === at) box.classList.toggle("here", on); }
  const line = document.getElementById(at);
  if (line) line.classList.toggle("here", on);
  return line;
}
for (const box of boxes) {
  const at = box.dataset.at;
  box.addEventListener("mouseenter", () => {
    const line = mark(at, true);
    if (line) line.scrollIntoView({block: "nearest"});
  });
  box.addEventListener("mouseleave", () => mark(at, false));
}
for (const line of document.querySelectorAll("li")) {
  line.addEventListener("mouseenter", () => mark(line.id, true));
  line.addEventListener("mouseleave", () => mark(line.id, false));
}
"""


def html(sheet: Sheet, describe: Callable[[Box], str]) -> str:
    """The page."""
    sources: list[Source] = []
    for placed in sheet.boxes:
        span = placed.box.span
        if span is not None and not any(span.source is one for one in sources):
            sources.append(span.source)

    def marks(box: Box) -> str:
        if box.span is None:
            return ' class="box"'
        number = next(n for n, one in enumerate(sources) if one is box.span.source)
        return f' class="box" data-at="s{number}l{box.span.source.line_column(box.span.start)[0]}"'

    drawing = svg(sheet, describe, marks)
    allowed = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>\n'
        f"<title>{text(sheet.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<main>\n{drawing}</main>\n<aside>\n{''.join(_source(n, one) for n, one in enumerate(sources))}</aside>\n"
        f"<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )


def _source(number: int, source: Source) -> str:
    lines = "".join(f'<li id="s{number}l{n}">{text(line)}</li>\n' for n, line in enumerate(source.text.split("\n"), 1))
    return f"<h2>{text(Path(source.name).name)}</h2>\n<ol>\n{lines}</ol>\n"
