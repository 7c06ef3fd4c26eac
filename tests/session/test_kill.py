"""Kill -9 in the middle of a run over 40 questions: the rerun pays for what is missing, and for nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ilang.draws.disk_store import open_store

PROGRAM = '''
prompt solve(question: text) -> number {
  user """{{question}} Finish with "Answer: <number>"."""
  answer after("Answer:")
}
pipeline main(questions: list[text], n: int = 4) -> list[number] {
  questions | each(q => solve(q) | sample(n=n) | vote | .winner)
}
'''
QUESTIONS = [f"What is {a} + {b}?" for a in range(5) for b in range(8)]


def command(tmp_path: Path) -> list[str]:
    program = tmp_path / "forty.inf"
    program.write_text(PROGRAM, "utf-8")
    return [
        sys.executable, "-m", "ilang.cli.main", "run", str(program), f"questions={json.dumps(QUESTIONS)}",
        "--model", 'sim("m", accuracy=0.9, latency=0.05)', "--concurrency", "2", "--json", "--eager", "1",
        "--store", str(tmp_path / "draws"),
    ]  # fmt: skip


def stored(tmp_path: Path) -> int:
    store = open_store(tmp_path / "draws")
    try:
        return store.info().entries
    finally:
        store.close()


def test_nothing_stored_is_paid_again(tmp_path: Path) -> None:
    argv = command(tmp_path)
    for killed_after in (20, 60):
        process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not (tmp_path / "draws" / "cache.db").exists() or stored(tmp_path) < killed_after:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    kept = stored(tmp_path)
    assert 60 <= kept < 160
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    assert result["paid"]["draws"] == 160 - kept
    assert result["worth"]["draws"] == 160
    again = json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    assert again["paid"]["calls"] == 0 and again["value"] == result["value"] and len(again["value"]) == 40
