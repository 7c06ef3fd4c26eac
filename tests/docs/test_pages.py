"""Every program and command in the README and the pages is run, and what is printed is what comes."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import ilang

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")


def blocks(language: str) -> list[pytest.param]:
    found = []
    for page in PAGES:
        for i, m in enumerate(m for m in BLOCK.finditer(page.read_text("utf-8")) if m[1] == language):
            found.append(pytest.param(m[2], id=f"{page.name}-{i}"))
    return found


@pytest.mark.parametrize("text", blocks("ilang"))
def test_programs_check_and_pass_their_tests(text: str, tmp_path: Path) -> None:
    from ilang.session.tests import run_file_tests

    file = tmp_path / "page.inf"
    file.write_text(text, "utf-8")
    ilang.load(file)
    for outcome in run_file_tests(str(file)):
        assert outcome.passed, outcome


@pytest.mark.parametrize("text", blocks("console"))
def test_commands_print_what_the_page_says(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ILANG_STORE", str(tmp_path / "draws"))
    monkeypatch.delenv("ILANG_MODEL", raising=False)
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        argv = shlex.split(command)
        assert argv[0] == "ilang"
        done = subprocess.run(
            [sys.executable, "-m", "ilang.cli.main", *argv[1:]], cwd=ROOT, capture_output=True, text=True, timeout=120
        )
        assert (done.stdout + done.stderr).strip() == expected.strip(), command


@pytest.mark.parametrize("text", blocks("python"))
def test_python_runs(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ILANG_STORE", str(tmp_path / "draws"))
    monkeypatch.chdir(ROOT)
    exec(compile(text, "page.py", "exec"), {})


@pytest.mark.parametrize(
    "page", [pytest.param(p, id=p.name) for p in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md"]]
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_ci_runs_the_readme_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    command = re.search(r"<!-- test-command -->\n```sh\n(.*?)```", readme, re.DOTALL)
    assert command and "pytest" in command[1] and "models fetch" in command[1]
    assert "<!-- test-command -->" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_each_program_says_how_it_runs() -> None:
    for file in (ROOT / "programs").glob("*.inf"):
        assert f"ilang run programs/{file.name}" in file.read_text("utf-8"), file.name
