"""One helper for the tests of passes: a program with its Python, what a pass makes of it, and what a run asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from ilang.graph import node as g
from ilang.optimize.invariants import check_graph
from ilang.optimize.optimize import Pass
from ilang.run.python_call import Python
from tests.laws.running import Compiled, Seen, compiled, plainly

PYTHON = """
import ilang

@ilang.pure
def square(x: float) -> float:
    return x * x

@ilang.pure
def picky(x: float) -> float:
    raise ValueError("never")

def looked(x: float) -> bool:
    return x > 0
"""

HEAD = '''use python square, picky, looked from "own.py"
model one = sim("one", steps=1, mean_tokens=0)
model default = sim("one", steps=1, mean_tokens=0)
prompt guess(x: number) -> number """Reply with the number only. {{x}}"""
prompt is_even(x: number) -> bool """Is {{x}} good? Reply true or false."""
prompt shown(xs: list[number]) """{{xs | json}}"""
prompt with_shots(shots: text, x: number) -> number """{{shots}} Reply with the number only. {{x}}"""
'''


def program(folder: Path, main: str) -> Compiled:
    """A program of these declarations, its Python beside it."""
    (folder / "own.py").write_text(PYTHON)
    return compiled(HEAD + main, name=str(folder / "program.inf"))


def counted(graph: g.Graph, name: str) -> int:
    """How many nodes of an operation there are, in a graph and in its bodies."""
    found = 0
    for one in g.all_graphs(graph):
        for node in one.nodes:
            match node:
                case g.Draw(stage) | g.Apply(g.StageOp(stage)):
                    found += stage == name
                case g.Apply(g.PythonOp(key)):
                    found += key.endswith(f":{name}")
                case g.Region("call", called):
                    found += called == name
    return found


def made(one: Pass, compiled_: Compiled) -> g.Graph:
    """What a pass makes of a program, held to the invariants."""
    graph = one(compiled_.graph)
    check_graph(graph, one.__name__)
    return graph


def both(one: Pass, compiled_: Compiled, **options: Any) -> tuple[Seen, Seen]:
    """A run without the pass and one with it; they answer alike."""
    before, after = plainly(compiled_, **options), plainly(compiled_, made(one, compiled_), **options)
    assert (before.status, before.value, before.tally) == (after.status, after.value, after.tally)
    return before, after


@contextmanager
def asked() -> Iterator[Counter[str]]:
    """How often each Python function is asked for a result, known already or not."""
    calls: Counter[str] = Counter()
    original = Python.call

    async def call(self: Python, key: str, arguments: Any, type_: Any) -> Any:
        calls[key.rsplit(":", 1)[-1]] += 1
        return await original(self, key, arguments, type_)

    with mock.patch.object(Python, "call", call):
        yield calls
