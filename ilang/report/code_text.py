"""What a code means, for a terminal and as a page. What is said of the wrong program is what the compiler says now."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.check.capable import Bound, lacking, temperature_warnings
from ilang.check.check import check
from ilang.help.registry import Entry
from ilang.report.diagnostic import diagnostics_text
from ilang.report.style import PLAIN, Style
from ilang.syntax.parse import parse


def code_text(entry: Entry, style: Style = PLAIN) -> str:
    """For a terminal."""
    parts = [style.paint(entry.code, "bold")]
    if entry.meaning:
        parts.append(entry.meaning)
    if entry.wrong:
        parts.append(f"This is wrong:\n\n{_indented(entry.wrong)}")
        parts.append(diagnostics_text(said_of(entry.wrong), style))
    if entry.right:
        parts.append(f"This is right:\n\n{_indented(entry.right)}")
    return "\n\n".join(parts) + "\n"


def code_page(entry: Entry) -> str:
    """A page of the documentation."""
    parts = [f"# {entry.code}"]
    if entry.meaning:
        parts.append(entry.meaning)
    if entry.wrong:
        said = diagnostics_text(said_of(entry.wrong))
        parts.append(f"Wrong:\n\n````text\n{entry.wrong.rstrip()}\n````")
        parts.append(f"What is said:\n\n````text\n{said}\n````")
    if entry.right:
        parts.append(f"Right:\n\n````text\n{entry.right.rstrip()}\n````")
    return "\n\n".join(parts) + "\n"


def said_of(text: str) -> Sequence[Diagnostic]:
    """The problems of a program by itself, or its warnings."""
    try:
        program = check(parse(Source("program.inf", text)))
    except IlangError as wrong:
        return wrong.diagnostics
    bound = Bound({key: d.model for key, d in program.models.items() if d.model is not None}, None)
    return lacking(program, bound) or (*program.warnings, *temperature_warnings(program, bound))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))
