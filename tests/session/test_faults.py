"""A server that fails often loses no row and changes no answer; `benchmarks/faults.py` is the long run."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "faults.py"


@pytest.mark.timeout(120)
def test_rows_on_a_server_that_fails() -> None:
    found = runpy.run_path(str(BENCHMARK))["compared"](rows=120, n=4, seed=3)
    assert sum(found["faults"].values()) >= 5 and len(found["faults"]) >= 3
    assert found["needed"] <= found["calls"] <= found["needed"] * 1.01


@pytest.mark.timeout(120)
def test_four_processes_over_the_same_rows_pay_once() -> None:
    together = runpy.run_path(str(BENCHMARK.with_name("together.py")))["together"]
    found = together(rows=40, n=4)
    assert found["calls"] == 40 and sum(found["paid by each"]) == 160
