"""200 histories: programs run in bad weather, killed and run again. `python -m tests.simulation.soak` has more."""

from __future__ import annotations

import pytest

from tests.simulation.history import history


@pytest.mark.parametrize("first", range(0, 200, 10))
def test_histories(first: int) -> None:
    told = [history(seed) for seed in range(first, first + 10)]
    assert sum(one.draws for one in told) > 0


def test_a_seed_is_one_history() -> None:
    assert [history(seed) for seed in (3, 17, 42)] == [history(seed) for seed in (3, 17, 42)]
