"""Wrong programs that carry their diagnostics: `tests/errors/syntax/*.inf`.

Programs are separated by lines of `---`; the comments at a program's end are what it gets, one line for each
diagnostic: `# error[code] line:column message`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.syntax.parsing import problems

FILES = tuple(sorted((Path(__file__).parent.parent / "errors" / "syntax").glob("*.inf")))
EXPECTED = re.compile(r"^# error\[.*\n?", re.MULTILINE)


def _programs() -> list[tuple[str, str]]:
    """Each program with a name: its file and the line at which it begins."""
    found = []
    for file in FILES:
        line = 1
        for text in file.read_text(encoding="utf-8").split("---\n"):
            found.append((f"{file.stem}:{line}", text))
            line += text.count("\n") + 1
    return found


PROGRAMS = _programs()


@pytest.mark.parametrize("text", [text for _, text in PROGRAMS], ids=[name for name, _ in PROGRAMS])
def test_a_wrong_program_gets_its_diagnostics(text: str) -> None:
    program = EXPECTED.sub("", text)
    assert text.startswith(program), "the expected diagnostics stand at the end"
    told = []
    for problem in problems(program):
        assert problem.span is not None
        line, column = problem.span.source.line_column(problem.span.start)
        told.append(f"# error[{problem.code}] {line}:{column} {problem.message}\n")
    assert "".join(told) == text.removeprefix(program)


def test_there_are_enough_of_them() -> None:
    assert len(PROGRAMS) >= 100
    assert len({code for _, text in PROGRAMS for code in re.findall(r"^# error\[(.*?)\]", text, re.MULTILINE)}) >= 60
