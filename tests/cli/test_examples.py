"""Every command that a help shows is run, as it is printed there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ilang.cli.main import COMMANDS
from tests.cli.calling import COMMAND, ENV, ROOT

FETCHES = {"ilang models fetch"}
"""Examples that need a network."""


def examples() -> list[str]:
    """The lines below `examples:` of all helps."""
    from importlib import import_module

    from ilang.cli.parser import Parser

    found = []
    for name in COMMANDS:
        parser = Parser(f"ilang {name}")
        import_module(f"ilang.cli.{name}").add(parser)
        shown = re.findall(r"^  (.*ilang .*)$", parser.format_help().partition("examples:\n")[2], re.MULTILINE)
        assert 2 <= len(shown) <= 4, name
        found += shown
    return found


@pytest.mark.parametrize("line", examples())
def test_an_example(line, tmp_path, monkeypatch):
    if line in FETCHES:
        pytest.skip("needs a network")
    (tmp_path / "question.txt").write_text("What is 17 + 25?\n")
    if "lock" in line:  # a lock is written beside the program
        shutil.copytree(ROOT / "programs", tmp_path / "programs")
    else:
        (tmp_path / "programs").symlink_to(ROOT / "programs")
    (tmp_path / "stdlib").symlink_to(ROOT / "stdlib")
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "ilang"
    script.write_text(f'#!/bin/sh\nexec "{COMMAND[0]}" -m ilang.cli.main "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "questions.jsonl").write_text('{"question": "What is 1 + 1?", "answer": 2}\n')
    if line.split()[1] in ("retry", "trace", "diff", "lock"):  # something to do again, or to look at
        run = "ilang run programs/cascade.inf --data questions.jsonl --out answers.jsonl --force --model sim"
        for _ in range(2):
            subprocess.run(["sh", "-c", run], cwd=tmp_path, check=True, capture_output=True)
    if "cache ls" in line:  # something to list
        subprocess.run(
            ["sh", "-c", 'ilang run programs/cascade.inf question="What is 1 + 1?"'],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, timeout=60)
    assert done.returncode == (1 if "lsp" in line else 0), done.stderr.decode()  # an editor that goes without a word
    assert done.stdout or any(quiet in line for quiet in ("check", "fmt", "new", "lsp", "--out", "retry"))
    assert Path(script).exists()
