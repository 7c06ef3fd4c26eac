"""The law of the evaluators, on pinned programs, on numbered ones, and on those that Hypothesis makes and shrinks.

A numbered program that breaks it is made smaller by `python -m tests.laws.soak --smaller NUMBER`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ilang.base.diagnostic import IlangError
from tests.laws.law import OPTIONS, hold, reference, schedules
from tests.laws.programs import numbered, programs
from tests.laws.running import cancelled, compiled, side_by_side

PINNED = sorted((Path(__file__).parent / "pinned").glob("*.inf"))
CHUNK = 10


@pytest.mark.parametrize("file", PINNED, ids=lambda f: f.stem)
@pytest.mark.parametrize("options", OPTIONS, ids=["as usual", "all is well", "much is lost"])
def test_pinned(file: Path, options: dict[str, Any]) -> None:
    """Each is a program that once told two evaluators apart, or was written to."""
    program = compiled(file.read_text())
    expected = reference(program, **options)
    assert expected is not None
    hold(program, expected, count=15, **options)


@pytest.mark.parametrize("chunk", range(12))
def test_numbered(chunk: int) -> None:
    refused = 0
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        options = OPTIONS[number % len(OPTIONS)]
        try:
            program = compiled(numbered(number))
        except IlangError:
            refused += 1
            continue
        expected = reference(program, **options)
        if expected is not None:
            hold(program, expected, seed=number, **options)
    assert refused <= CHUNK // 2


@pytest.mark.parametrize("number", range(300, 330))
def test_a_run_that_ends_early_leaves_nothing_behind(number: int) -> None:
    """A fault that no later call would get past ends a run at once, on both evaluators; so does whoever cancels it."""
    try:
        program = compiled(numbered(number))
    except IlangError:
        return
    expected = reference(program, fatal=9)
    assert expected is not None
    for schedule, limit in schedules(5, number):
        found = side_by_side(program, program.optimized(), schedule, concurrency=limit, fatal=9)
        assert found.status == expected.status
        if expected.status == "failed":
            assert found.error is not None
        cancelled(program, schedule, after=number % 7)


@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(programs(most=60))
def test_generated(text: str) -> None:
    try:
        program = compiled(text)
    except IlangError:
        return
    expected = reference(program)
    if expected is not None:
        hold(program, expected, seed=len(text))


def test_hardly_any_is_refused() -> None:
    """The strategy makes programs that are right: of a hundred the checker takes 95."""
    refused = 0
    for number in range(7000, 7100):
        try:
            compiled(numbered(number))
        except IlangError:
            refused += 1
    assert refused <= 5
