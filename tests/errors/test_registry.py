"""Every code has an entry, and every entry is true: the wrong program gets that code alone, the right one nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from ilang.backend.protocol import FaultKind
from ilang.help.registry import Entry, entries
from ilang.report.code_text import code_text, said_of
from ilang.syntax.mistakes import MISTAKES
from tests.errors.pages import FOLDER, pages

ROOT = Path(__file__).parents[2]
WITH_PROGRAMS = [pytest.param(e, id=e.code) for e in entries().values() if e.wrong]


def used() -> set[str]:
    """The codes in the sources: what a Diagnostic is made with, the mistakes of syntax, the faults of backends."""
    found = {m.code for m in MISTAKES} | {f"backend-{kind}" for kind in get_args(FaultKind)}
    for root in ("ilang", "backends"):
        for file in (ROOT / root).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                    if called in ("Diagnostic", "StoreProblem") and isinstance(node.args[0].value, str):
                        found.add(node.args[0].value)
    return found


def test_every_code_has_an_entry_and_every_entry_a_code() -> None:
    assert used() - set(entries()) == set()
    assert set(entries()) - used() == set()


@pytest.mark.parametrize("entry", WITH_PROGRAMS)
def test_the_wrong_program_gets_that_code_alone(entry: Entry) -> None:
    assert {d.code for d in said_of(entry.wrong)} == {entry.code}


@pytest.mark.parametrize("entry", WITH_PROGRAMS)
def test_the_right_program_gets_nothing(entry: Entry) -> None:
    assert entry.right and entry.right != entry.wrong
    assert [str(d) for d in said_of(entry.right)] == []


def test_an_entry_has_programs_or_words() -> None:
    assert [e.code for e in entries().values() if not e.meaning and not e.wrong] == []
    assert len(WITH_PROGRAMS) >= 150


def test_the_pages_are_current() -> None:
    """`python -m tests.errors.pages` writes them anew."""
    made = pages()
    assert {f.name: f.read_text("utf-8") for f in FOLDER.glob("*.md")} == made


def test_no_page_holds_a_path_of_a_machine() -> None:
    assert not re.search(r"/(?:home|root|work|Users)/", "".join(pages().values()))


def test_a_terminal_is_told_the_same() -> None:
    told = code_text(entries()["needs-candidates"])
    assert "`vote` needs candidates, but gets a request" in told and "This is right:" in told
