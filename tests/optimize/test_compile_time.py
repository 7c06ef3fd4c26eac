"""From a text to a plan in under 150 ms of CPU, in a fresh process, for the program that takes longest."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from ilang.base.diagnostic import IlangError
from ilang.check.check import check
from ilang.graph.lower import lower
from ilang.optimize.optimize import optimize
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source

ROOT = Path(__file__).parents[2]

MOST = 0.150
"""Seconds of CPU."""

FRESH = """
import sys, time
from ilang.check.check import check
from ilang.graph.lower import lower
from ilang.optimize.optimize import optimize
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source
before = time.process_time()
program = check(parse(read_source(sys.argv[1])))
checked, plans = time.process_time() - before, []
for key in program.pipelines:
    before = time.process_time()
    optimize(lower(program, key))
    plans.append(time.process_time() - before)
print(checked + max(plans, default=0))  # a run plans one pipeline
"""


def compiled(file: Path) -> None:
    """All pipelines of a file, each to its plan."""
    program = check(parse(read_source(str(file))))
    for key in program.pipelines:
        optimize(lower(program, key))


def slowest() -> Path:
    """The program of the repository that takes longest."""
    took: dict[Path, float] = {}
    for folder in ("programs", "stdlib", "tests/examples", "tests/language", "tests/laws/pinned"):
        for file in (ROOT / folder).rglob("*.inf"):
            before = time.process_time()
            try:
                compiled(file)
            except IlangError:
                continue  # one that shows a mistake
            took[file] = time.process_time() - before
    return max(took, key=lambda file: took[file])


def test_the_slowest_program_compiles_in_time() -> None:
    file = slowest()
    times = [
        float(
            subprocess.run([sys.executable, "-c", FRESH, str(file)], capture_output=True, text=True, check=True).stdout
        )
        for _ in range(5)
    ]
    told = f"{file.relative_to(ROOT)}: {min(times) * 1000:.0f} ms of CPU"
    print(told)
    assert min(times) < MOST, told
