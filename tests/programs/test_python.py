"""The Python functions beside the programs."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from ilang.run.python_call import PythonRef, load_function
from tests.programs.header import FOLDER, PROGRAMS
from tests.running import program

USED = sorted({(f.path, f.function) for file in PROGRAMS for f in program(file).python.values()})


def beside(file: str, name: str) -> ModuleType:
    """The module of a file in `programs/`, as a run loads it; `name` is one of its functions."""
    return sys.modules[load_function(PythonRef(str(FOLDER / file), name)).__module__]


@pytest.mark.parametrize(("path", "name"), [pytest.param(p, n, id=f"{Path(p).stem}.{n}") for p, n in USED])
def test_a_function_is_documented(path: str, name: str) -> None:
    assert load_function(PythonRef(path, name)).__doc__


def test_chrf_is_one_of_equals_nought_of_strangers_and_between_for_what_is_close() -> None:
    chrf = beside("translation.py", "chrf").chrf
    assert chrf("the cat", "the cat") == chrf("the cat", "thecat") == 1
    assert chrf("abc", "xyz") == chrf("abc", "") == chrf("", "abc") == 0
    assert 0 < chrf("the cat sat", "the dog sat") < chrf("the cat sat", "the cat sits") < 1
    # n = 1 alone: precision 1, recall 1/2, so F2 = 5 * 0.5 / (4 + 0.5)
    assert chrf("ab", "a") == pytest.approx(5 * 0.5 / 4.5)


@pytest.mark.parametrize(
    ("code", "feedback"),
    [
        ("def add(a, b):\n    return a + b", ""),
        (
            "def f(x):\n    match x:\n        case [a, *rest]:\n            return a, rest\n    return [y for y in x]",
            "",
        ),
        ("import math as m\ndef f():\n    try:\n        return m.pi\n    except ValueError as e:\n        raise e", ""),
        ("def add(a, b):\n    return a + c", "Line 2: `c` is not known."),
        ("try:\n    pass\nexcept:\n    pass", "Line 3: a bare `except`."),
        ("eval('1')", "Line 1: `eval`."),
        ("def f(:", "Line 1: "),
    ],
)
def test_lint(code: str, feedback: str) -> None:
    verdict = beside("python_code.py", "lint").lint(code)
    assert verdict.ok == (not feedback)
    assert verdict.feedback.startswith(feedback)  # the parser's own words change from one Python to another


@pytest.mark.parametrize("code", ["\0", "(" * 100_000, "-" * 50_000 + "1", "\ud800"])
def test_what_the_parser_does_not_bear_fails(code: str) -> None:
    assert not beside("python_code.py", "lint").lint(code).ok


@pytest.mark.parametrize(
    ("code", "feedback"),
    [
        ("def add(a, b):\n    return a + b", ""),
        ("def add(a: int, /, *, b=1) -> int:\n    return a + b", ""),
        ("def add(a):\n    return a", "`add` takes (a), not (a, b)."),
        ("def add(a, b):\n    print(a + b)\n    return", "`add` returns nothing."),
        ("def plus(a, b):\n    return a + b", "There is no function `add`."),
        ("add(a, b", "Line 1: "),
    ],
)
def test_keeps_signature(code: str, feedback: str) -> None:
    verdict = beside("python_code.py", "keeps_signature").keeps_signature(code, "add(a: dict[str, int], b)")
    assert verdict.ok == (not feedback)
    assert verdict.feedback.startswith(feedback)


@pytest.mark.parametrize("name", ["lint", "keeps_signature"])
def test_model_written_code_is_never_run(name: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    code = f"open({str(trace)!r}, 'w').close()\ndef add(a, b):\n    return a + b"
    more = () if name == "lint" else ("add(a, b)",)
    assert getattr(beside("python_code.py", name), name)(code, *more).ok
    assert not trace.exists()


def test_split_text_loses_no_word_and_keeps_to_the_size() -> None:
    split_text = beside("parts.py", "split_text").split_text
    text = "one two three\n\nfour\n\n" + "x" * 25 + " five\n\n\n\nsix"
    for size in (1, 5, 10, 14, 20, 100):
        parts = split_text(text, size)
        assert all(0 < len(part) <= size for part in parts)
        assert "".join("".join(parts).split()) == "".join(text.split())
    assert split_text(text, 14)[:2] == ["one two three", "four"]
    assert split_text("", 5) == []
    with pytest.raises(ValueError, match="one character"):
        split_text("a", 0)


def test_search_finds_what_shares_rare_words_first() -> None:
    search = beside("passages.py", "search").search
    found = search("documents", "Is the library closed on Sundays?", 9)
    assert found[0] == "The library is closed on Sundays and holidays."
    assert search("documents", "Is the library closed on Sundays?", 1) == found[:1]
    assert search("documents", "xylophone", 3) == search("no such folder", "library", 3) == []


def test_overlap_and_examples() -> None:
    shots = beside("shots.py", "overlap")
    assert shots.overlap("Two big cats", "two CATS!") == pytest.approx(2 / 3)
    assert shots.overlap("", "") == 0
    examples = shots.load_examples("shots.jsonl")
    assert all(set(e) == {"question", "solution", "answer"} and "<<" not in e["solution"] for e in examples)
    assert shots.load_examples("../programs/shots.jsonl") == examples  # a name, never a way out of the folder


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13 - 9 = 4 (left: 4 4 10)", 1),  # (10 - 4) * 4
        ("1 + 1 = 2 (left: 1 1 2)", 0),
        ("1 + 1 = 3 (left: 3 8)", 0),
        ("let me see", 0.5),
        ("8 / 3 = 8/3 (left: 8/3 9)", 1),
        ("1 / 0 = 3 (left: 8 3)", 0),
        ("1/0 + 1 = 3 (left: 8 3)", 0),
        ("(left: 1e999999999 2)", 0),
        ("(left: 1 2 3 4 5 6 7 8 9)", 0),
        ("(left: )", 0),
    ],
)
def test_value_of_searches_the_game_of_24(text: str, value: float) -> None:
    assert beside("game24.py", "value_of").value_of(text) == value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Action: lookup[elbe]\nAction: calculate[-(1 + 2) / 2]", "-1.5"),
        ("Action: lookup[ Danube ]", "2850 km"),
        ("Action: lookup[Nile]", "Nothing is known of Nile."),
        ("Action: calculate[__import__('os')]", "__import__('os') cannot be calculated."),
        ("Action: calculate[9 ** 9]", "9 ** 9 cannot be calculated."),
        ("Action: calculate[1 / 0]", "1 / 0 cannot be calculated."),
        ("Action: dance[now]", "There is no tool dance."),
        ("no action", "Write Action: tool[input]."),
    ],
)
def test_call_tool(text: str, told: str) -> None:
    assert beside("tools.py", "call_tool").call_tool(text) == told


def test_deep_sums_are_an_answer_too() -> None:
    call_tool = beside("tools.py", "call_tool").call_tool
    assert call_tool("Action: calculate[" + "-" * 50_000 + "1]").endswith("cannot be calculated.")


def test_checks() -> None:
    checks = beside("checks.py", "in_calendar")
    assert checks.in_calendar("2024-02-29").ok
    assert not checks.in_calendar("2023-02-29").ok and "2023-02-29" in checks.in_calendar("2023-02-29").feedback
    assert checks.same_number(0.1 + 0.2, 0.3) and not checks.same_number(0.3, 0.3001)
