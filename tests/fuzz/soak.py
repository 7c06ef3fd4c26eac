"""The nightly run: `python -m tests.fuzz.soak 200000 [first]`. Prints what came of how many; exit code 1 for a broken law."""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter

from tests.fuzz.law import hold
from tests.fuzz.wrecks import wreck


def main(count: int, first: int = 0) -> int:
    """So many sources, from a number on."""
    counts: Counter[str] = Counter()
    slowest = (0.0, 0)
    for number in range(first, first + count):
        text = wreck(number)
        began = time.process_time()
        try:
            counts[hold(text)] += 1
        except Exception:
            counts["broken"] += 1
            print(f"--- source {number}\n{traceback.format_exc(limit=-4)}", flush=True)
        slowest = max(slowest, (time.process_time() - began, number))
    told = ", ".join(f"{n:,} {what}" for what, n in sorted(counts.items()))
    print(f"{count:,} sources from {first:,}: {told}; the slowest took {slowest[0]:.2f} s ({slowest[1]})")
    return 1 if counts["broken"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
