"""Breaks the code on purpose and sees the simulation go red: `python -m tests.simulation.mutants [SEEDS]`.

Each mutant is a mistake that somebody could make, in a copy of the tree; the laws run over the first SEEDS seeds of it.
Prints which are caught, and by how many histories; exit code 1 where one lives.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

MUTANTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "a draw is given out before it is durable",
        "ilang/draws/keeping.py",
        "            flight.landed = True\n",
        "            flight.landed = True\n            self._flights.settle(flight, draw)\n",
    ),
    (
        "two who ask for one draw get two calls",
        "ilang/draws/flight.py",
        "        flight = self._flying.get(address)\n        if flight is not None:\n            flight.waiters",
        "        flight = self._flying.get(address)\n        if False:\n            flight.waiters",
    ),
    (
        "the store is never looked into",
        "ilang/draws/lookup.py",
        "            if entry is None:\n",
        "            if True:\n",
    ),
    (
        "the draws of a call are dealt out in reverse",
        "ilang/draws/calling.py",
        "                draws = answered_by(portions(reply, len(company)), other)\n",
        "                draws = answered_by(portions(reply, len(company)), other)[::-1]\n",
    ),
    (
        "a call is given up at its second failure",
        "ilang/draws/calling.py",
        "        over = self._failed >= retry.retries and",
        "        over = self._failed >= 1 and",
    ),
    (
        "a reply that lacks choices is taken for whole",
        "ilang/draws/calling.py",
        "        while any(flight.open for flight in flights):\n            if again",
        "        while not short and any(flight.open for flight in flights):\n            if again",
    ),
    (
        "indices are taken in the order of arrival",
        "ilang/run/concurrent.py",
        "        world.admit(send.wants)\n        await turn.wait(frame.own(place))\n",
        "        world.admit(send.wants)\n",
    ),
    (
        "the first reader of a node is whoever comes first",
        "ilang/run/concurrent.py",
        "        if slot is None and frame.summaries[place].shared and turn.reach:\n",
        "        if False:\n",
    ),
    (
        "a node with a failed input does not read the others",
        "ilang/run/at_once.py",
        "            if None in inputs:",
        "            if None in inputs and not any(isinstance(one, Exception) for one in inputs):",
    ),
    (
        "an error of the store is passed over",
        "ilang/draws/keeping.py",
        "            self.broken = standing\n            self._flights.crash(flights, standing)\n            return\n",
        "            return\n",
    ),
)


def main(seeds: int = 60) -> int:
    living = []
    for what, path, old, new in MUTANTS:
        broken = _broken(path, old, new, seeds)
        print(f"{'lives' if not broken else 'caught'}  {broken or 0:3} of {seeds}  {what}", flush=True)
        if not broken:
            living.append(what)
    return 1 if living else 0


def _broken(path: str, old: str, new: str, seeds: int) -> int:
    """How many histories break a law in a copy of the tree with this mistake; one that never ends is one."""
    with tempfile.TemporaryDirectory() as held:
        tree = Path(held)
        for name in ("ilang", "backends", "tests", "stdlib"):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        text = (tree / path).read_text()
        if text.count(old) != 1:
            raise SystemExit(f"{path}: {text.count(old)} places for {old!r}")
        (tree / path).write_text(text.replace(old, new))
        environment = {**os.environ, "PYTHONPATH": str(tree)}
        command = [sys.executable, "-m", "tests.simulation.soak", str(seeds), "0"]
        try:
            done = subprocess.run(
                command, cwd=tree, env=environment, capture_output=True, text=True, timeout=600, check=False
            )
        except subprocess.TimeoutExpired:
            return 1
        found = re.search(r"(\d+) broken", done.stdout)
        if found is None:
            raise SystemExit(done.stdout + done.stderr)
        return int(found[1])


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
