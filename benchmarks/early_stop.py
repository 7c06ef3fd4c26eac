"""What a vote that stops early spares, and how many calls one behind the other it takes: the curve of `--eager`.

    python benchmarks/early_stop.py [--rows 2000] [--n 40] [--accuracy 0.7]

Sums on `sim`, each voted on by n draws: first all of them (`--passes=-demand`), then in waves, for each part that goes
out at once at least. From one store, so that every run has the same draws. Fails where a winner is another, or where
the smallest waves spare less than 15 %.
"""

from __future__ import annotations

import argparse
import sys
from string import Template
from typing import Any

import ilang
from ilang.draws.memory_store import MemoryStore
from ilang.optimize.optimize import EXACT

PROGRAM = Template('''
model m = sim("early", steps=4, accuracy=$accuracy)
prompt solve(question: text) -> number {
  user """{{question}}"""
  answer after("Answer:")
}
pipeline main(question: text, n: int) -> number? { solve(question) | sample(m, n=n) | vote | .winner }
''')
PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--n", type=int, default=40)
    parser.add_argument("--accuracy", type=float, default=0.7)
    given = parser.parse_args()
    program = ilang.loads(PROGRAM.substitute(accuracy=given.accuracy))
    rows = [{"question": f"What is {k % 97} * {k // 97 + 2} + {k % 13}?"} for k in range(given.rows)]
    store = MemoryStore()

    def run(**how: Any) -> tuple[list[Any], int, int]:
        """The answers, draws and calls: a wave is a call."""
        found = program.map(rows, n=given.n, store=store, **how)
        worth = [row["worth"] for row in found]
        return found.values, sum(one["draws"] for one in worth), sum(one["calls"] for one in worth)

    winners, all_draws, _ = run(passes=EXACT)
    print(f"{given.rows} rows, n={given.n}, {all_draws} draws where all are made")
    print("eager   draws  spared   waves a row   winners the same")
    spared, same = 0.0, 0
    for part in PARTS:
        values, draws, calls = run(eager=part)
        same = sum(a == b for a, b in zip(values, winners, strict=True))
        spared = max(spared, 1 - draws / all_draws)
        print(f"{part:5.2f} {draws:7d} {1 - draws / all_draws:6.1%} {calls / len(rows):13.2f}   {same} of {len(rows)}")
        if same != len(rows):
            return 1
    return 0 if spared >= 0.15 else 1


if __name__ == "__main__":
    sys.exit(main())
