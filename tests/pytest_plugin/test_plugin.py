"""The pytest plugin, as a project that has ilang installed meets it: a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """
prompt solve(q: text) -> number { user \"\"\"{{q}}\"\"\" answer after("Answer:") }
pipeline main(q: text, n: int) -> number { solve(q) | sample(n=n) | vote | .winner }
test "the majority wins" {
  replies solve = ["Answer: 3", "Answer: 4", "Answer: 4"]
  expect main("2 + 2", n=3) == 4
}
test "the first of equals" {
  replies solve = ["Answer: 3", "Answer: 4"]
  expect main("2 + 2", n=2) == 4
}
"""


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=folder, capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "votes.inf").write_text(GOOD, "utf-8")
    (tmp_path / "test_other.py").write_text("def test_nothing() -> None:\n    pass\n", "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    return tmp_path


def test_a_flag_takes_all_programs(folder: Path) -> None:
    done = run(folder, "--ilang", "-v")
    assert done.returncode == 1
    assert "votes.inf::the majority wins PASSED" in done.stdout and "2 passed, 1 failed" in done.stdout.replace(
        "1 failed, 2 passed", "2 passed, 1 failed"
    )


def test_a_failure_shows_both_sides_and_the_draws(folder: Path) -> None:
    out = run(folder, "votes.inf").stdout
    assert (
        'expect main("2 + 2", n=2) == 4' in out
        and "left:  3" in out
        and "right: 4" in out
        and "solve[0]: Answer: 3" in out
    )
    assert "Traceback" not in out


def test_without_the_flag_only_what_is_named_is_taken(folder: Path) -> None:
    assert "1 passed" in run(folder).stdout and "votes" not in run(folder, "-v").stdout
    assert "1 failed, 1 passed" in run(folder, "votes.inf").stdout
    (folder / "pytest.ini").write_text("[pytest]\nilang = true\n", "utf-8")
    assert "1 failed, 2 passed" in run(folder).stdout


def test_tests_are_chosen_by_name(folder: Path) -> None:
    assert "1 passed, 1 deselected" in run(folder, "votes.inf", "-k", "majority").stdout


def test_a_file_that_is_no_program_is_an_error_of_the_collection(folder: Path) -> None:
    (folder / "wrong.inf").write_text("pipeline main() -> int { a }\n", "utf-8")
    done = run(folder, "wrong.inf")
    assert done.returncode == 2 and "error[unknown-name]" in done.stdout and "Traceback" not in done.stdout


def test_a_pytest_that_takes_no_program_imports_nothing_of_the_compiler(folder: Path) -> None:
    (folder / "test_other.py").write_text(
        "import sys\ndef test_nothing() -> None:\n    assert not [m for m in sys.modules if m.startswith('ilang.check')]\n",
        "utf-8",
    )
    assert run(folder).returncode == 0


def test_the_hooks_of_pre_commit(tmp_path: Path) -> None:
    """What `.pre-commit-hooks.yaml` names, in a repository with the real pre-commit where it is installed, else by itself."""
    root = Path(__file__).parents[2]
    told = (root / ".pre-commit-hooks.yaml").read_text("utf-8")
    entries = [line.split(":", 1)[1].strip() for line in told.splitlines() if line.strip().startswith("entry:")]
    assert entries == ["ilang check", "ilang fmt"]
    (tmp_path / "a.inf").write_text("pipeline   main( ) -> int { 1 }\n", "utf-8")
    for entry in entries:
        words = [sys.executable, "-m", "ilang.cli.main", *entry.split()[1:], "a.inf"]
        done = subprocess.run(
            words, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(root)}
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.inf").read_text("utf-8") == "pipeline main() -> int { 1 }\n"
