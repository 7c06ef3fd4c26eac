"""Writes a program and its Python into a folder, and runs an entry on scripted replies, on both evaluators."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ilang.run.execute import Outcome
from ilang.run.python_module import PythonRef, load_function
from tests.running import run_entry

SAY = 'prompt say(q: text) -> text """{{q}}"""\n'


class Folder:
    """A program `program.inf` beside a file `checks.py`."""

    def __init__(self, path: Path, python: str, program: str) -> None:
        self.program = path / "program.inf"
        self.python = path / "checks.py"
        self.python.write_text("import ilang\nSEEN = []\n" + python, "utf-8")
        self.program.write_text(SAY + program, "utf-8")

    def run(self, entry: str, replies: Sequence[str], **given: Any) -> Outcome:
        """What both evaluators give; that they agree is asserted on the way."""
        outcome, _ = run_entry(self.program, entry, {"say": replies}, **given)
        return outcome

    def seen(self, function: str) -> list[Any]:
        """What the functions of `checks.py` put into its list SEEN, taken out of it."""
        seen: list[Any] = load_function(PythonRef(str(self.python), function)).__globals__["SEEN"]
        taken, seen[:] = list(seen), []
        return taken
