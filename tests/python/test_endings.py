"""What a program's function may do wrong costs its own judgement, or the run in words: no hang, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.python.calling import Folder

PROGRAM = """
use python f from "checks.py"
pipeline main() -> list[number] { say("q") | sample(n=3) | each(f(it)) }
"""
RAISING = [
    "StopIteration()",
    "StopAsyncIteration()",
    "GeneratorExit()",
    "KeyboardInterrupt()",
    "SystemExit(3)",
    "asyncio.CancelledError()",
    "RecursionError()",
    "MemoryError()",
    "ExceptionGroup('two', [ValueError(), KeyError()])",
]
PLAIN = "import asyncio\n{mark}\n{kind} f(x: str) -> float:\n    if x == 'bad':\n        raise {what}\n    return 1.0\n"
BATCHED = (
    "import asyncio\n@ilang.batched\n{kind} f(xs: list[str]) -> list[float]:\n"
    "    if 'bad' in xs:\n        raise {what}\n    return [1.0 for _ in xs]\n"
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("what", RAISING)
@pytest.mark.parametrize("form", ["plain", "pure", "async", "batched", "batched async"])
def test_whatever_it_raises_costs_its_own_judgement(tmp_path: Path, form: str, what: str) -> None:
    kind = "async def" if "async" in form else "def"
    if kind == "async def" and what in ("GeneratorExit()", "KeyboardInterrupt()"):
        pytest.skip("they end the loop in which an async function runs, as Python means them to")
    mark = "@ilang.pure" if form == "pure" else ""
    python = (BATCHED if "batched" in form else PLAIN).format(kind=kind, what=what, mark=mark)
    outcome = Folder(tmp_path, python, PROGRAM).run("main", ["a", "bad", "c"])
    assert outcome.value == (1, 1)
    name = what.partition("(")[0].removeprefix("asyncio.")
    told = "RuntimeError" if "async" in form and name == "StopIteration" else name
    assert len(outcome.warnings) == 1
    assert outcome.warnings[0].startswith(f"1 judgement could not be made (f raised {told}")


@pytest.mark.timeout(60)
def test_results_that_fit_no_batch_are_asked_again_alone(tmp_path: Path) -> None:
    """One that drops equal results is right for one call: what it gives then holds, on both evaluators."""
    python = "@ilang.batched\ndef f(xs: list[str]) -> list[float]:\n    return list({len(x) * 1.0 for x in xs})\n"
    assert Folder(tmp_path, python, PROGRAM).run("main", ["a", "b", "cc"]).value == (1, 1, 2)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return 10**5000", "`f` (checks.py) gave a whole number of more than 4,000 digits"),
        ("return -(10**5000)", "`f` (checks.py) gave a whole number of more than 4,000 digits"),
    ],
)
def test_numbers_that_nobody_could_print(tmp_path: Path, body: str, told: str) -> None:
    error = Folder(tmp_path, f"def f(x: str) -> int:\n    {body}\n", PROGRAM).run("main", ["a", "b", "c"]).error
    assert error is not None and (error.code, error.message) == ("python-result", told)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("body", ["x = []\n    for _ in range(5000):\n        x = [x]", "x = []\n    x.append(x)"])
def test_lists_in_lists_without_end(tmp_path: Path, body: str) -> None:
    program = 'use python f from "checks.py"\npipeline main() -> text { json(f("q")) }\n'
    outcome = Folder(tmp_path, f"def f(x):\n    {body}\n    return x\n", program).run("main", [])
    assert outcome.error is not None and outcome.error.code == "cannot-give"
    assert "nested more than 100 deep, or holds itself" in outcome.error.message
