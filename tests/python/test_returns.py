"""What Python gives is held against its place as it returns; the error names the function, what was expected and got."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.python.calling import Folder

PROGRAM = """
use python f from "checks.py"
record Row { name: text, size: int }
enum Label { bug, other }
pipeline of_number() -> number { f() }
pipeline of_text() -> text { f() }
pipeline of_rows() -> list[Row] { f() }
pipeline of_label() -> Label { f() }
pipeline of_maybe() -> int? { f() }
pipeline of_words() -> list[text] { f() }
pipeline of_verdict() -> list[bool] { say("q") | sample | verify(f()) | each(it.verified) }
"""


@pytest.mark.parametrize(
    ("entry", "body", "gave", "needs"),
    [
        ("of_number", 'return "a word"', "a str, not number", "number"),
        ("of_number", "return None", "none, not number", "number"),
        ("of_number", "return True", "a bool, not number", "number"),
        ("of_text", "return 3", "a int, not text", "text"),
        ("of_text", "return b'x'", "a bytes, not text", "text"),
        ("of_rows", 'return [{"name": "a"}]', "a mapping without `size`, not Row", "list[Row]"),
        ("of_rows", 'return {"name": "a"}', "a dict, not list[Row]", "list[Row]"),
        ("of_label", 'return "neither"', "a str, not Label", "Label"),
        ("of_maybe", "return 1.5", "a float, not int", "int?"),
        ("of_words", 'return ["a", 2]', "a int, not text", "list[text]"),
    ],
)
def test_a_result_that_does_not_fit(tmp_path: Path, entry: str, body: str, gave: str, needs: str) -> None:
    error = Folder(tmp_path, f"def f():\n    {body}\n", PROGRAM).run(entry, ["x"]).error
    assert error is not None and error.code == "cannot-give"
    assert f"`f` (checks.py) gave {gave}, and its place needs {needs}" in error.message
    assert error.span is not None and error.span.text().startswith("f()")


def test_a_function_that_breaks_its_word_ends_the_run(tmp_path: Path) -> None:
    program = 'use python f from "checks.py"\npipeline of_number() -> number { f() }\n'
    error = Folder(tmp_path, 'def f() -> float:\n    return "a word"\n', program).run("of_number", ["x"]).error
    assert error is not None and error.code == "python-result"
    assert error.message == "`f` (checks.py) gave a str, not number" and error.help == "its place needs number"


def test_a_judgement_without_an_annotation_that_does_not_fit_is_not_given(tmp_path: Path) -> None:
    """As one that raises: it costs that judgement, never the run."""
    outcome = Folder(tmp_path, 'def f():\n    return "yes"\n', PROGRAM).run("of_verdict", ["x"])
    assert outcome.error is None and outcome.value == (False,)
    assert any("gave a str, not a Verdict" in w for w in outcome.warnings)


@pytest.mark.parametrize(
    ("entry", "body", "value"),
    [
        ("of_words", 'yield "a"; yield "b"', ("a", "b")),
        ("of_words", 'return ("a", "b")', ("a", "b")),
        ("of_maybe", "return None", None),
        ("of_maybe", "return 2.0", 2),
        ("of_verdict", "return 0.5", (True,)),
    ],
)
def test_a_result_that_fits(tmp_path: Path, entry: str, body: str, value: object) -> None:
    outcome = Folder(tmp_path, f"def f():\n    {body}\n", PROGRAM).run(entry, ["x"])
    assert outcome.error is None and outcome.value == value


def test_a_function_of_two_places_is_asked_once(tmp_path: Path) -> None:
    program = """
use python f from "checks.py"
pipeline main() -> list[bool] { say("q") | sample | score(f(it)) | verify(f(it)) | each(it.verified and it.score == 1) }
"""
    folder = Folder(tmp_path, "def f(x):\n    SEEN.append(x)\n    return 1\n", program)
    assert folder.run("main", ["a"]).value == (True,)
    assert folder.seen("f") == ["a", "a"]  # once by each evaluator
