"""Programs that are nearly right: the checker raises nothing but IlangError, whatever it is given."""

from __future__ import annotations

import random

import pytest

from ilang.base.diagnostic import IlangError
from ilang.check.check import check
from ilang.syntax.parse import parse
from tests.check.mutations import mutated, outcomes


@pytest.mark.parametrize("seed", range(6))
def test_a_mutated_program_is_right_or_told(seed: int) -> None:
    found = [outcome for _, outcome, took in outcomes(50, seed) if took < 2.0]
    assert len(found) == 50


def test_the_mutations_reach_the_checker() -> None:
    """Enough of them parse, and enough of these are wrong."""
    chance = random.Random(0)
    parsed = wrong = 0
    for _ in range(150):
        source = mutated(chance)
        try:
            tree = parse(source)
        except IlangError:
            continue
        parsed += 1
        try:
            check(tree)
        except IlangError as problem:
            wrong += 1
            for d in problem.diagnostics:
                assert d.span is not None and d.label and d.help and "\n" not in d.message + d.help
    assert parsed >= 50 and wrong >= 30
