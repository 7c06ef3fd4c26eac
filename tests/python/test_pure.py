"""`@ilang.pure`: a result is kept, by source and arguments, so that what ran once does not run again."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilang.base.value import Verdict
from ilang.draws.disk_store import open_store
from ilang.run.kept_results import data_of, json_of
from ilang.run.python_digest import source_digest
from tests.cli.calling import Called, process

PYTHON = """
import os, time
import ilang
from beside import halved

@ilang.pure
def passes(x: float) -> bool:
    told(x)
    return halved(x) < 50

@ilang.pure
def whole(x: float):
    told(x)
    return {"ok": x > 1, "feedback": "seen", "list": [1, 2.5, None], "in": {"a": "b"}}

@ilang.pure
def fails(x: float) -> float:
    told(x)
    raise ValueError("no")

@ilang.pure
def no_data(x: float) -> list[int]:
    told(x)
    return {3}

@ilang.pure
@ilang.batched
def together(xs: list[float]) -> list[float]:
    told(*xs)
    return [2 * x for x in xs]

@ilang.pure
def slow(x: float) -> float:
    time.sleep(0.1)
    told(x)
    return x + 1

def told(*xs):
    with open(os.environ["TOLD"], "a") as file:
        file.write(" ".join(f"{x:g}" for x in xs) + "\\n")
"""
PROGRAM = """
use python passes, whole, fails, no_data, together, slow from "checks.py"
record Seen { ok: bool, feedback: text, list: list[number?], in: In }
record In { a: text }
pipeline of_passes(xs: list[number]) -> list[bool] { xs | each(passes(it)) }
pipeline of_whole(x: number) -> Seen { whole(x) }
pipeline of_verdict(x: number) -> bool { if whole(x).ok { true } else { false } }
pipeline of_fails(x: number) -> list[number] { [x] | each(fails(it)) }
pipeline of_no_data(x: number) -> list[int] { no_data(x) }
pipeline of_together(xs: list[number]) -> list[number] { xs | each(together(it)) }
pipeline of_slow(xs: list[number]) -> list[number] { xs | each(slow(it)) }
"""

Run = Callable[..., Called]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs an entry in a process of its own: `run("of_passes", "xs=[1]")`."""
    (tmp_path / "checks.py").write_text(PYTHON, "utf-8")
    (tmp_path / "beside.py").write_text("def halved(x):\n    return x / 2\n", "utf-8")
    (tmp_path / "program.inf").write_text(PROGRAM, "utf-8")
    env = {"TOLD": str(tmp_path / "told"), "ILANG_STORE": str(tmp_path / "draws")}

    def call(entry: str, *words: str) -> Called:
        file = tmp_path / "program.inf"
        return process("run", f"{file}:{entry}", *words, "--model", "sim", env=env)

    return call


def told(tmp_path: Path) -> list[str]:
    """With which arguments the functions were called since this was last asked, a line a call."""
    path = tmp_path / "told"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return lines


def results(tmp_path: Path) -> dict[str, int]:
    """How many results the store has of each function."""
    store = open_store(tmp_path / "draws")
    try:
        return {h.source: h.entries for h in store.info().results}
    finally:
        store.close()


def test_what_ran_once_does_not_run_again(run: Run, tmp_path: Path) -> None:
    first = run("of_passes", "xs=[1, 2, 200]")
    assert first.out == "[true, true, false]\n" and sorted(told(tmp_path)) == ["1", "2", "200"]
    assert run("of_passes", "xs=[200, 1, 3]").out == "[false, true, true]\n"
    assert told(tmp_path) == ["3"]
    assert run("of_passes", "xs=[1, 2, 3, 200]", "--plain").out == "[true, true, true, false]\n"
    assert told(tmp_path) == []
    assert results(tmp_path) == {"python:checks.py:passes": 4}


def test_an_edited_program_runs_nothing_again_and_edited_source_does(run: Run, tmp_path: Path) -> None:
    run("of_passes", "xs=[1]")
    (tmp_path / "program.inf").write_text(PROGRAM + "\n# another prompt, another pipeline\n", "utf-8")
    (tmp_path / "other.py").write_text("# imported by nobody\n", "utf-8")
    told(tmp_path)
    run("of_passes", "xs=[1]")
    assert told(tmp_path) == []
    (tmp_path / "beside.py").write_text("def halved(x):\n    return 100\n", "utf-8")
    assert run("of_passes", "xs=[1]").out == "[false]\n" and told(tmp_path) == ["1"]
    (tmp_path / "checks.py").write_text(PYTHON.replace("< 50", "> 50"), "utf-8")
    assert run("of_passes", "xs=[1]").out == "[true]\n" and told(tmp_path) == ["1"]


def test_values_come_back_as_they_were(run: Run, tmp_path: Path) -> None:
    seen = '{"ok": true, "feedback": "seen", "list": [1, 2.5, null], "in": {"a": "b"}}\n'
    assert run("of_whole", "x=2").out == seen and told(tmp_path) == ["2"]
    assert run("of_whole", "x=2").out == seen and told(tmp_path) == []
    assert run("of_verdict", "x=2").out == "true\n" and told(tmp_path) == []  # another place of the same call


def test_what_raised_or_is_no_data_is_not_kept(run: Run, tmp_path: Path) -> None:
    for _ in range(2):
        assert run("of_fails", "x=1").out == "[]\n" and told(tmp_path) == ["1"]
        assert run("of_no_data", "x=1").out == "[3]\n" and told(tmp_path) == ["1"]
    assert not (tmp_path / "draws").exists() or results(tmp_path) == {}


def test_a_batch_holds_what_is_missing(run: Run, tmp_path: Path) -> None:
    assert run("of_together", "xs=[1, 2]").out == "[2, 4]\n" and told(tmp_path) == ["1 2"]
    assert run("of_together", "xs=[1, 5, 2, 6]").out == "[2, 10, 4, 12]\n" and told(tmp_path) == ["5 6"]


def test_no_store_keeps_nothing(run: Run, tmp_path: Path) -> None:
    for _ in range(2):
        run("of_passes", "xs=[1]", "--store", "none")
        assert told(tmp_path) == ["1"]
    assert not (tmp_path / "draws").exists()


def test_killed_in_the_middle(tmp_path: Path, run: Run) -> None:
    """After kill -9, twice, the rerun calls what is not kept, and nothing else."""
    numbers = list(range(30))
    file = tmp_path / "program.inf"
    argv = [sys.executable, "-m", "ilang.cli.main", "run", f"{file}:of_slow", f"xs={json.dumps(numbers)}", "--plain"]
    env = {**os.environ, "TOLD": str(tmp_path / "told"), "ILANG_STORE": str(tmp_path / "draws"), "ILANG_MODEL": "sim"}
    for killed_after in (3, 9):
        child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        deadline = time.monotonic() + 60
        while not (tmp_path / "draws" / "cache.db").exists() or sum(results(tmp_path).values()) < killed_after:
            assert child.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    (kept,) = results(tmp_path).values()
    assert 9 <= kept < 30
    told(tmp_path)
    done = run("of_slow", f"xs={json.dumps(numbers)}")
    assert json.loads(done.out) == [x + 1 for x in numbers]
    assert len(told(tmp_path)) == 30 - kept


def test_the_store_tells_of_them_and_drops_them(run: Run, tmp_path: Path) -> None:
    run("of_passes", "xs=[1, 2]")
    where = ("--store", str(tmp_path / "draws"))
    shown = process("cache", *where).out
    assert ": 0 draws, 2 results of Python, " in shown and "python:checks.py:passes" in shown
    data = process("cache", *where, "--json").json
    assert (data["entries"], data["models"]) == (0, []) and data["results"][0]["entries"] == 2
    assert process("cache", "verify", *where).out == "2 sound (2 results of Python), 0 damaged\n"
    assert process("cache", "ls", *where).out == "no draws\n"
    dropped = process("cache", "prune", "--model", "python:", *where).out
    assert dropped.startswith("dropped 2 entries, ")
    told(tmp_path)
    run("of_passes", "xs=[1]")
    assert told(tmp_path) == ["1"]


def test_a_damaged_result_is_asked_for_again(run: Run, tmp_path: Path) -> None:
    run("of_passes", "xs=[1]")
    with sqlite3.connect(tmp_path / "draws" / "cache.db") as db:
        db.execute("UPDATE Cache SET value = x'0200'")
    db.close()
    told(tmp_path)
    again = run("of_passes", "xs=[1]")
    assert again.out == "[true]\n" and told(tmp_path) == ["1"]
    assert "1 entry of the draw store" in again.err and "could not be read" in again.err
    where = ("--store", str(tmp_path / "draws"))
    assert process("cache", "verify", *where).out.startswith("1 sound")


DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    | st.builds(Verdict, st.booleans(), st.none() | st.floats(0, 1), st.text()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just("verdict"), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(DATA)
def test_data_goes_and_comes(data: Any) -> None:
    back = data_of(json.loads(json_of(data)))
    assert back == data and repr(back) == repr(data)


def test_the_digest_covers_what_is_imported(tmp_path: Path) -> None:
    """The file, what it imports beside it and in its package, and what that imports; nothing else."""
    package = tmp_path / "package" / "inner"
    package.mkdir(parents=True)
    files = {
        tmp_path / "package" / "__init__.py": "",
        package / "__init__.py": "from . import told\n",
        package / "checks.py": "import json\nfrom .near import f\nfrom ..far import g\nimport package.named\n",
        package / "near.py": "import nowhere\n",
        package / "told.py": "",
        tmp_path / "package" / "far.py": "",
        tmp_path / "package" / "named.py": "def x(:\n",
    }
    for path, text in files.items():
        path.write_text(text, "utf-8")
    (package / "unused.py").write_text("", "utf-8")
    before = source_digest(str(package / "checks.py"))
    (package / "unused.py").write_text("x = 1\n", "utf-8")
    assert source_digest(str(package / "checks.py")) == before
    seen = {before}
    for path in files:
        path.write_text(path.read_text("utf-8") + "# edited\n", "utf-8")
        seen.add(source_digest(str(package / "checks.py")))
    assert len(seen) == 1 + len(files)
