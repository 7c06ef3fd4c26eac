"""Runs the commands of a page's `shell` blocks in a folder, and holds what they print against the page."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a page in this language."""
    text = (DOCS / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def run_shell(page: str, folder: Path, env: Mapping[str, str], shown: Mapping[str, str] | None = None) -> int:
    """Runs each command, in order; how many there were. What a command prints is its output, then its errors.

    `shown`: what the page writes in the place of a text, such as a folder.
    """
    count = 0
    for block in blocks(page, "shell"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            assert command.startswith("ilang ")
            line = f'"{sys.executable}" -m ilang.cli.main {command.removeprefix("ilang ")}'
            done = subprocess.run(line, shell=True, cwd=folder, env=dict(env), capture_output=True, text=True)
            told = done.stdout + done.stderr
            for real, written in (shown or {}).items():
                told = told.replace(real, written)
            assert told.strip() == expected.strip(), command
            count += 1
    return count
