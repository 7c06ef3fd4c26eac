"""The disk is full in the middle of a run: it is said so, and once there is room the same command goes on.

A limit on the size of files stands for the disk: SQLite is told the same by the system.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ilang.draws.disk_store import open_store

PROGRAM = '''
prompt solve(question: text) -> number {
  user """{{question}} Finish with "Answer: <number>"."""
  answer after("Answer:")
}
pipeline main(question: text) -> number { solve(question) | sample(n=4) | vote | .winner }
'''
ROWS = 150


def call(folder: Path, limit: int | None) -> tuple[int, dict[str, Any], str]:
    """The run over the rows; `limit`: bytes that a file may have."""
    words = [sys.executable, "-m", "ilang.cli.main", "run", str(folder / "p.inf"), "--data", str(folder / "rows.jsonl")]
    words += ["--out", str(folder / "out.jsonl"), "--model", 'sim("m", accuracy=0.9)', "--store", str(folder / "draws")]
    words += ["--json", "--eager", "1", "--no-trace", "--concurrency", "4"]

    def small() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    preexec: Callable[[], None] = small
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, preexec_fn=preexec)
    return done.returncode, json.loads(done.stdout), done.stderr


def stored(folder: Path) -> int:
    store = open_store(folder / "draws")
    try:
        checked = store.verify()
        assert not checked.damaged
        return checked.sound
    finally:
        store.close()


@pytest.mark.timeout(180)
def test_a_full_disk_is_told_and_nothing_is_paid_twice(tmp_path: Path) -> None:
    (tmp_path / "p.inf").write_text(PROGRAM, "utf-8")
    rows = "".join(json.dumps({"question": f"What is {i} + 1?"}) + "\n" for i in range(ROWS))
    (tmp_path / "rows.jsonl").write_text(rows, "utf-8")
    code, told, _ = call(tmp_path, 250_000)
    assert code == 1
    assert told["error"]["code"] == "store-full", told
    assert "make room" in told["error"]["help"]
    there = stored(tmp_path)
    assert 0 < there < 4 * ROWS
    assert (
        told["paid"]["draws"] - there <= 4 * 10
    )  # 24 draws that waited to be written (`keeping.py`), and four calls in flight
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert all(json.loads(line)["status"] == "answered" for line in lines) and len(lines) < ROWS
    code, told, _ = call(tmp_path, None)
    assert code == 0 and told["statuses"] == {"answered": ROWS}
    assert told["paid"]["draws"] == 4 * ROWS - there
    assert stored(tmp_path) == 4 * ROWS
