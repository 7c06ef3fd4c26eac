"""Which Python functions a run may call, and how each is imported. Imports nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ilang.base.type import ANY
from ilang.check.locate import library_of
from ilang.check.program import Program, PythonFunction
from ilang.graph import node as g
from ilang.run.python_module import PythonRef


def reached(program: Program, graphs: Iterable[g.Graph]) -> dict[str, PythonFunction]:
    """The functions that these graphs call, or whose readers they name, by key. What is not among them is not run."""
    keys: set[str] = set()
    for graph in graphs:
        for one in g.all_graphs(graph):
            for node in one.nodes:
                match node:
                    case g.Apply(g.PythonOp(key)):
                        keys.add(key)
                    case g.Apply(g.RenderOp(extract="python", argument=str() as key)):
                        keys.add(key)
    return {key: f for key, f in program.python.items() if key in keys}


def python_refs(functions: Mapping[str, PythonFunction]) -> dict[str, PythonRef]:
    """Where these functions lie, by key."""
    return {
        key: PythonRef(
            f.path,
            f.function,
            f.signature.params[0].name if f.signature.params else "text",
            f.batched,
            f.pure,
            f.module or library_module(f.path),
            f.signature.result != ANY,
        )
        for key, f in functions.items()
    }


def library_module(path: str) -> str:
    """The name by which a file of an installed library is imported; empty for any other file."""
    library = library_of(path)
    if library is None:
        return ""
    _, package, folder = library
    parts = Path(path).resolve().relative_to(folder.resolve()).with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join((package, *parts)) if all(part.isidentifier() for part in parts) else ""
