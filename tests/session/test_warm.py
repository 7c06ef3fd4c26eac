"""Warm runs are measured by `benchmarks/warm.py`; here it runs small, to see that it tells the truth."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "warm.py"


def test_a_warm_run_pays_for_nothing_and_is_measured() -> None:
    command = [sys.executable, str(BENCHMARK), "--rows", "40", "--n", "3", "--times", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert "40 rows, n=3, 120 draws" in done.stdout
    rates = [float(rate) for rate in re.findall(r"([\d.]+) (?:draws|gets)/s", done.stdout)]
    assert len(rates) == 4 and all(rate > 0 for rate in rates)
