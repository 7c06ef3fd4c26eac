"""Kills a run over rows at random moments, again and again, and says what that cost.

    python benchmarks/kills.py [times]

A run over 60 rows x 4 draws on a slow simulated model is killed (SIGKILL) after a random time and begun again, until it
ends; that is repeated until so many kills have happened (default 200). At the end of each: the file of answers is byte
for byte that of an undisturbed run, the store verifies clean, and the draws paid in the last part are those that were
not stored at its start.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ilang.draws.disk_store import open_store

PROGRAM = '''
prompt solve(question: text) -> number {
  user """{{question}} Finish with "Answer: <number>"."""
  answer after("Answer:")
}
pipeline main(question: text) -> number { solve(question) | sample(n=4) | vote | .winner }
'''
ROWS, N = 60, 4


def command(folder: Path, out: str, *, latency: float) -> list[str]:
    """The run; `latency` in seconds for each call."""
    return [
        sys.executable, "-m", "ilang.cli.main", "run", str(folder / "p.inf"), "--data", str(folder / "rows.jsonl"),
        "--passes=-demand",
        "--out", str(folder / out), "--model", f'sim("m", accuracy=0.9, latency={latency})', "--concurrency", "4",
        "--store", str(folder / ("draws-" + out)), "--json",
    ]  # fmt: skip


def stored(store: Path) -> int:
    """Draws in the store; it must be sound."""
    if not (store / "cache.db").exists():
        return 0
    opened = open_store(store)
    try:
        checked = opened.verify()
        assert not checked.damaged, checked.damaged
        return checked.sound
    finally:
        opened.close()


def one(folder: Path, out: str, rng: random.Random, expected: bytes) -> int:
    """One run, killed until it ends; how often it was killed."""
    kills = 0
    while True:
        before = stored(folder / f"draws-{out}")
        process = subprocess.Popen(
            command(folder, out, latency=0.02), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        try:
            told, _ = process.communicate(timeout=rng.uniform(0.2, 1.1))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
            lines = (folder / out).read_bytes() if (folder / out).exists() else b""
            whole = lines[: lines.rfind(b"\n") + 1]
            assert expected.startswith(whole)
            continue
        assert process.returncode == 0
        assert json.loads(told)["paid"]["draws"] == ROWS * N - before
        assert (folder / out).read_bytes() == expected
        assert stored(folder / f"draws-{out}") == ROWS * N
        return kills


def main(times: int) -> None:
    """Prints one line."""
    began, rng = time.monotonic(), random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "p.inf").write_text(PROGRAM)
        rows = [json.dumps({"question": f"What is {i} + {i % 9}?"}) for i in range(ROWS)]
        (folder / "rows.jsonl").write_text("\n".join(rows) + "\n")
        subprocess.run(command(folder, "calm.jsonl", latency=0.02), check=True, capture_output=True, cwd=folder)
        expected = (folder / "calm.jsonl").read_bytes()
        kills = runs = 0
        while kills < times:
            kills += one(folder, f"{runs}.jsonl", rng, expected)
            runs += 1
    seconds = time.monotonic() - began
    held = "every file as undisturbed, every store sound, no stored draw paid again"
    print(f"{kills} kills in {runs} runs: {held}; {seconds:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
