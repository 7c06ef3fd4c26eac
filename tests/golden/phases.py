"""What each phase makes of a program, as people read it: the tree, the program, each entry's plan, and what its tests drew."""

from __future__ import annotations

from pathlib import Path

from ilang.check.walk import called
from ilang.graph.lower import lower
from ilang.graph.tests import lower_test
from ilang.optimize.optimize import optimize
from ilang.report.graph_text import graph_text
from ilang.report.program_text import program_text
from ilang.report.tree_text import tree_text
from ilang.run.script import Script
from ilang.run.sequential import Sequential
from ilang.run.world import World
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source
from tests.running import bindings, program

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).parent / "files"
FOLDERS = ("programs", "stdlib", "tests/examples")


def programs() -> list[Path]:
    """All programs that have a golden file."""
    return sorted(f for folder in FOLDERS for f in (ROOT / folder).rglob("*.inf"))


def golden(file: Path) -> Path:
    """Where a program's golden file lies."""
    return FILES / file.relative_to(ROOT).with_suffix(".txt")


async def phases(file: Path) -> str:
    """All phases of one program."""
    source = read_source(str(file))
    checked = program(file)
    own = [k for k in checked.pipelines if ":" not in k]
    inner = {key for k in own for key, _ in called(checked.pipelines[k].body)}
    parts = [f"== parse\n{tree_text(parse(source))}", f"== check\n{program_text(checked)}"]
    for key in own:
        if key not in inner:
            parts.append(f"== lower and optimize {key}\n{graph_text(optimize(lower(checked, key)))}")
    for test in checked.tests:
        replies, expects = lower_test(checked, test)
        script = Script(replies)
        for graph, _, _ in expects:
            await Sequential(World(script, bindings(checked))).run(graph, ())
        drawn = "".join(f"\n{prompt}[{index}]: {' '.join(text.split())[:100]}" for prompt, index, text in script.log)
        parts.append(f"== execute test {test.name!r}{drawn}")
    return "\n\n".join(parts) + "\n"
