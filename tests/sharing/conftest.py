"""Builds the example distribution as a wheel, offline, and installs it into a folder of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.calling import Called, process, terminal

EXAMPLE = Path(__file__).parent / "example"
PROGRAM = """\
use asked from mylib.parts.asking
use first_even, plainly from mylib.checked
use majority from mylib.voting
pipeline main(question: text) -> number { first_even(question) }
pipeline by_vote(question: text) -> number { majority(question) }
pipeline by_plain(question: text) -> number { plainly(question) }
test "the even one" {
  replies asked = ["Answer: 3", "Answer: 4", "Answer: 5"]
  expect first_even("2 + 2") == 4
}
"""


def pip(*words: str) -> None:
    """pip, without a network."""
    done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as a wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    pip("wheel", "-q", "--no-build-isolation", "--no-deps", "--no-index", "-w", str(folder), str(folder / "source"))
    (made,) = folder.glob("*.whl")
    return made


@dataclass(frozen=True)
class Place:
    """A project with a program that uses the library, and a user with a state and a store of their own.

    `told`: the file that the library's Python writes where it is imported.
    """

    folder: Path
    env: dict[str, str]

    @property
    def library(self) -> Path:
        return self.folder / "site" / "mylib"

    @property
    def program(self) -> Path:
        return self.folder / "project" / "main.inf"

    @property
    def trusted(self) -> Path:
        return self.folder / "state" / "ilang" / "trusted.jsonl"

    def ran(self) -> bool:
        """Whether the library's Python was imported since this was last asked."""
        told = self.folder / "told"
        ran = told.exists()
        told.unlink(missing_ok=True)
        return ran

    def ilang(self, *words: str) -> Called:
        """The command, with pipes."""
        return process(*words, env=self.env, cwd=self.folder)

    def run(self, *more: str, entry: str = "main") -> Called:
        return self.ilang(
            "run", f"{self.program}:{entry}", "question=What is 3 + 5?", "--model", "sim(accuracy=1)", *more
        )

    def on_terminal(self, answer: str) -> Called:
        """A run on a terminal whose user types this."""
        words = ("run", str(self.program), "question=What is 3 + 5?", "--model", "sim(accuracy=1)")
        return terminal(*words, env={**self.env, "NO_COLOR": "1"}, cwd=self.folder, typed=answer)


@pytest.fixture
def place(tmp_path: Path, wheel: Path) -> Place:
    site = tmp_path / "site"
    pip("install", "-q", "--no-deps", "--no-index", "--no-compile", "--target", str(site), str(wheel))
    (tmp_path / "project").mkdir()
    env = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH")))),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "ILANG_STORE": str(tmp_path / "draws"),
        "MYLIB_TELLS": str(tmp_path / "told"),
    }
    made = Place(tmp_path, env)
    made.program.write_text(PROGRAM, "utf-8")
    return made
