"""The house itself: import directions, types, lint, packages, one file for each stage."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def run(*argv: str) -> None:
    done = subprocess.run([sys.executable, "-m", *argv], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_import_directions() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:]


def test_lint() -> None:
    run("ruff", "check", "--no-cache", ".")


def test_types() -> None:
    run("mypy")


def test_all_packages_are_listed() -> None:
    """Setuptools cannot find mapped folders by itself, so they are listed; none may be forgotten."""
    names = {"ilang": "ilang", "backends": "ilang_backends", "stdlib": "ilang_stdlib"}
    there = {
        ".".join((names[folder], *p.parent.relative_to(ROOT / folder).parts))
        for folder in names
        for p in (ROOT / folder).rglob("__init__.py")
    }
    assert there == set(PROJECT["tool"]["setuptools"]["packages"])


def stage_files() -> set[str]:
    """The names of the stages that have a file."""
    return {
        p.stem
        for p in Path(str(files("ilang.stages"))).glob("*.py")
        if any(
            isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "STAGE"
            for n in ast.parse(p.read_text("utf-8")).body
        )
    }


def test_a_stage_is_a_declaration_and_a_file() -> None:
    """What the prelude declares has a meaning: a file of its name, or a pure function; and the reverse."""
    from ilang.check.drawing import DRAWING, FOLLOWS
    from ilang.check.prelude import prelude
    from ilang.stages.pure import PURE
    from ilang.stages.table import stage

    declared = set(prelude())
    written = stage_files()
    operators = {n for n in PURE if not n.isidentifier()} | {"negate", "not", "in"}
    assert declared - {"otherwise"} == written | (set(PURE) - operators)
    assert all(stage(name).name == name for name in written)
    assert {name for name in written if stage(name).draws} == DRAWING
    assert {name for name in written if stage(name).follows} == FOLLOWS


def test_running_knows_no_syntax() -> None:
    """`ilang.run` in a fresh process loads neither lark nor the checker."""
    code = "import sys, ilang.run.execute; print([m for m in sys.modules if m.startswith(('lark', 'ilang.check', 'ilang.syntax'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_opens_lightly() -> None:
    """Importing ilang loads none of the heavy packages."""
    heavy = ("numpy", "openai", "anthropic", "networkx", "diskcache", "lark", "rich", "cyllama")
    code = f"import sys, ilang; print([m for m in sys.modules if m.split('.')[0] in {heavy!r}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
