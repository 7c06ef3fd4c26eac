"""The documentation of a library: for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.report.escape import visible
from ilang.report.style import PLAIN, Style
from ilang.session.libraries import LibraryModule, Offered


def doc_text(modules: Sequence[LibraryModule], style: Style = PLAIN, *, every: bool = False) -> str:
    """Each module with what it documents; with `every` also what has no documentation."""
    return "\n\n".join(_module(m, style, every=every) for m in modules) + "\n"


def _module(module: LibraryModule, style: Style, *, every: bool) -> str:
    shown, rest = told(module, every=every)
    parts = [style.paint(visible(module.name), "bold") + (f"\n{_indented(module.doc)}" if module.doc else "")]
    for one in shown:
        parts.append(visible(one.heading) + (f"\n{_indented(one.doc)}" if one.doc else ""))
    if rest:
        parts.append(f"without documentation: {', '.join(visible(o.name) for o in rest)}")
    return "\n\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in visible(text).split("\n"))


def doc_markdown(modules: Sequence[LibraryModule], *, every: bool = False) -> str:
    """The same in Markdown: a heading for each module and each declaration."""
    parts = []
    for module in modules:
        shown, _ = told(module, every=every)
        parts.append(f"# {_plain(module.name)}")
        if module.doc:
            parts.append(_plain(module.doc))
        for one in shown:
            fence = "`" * max(3, _ticks(one.heading) + 1)
            parts.append(f"## {_plain(one.name)}\n\n{fence}ilang\n{visible(one.heading)}\n{fence}")
            if one.doc:
                parts.append(_plain(one.doc))
    return "\n\n".join(parts) + "\n"


def told(module: LibraryModule, *, every: bool) -> tuple[list[Offered], list[Offered]]:
    """What is shown, and what is only named: the undocumented, unless nothing is documented."""
    documented = [o for o in module.offers if o.doc]
    if every or not documented:
        return list(module.offers), []
    return documented, [o for o in module.offers if not o.doc]


def _plain(text: str) -> str:
    """Words of a library's author in Markdown: no HTML of theirs comes through."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;")


def _ticks(text: str) -> int:
    most = run = 0
    for c in text:
        run = run + 1 if c == "`" else 0
        most = max(most, run)
    return most
