"""Reads and runs the wrong programs of `tests/errors/check/*.inf`.

Programs are separated by lines of `---`. The comments at a program's end are what it gets: for each diagnostic its
code, place and message, the text under the caret with its label, the help, and the notes. A program stands as if it
lay in `tests/errors/check/files/`, from where it may use files.

    python -m tests.errors.check_programs     # writes what the programs get now; read the diff
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.check.capable import Bound, lacking, temperature_warnings
from ilang.check.check import check
from ilang.session.program import entry_key
from ilang.syntax.parse import parse

FOLDER = Path(__file__).parent / "check"
USED = FOLDER / "files"
_EXPECTED = re.compile(r"^# (?:error|warning)\[.*\n(?:#   .*\n)*", re.MULTILINE)


@dataclass(frozen=True)
class Wrong:
    """One wrong program: its name in a test's id, its text, and what it is expected to get, as comments."""

    name: str
    text: str
    expected: str


def wrong_programs() -> list[Wrong]:
    """All programs, each named for its file and the line at which it begins."""
    return [wrong for file in files() for wrong in _of(file)]


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.inf"))


def _of(file: Path) -> Iterator[Wrong]:
    line = 1
    for text in file.read_text("utf-8").split("---\n"):
        program = _EXPECTED.sub("", text)
        yield Wrong(f"{file.stem}:{line}", program, text.removeprefix(program))
        line += text.count("\n") + 1


def told(text: str) -> str:
    """What a program gets, written as comments."""
    return "".join(map(as_comment, diagnostics(text)))


@cache
def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    """The problems of a program, or its warnings where it has none."""
    return found_anew(text)


def found_anew(text: str) -> tuple[Diagnostic, ...]:
    """The same, not remembered."""
    try:
        program = check(parse(Source("program.inf", text, str(USED / "program.inf"))))
        if len(program.pipelines) > 1:
            entry_key(program, None)
        bound = Bound({key: d.model for key, d in program.models.items() if d.model is not None}, None)
        if found := lacking(program, bound):
            return tuple(found)
        return (*program.warnings, *temperature_warnings(program, bound))
    except IlangError as problem:
        return problem.diagnostics


def as_comment(d: Diagnostic) -> str:
    """A diagnostic as the comment that a program carries."""
    if d.span is None:
        place, caret = "", ""
    else:
        line, column = d.span.source.line_column(d.span.start)
        place = f" {line}:{column}" if d.span.source.name == "program.inf" else f" {d.span}"
        caret = f"#   ^ {' '.join(d.span.text().split())} -- {d.label}\n"
    help_ = f"#   help: {d.help}\n" if d.help else ""
    notes = "".join(f"#   note: {note}\n" for note in d.notes)
    return _plain(f"# {d.severity}[{d.code}]{place} {d.message}\n{caret}{help_}{notes}")


def _plain(text: str) -> str:
    """Without where this checkout lies."""
    return text.replace(f"{USED}/", "")


def main() -> None:
    """Writes into each file what its programs get now."""
    for file in files():
        parts = [wrong.text + told(wrong.text) for wrong in _of(file)]
        file.write_text("---\n".join(parts), "utf-8")


if __name__ == "__main__":
    main()
