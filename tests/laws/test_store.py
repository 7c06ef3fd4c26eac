"""What the store gives to generated programs on the simulated model: nothing is paid twice, and no answer depends on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.check.check import check
from ilang.draws.address import Address
from ilang.draws.disk_store import open_store
from ilang.draws.memory_store import MemoryStore
from ilang.draws.store import Store
from ilang.optimize.optimize import EXACT
from ilang.session.program import LoadedProgram
from ilang.session.result import Result
from ilang.syntax.parse import parse
from tests.laws.programs import numbered

HERE = Path(__file__).parent
NUMBERS = tuple(range(5000, 5024))


def loaded(text: str) -> LoadedProgram:
    """The program; skips the test where the checker refuses it."""
    try:
        return LoadedProgram(check(parse(Source("generated.inf", text, str(HERE / "generated.inf")))))
    except IlangError as refused:
        pytest.skip(f"refused: {refused.diagnostics[0].code}")


def answer(result: Result) -> tuple[Any, ...]:
    """All of a result but what it cost now and which draws were stored."""
    return (result.status, result.value, result.tally, result.worth, result.warnings, result.error)


@contextmanager
def disk(folder: Path) -> Iterator[Store]:
    store = open_store(folder)
    try:
        yield store
    finally:
        store.close()


def addresses(program: LoadedProgram, **options: Any) -> tuple[Result, set[Address]]:
    """What a program gives, and the addresses of all that it draws, from an empty store."""
    store = MemoryStore()
    result = program.run_with({}, store=store, **options)
    return result, set(store._entries)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_second_run_is_free(number: int, tmp_path: Path) -> None:
    """And gives the same, also from another process's point of view: the store is opened anew."""
    program = loaded(numbered(number))
    with disk(tmp_path / "draws") as store:
        first = program.run_with({}, store=store)
    with disk(tmp_path / "draws") as store:
        second = program.run_with({}, store=store)
    assert answer(first) == answer(second)
    assert (second.paid.calls, second.paid.draws, second.paid.output_tokens) == (0, 0, 0)
    assert first.paid.draws == first.worth.draws
    assert all(event.stored for event in second.trace)


@pytest.mark.parametrize("number", NUMBERS)
def test_concurrency_and_evaluator_change_nothing(number: int) -> None:
    program = loaded(numbered(number))
    plain, drawn = addresses(program, plainly=True)
    for concurrency in (1, 8, 64):
        result, taken = addresses(program, concurrency=concurrency, passes=EXACT)
        assert answer(result) == answer(plain)
        assert taken == drawn


@pytest.mark.parametrize("number", NUMBERS)
def test_a_larger_n_pays_the_difference(number: int, tmp_path: Path) -> None:
    """Every `n=2` of a program becomes `n=4`: it pays for what it draws and the first did not, and gives what it gives alone."""
    text = numbered(number)
    small, large = loaded(text), loaded(text.replace("n=2", "n=4"))
    _, before = addresses(small)
    alone, after = addresses(large)
    with disk(tmp_path / "draws") as store:
        small.run_with({}, store=store)
        grown = large.run_with({}, store=store)
    assert answer(grown) == answer(alone)
    assert grown.paid.draws == len(after - before)


@pytest.mark.parametrize("sites", ["a", "a | add(b)", "c | add(a)"])
@pytest.mark.parametrize("n", [1, 3, 8])
def test_twice_as_many_pay_the_difference_exactly(sites: str, n: int, tmp_path: Path) -> None:
    """Where what is drawn does not depend on what came: n, then 2n, is 2n in all."""
    program = loaded(
        f"""
        model default = sim("one", steps=1, mean_tokens=0)
        prompt guess(x: number) -> number \"\"\"Reply with the number only. What is {{{{x}}}} + 1?\"\"\"
        pipeline main(n: int) -> number {{
          let a = guess(1) | sample(n=n)
          let b = guess(1) | sample(n=n)
          let c = [1, 2, 1] | each(x => guess(x) | sample(n=n) | best)
            | each(guess(7)) | sample(n=n)
          {sites} | vote | .share
        }}
        """
    )
    each = {"a": 1, "a | add(b)": 2, "c | add(a)": 4}[sites]
    inner = 2 if "c" in sites else 0  # the functions' own draws: 1 and 2, equal ones share theirs
    with disk(tmp_path / "draws") as store:
        first = program.run_with({"n": n}, store=store)
        second = program.run_with({"n": 2 * n}, store=store)
        third = program.run_with({"n": 2 * n}, store=store)
        back = program.run_with({"n": n}, store=store)
    assert first.paid.draws == (each + inner) * n - (n if "c" in sites else 0)
    assert second.paid.draws == first.paid.draws
    assert third.paid.draws == back.paid.draws == 0
    assert answer(back) == answer(first)


def test_runs_of_other_seeds_share_no_draw() -> None:
    """And some of them answer otherwise; the same seed answers the same."""
    differ = 0
    for number in NUMBERS:
        try:
            program = loaded(numbered(number))
        except pytest.skip.Exception:
            continue
        one, first = addresses(program, seed=1)
        again, same = addresses(program, seed=1)
        two, other = addresses(program, seed=2)
        assert answer(one) == answer(again) and first == same
        assert not first & other
        differ += one.value != two.value
    assert differ > 2
