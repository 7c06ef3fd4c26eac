"""The benchmark of early stops runs small: it fails by itself where a winner is another, and spares what its page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_curve() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "early_stop.py"), "--rows", "60", "--n", "20"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found = re.findall(r"^ *([\d.]+) +(\d+) +([\d.]+)% +([\d.]+)   60 of 60$", done.stdout, re.M)
    draws, waves = [int(d) for _, d, _, _ in found], [float(w) for *_, w in found]
    assert draws == sorted(draws) and draws[-1] == 1200 and waves[-1] == 1.0
    page = (ROOT / "docs" / "optimizer.md").read_text("utf-8")
    told = re.findall(r"^\| ([\d.]+)(?: \(the default\))? \| ([\d.]+)", page, re.M)
    assert [float(part) for part, _ in told] == [float(part) for part, *_ in found]
