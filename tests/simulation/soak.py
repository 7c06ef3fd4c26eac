"""Many histories, outside the suite: `python -m tests.simulation.soak [COUNT [FIRST]]`, 10,000 from 0 where left out.

Prints each seed that breaks a law with what broke, and what was lived through. Exit status 1 if any did.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter

from tests.simulation.history import history


def main(count: int = 10_000, first: int = 0) -> int:
    began, seen, broken = time.monotonic(), Counter[str](), 0
    for seed in range(first, first + count):
        try:
            told = history(seed)
        except Exception:
            broken += 1
            print(f"seed {seed}\n{traceback.format_exc(limit=-3)}", flush=True)
            continue
        seen.update(
            histories=not told.passed_over,
            passed_over=told.passed_over,
            lives=told.lives,
            calls=told.calls,
            faults=told.faults,
            draws=told.draws,
            full_disks=told.full,
        )
    words = ", ".join(f"{number:,} {what}" for what, number in seen.items())
    print(f"{words}, {broken} broken, {time.monotonic() - began:.0f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
