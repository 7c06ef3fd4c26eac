"""Diagnostics as annotations of a GitHub workflow: one line each, which the run's page shows beside the code."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.report.diagnostic_data import diagnostic_data
from ilang.report.escape import visible


def annotations_text(found: Sequence[Diagnostic]) -> str:
    """`::error file=a.inf,line=2,col=3,title=needs-candidates::message`, a line for each."""
    return "".join(annotation(d) + "\n" for d in found)


def annotation(d: Diagnostic) -> str:
    """One line. What a message or a name holds can neither end it nor begin a command."""
    told = diagnostic_data(d)
    words = {"title": d.code}
    if told["file"] is not None:
        words = {
            "file": str(told["file"]),
            "line": str(told["line"]),
            "col": str(told["column"]),
            "endLine": str(told["end_line"]),
            "endColumn": str(told["end_column"]),
            **words,
        }
    said = "\n".join((d.message, *([f"help: {d.help}"] if d.help else []), *(f"note: {n}" for n in d.notes)))
    properties = ",".join(f"{name}={_property(value)}" for name, value in words.items())
    return f"::{d.severity} {properties}::{_message(said)}"


def _message(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
