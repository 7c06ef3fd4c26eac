"""Pictures of programs of the repository that are kept as files: `python -m tests.report.drawing` writes them anew.

Look at them before you commit.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ilang.base.source import Source
from ilang.check.check import check
from ilang.check.program import Program
from ilang.cli.graph import drawn_as
from ilang.graph.lower import lower
from ilang.graph.node import Graph
from ilang.optimize.drop_unused import drop_unused
from ilang.optimize.optimize import optimize
from ilang.report.graph_picture import Picture, picture
from ilang.report.graph_told import told_of
from ilang.session.program import entry_key, split_entry
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "pictures"
PAGE = ROOT / "docs" / "pictures" / "cascade.svg"
KEPT = {
    "cascade": ("programs/cascade.inf", ("svg", "mmd", "dot", "html")),
    "code_repair": ("programs/code_repair.inf", ("svg", "mmd")),
    "particle_gibbs": ("stdlib/particles.inf:particle_gibbs", ("svg", "mmd")),
}
"""A small program, one of middle size, and the largest. They are drawn behind `drop_unused` alone: other passes have
tests of their own. What the pages show is what the command makes now, with all passes."""


def drawn(program: Program, graph: Graph, entry: str) -> Picture:
    """The picture of a graph."""
    return picture(graph, told_of(graph, program, entry))


@cache
def read(name: str) -> tuple[Program, str]:
    """A program of the repository, and the key of its entry."""
    file, entry = split_entry(str(ROOT / name))
    program = check(parse(read_source(file)))
    return program, entry_key(program, entry)


def written(text: str) -> tuple[Program, str]:
    """A program from its text."""
    program = check(parse(Source("given.inf", text, str(ROOT / "tests" / "laws" / "given.inf"))))
    return program, entry_key(program, None)


def kept() -> dict[Path, str]:
    """Each file with what it should hold."""
    made: dict[Path, str] = {}
    for name, (source, kinds) in KEPT.items():
        program, entry = read(source)
        graph = drop_unused(lower(program, entry))
        for kind in kinds:
            made[FOLDER / f"{name}.{kind}"] = drawn_as(kind, drawn(program, graph, entry), graph)
    program, entry = read(KEPT["cascade"][0])
    graph = optimize(lower(program, entry))
    made[PAGE] = drawn_as("svg", drawn(program, graph, entry), graph)
    return made


def main() -> None:
    for file, text in kept().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
