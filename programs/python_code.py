"""Judges of Python code that a model wrote. It is parsed and read, never run."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from ilang import Verdict


def lint(code: str) -> Verdict:
    """Whether the code parses and is free of unknown names, bare `except`, `eval` and `exec`."""
    tree = _parse(code)
    if isinstance(tree, Verdict):
        return tree
    known = set(dir(builtins)) | {name for node in ast.walk(tree) for name in _bound(node)}
    found = [said for node in ast.walk(tree) for said in _complaints(node, known)]
    return Verdict(not found, feedback="\n".join(found))


def keeps_signature(code: str, signature: str) -> Verdict:
    """Whether the code defines the function of a signature such as `add(a, b)`, and it returns something.

    Raises SyntaxError where the signature is none.
    """
    wanted = ast.parse(f"def {signature}: ...").body[0]
    assert isinstance(wanted, ast.FunctionDef)
    tree = _parse(code)
    if isinstance(tree, Verdict):
        return tree
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == wanted.name:
            given, asked = ", ".join(_parameters(node)), ", ".join(_parameters(wanted))
            if given != asked:
                return Verdict(False, feedback=f"`{node.name}` takes ({given}), not ({asked}).")
            if not any(isinstance(inner, ast.Return) and inner.value is not None for inner in ast.walk(node)):
                return Verdict(False, feedback=f"`{node.name}` returns nothing.")
            return Verdict(True)
    return Verdict(False, feedback=f"There is no function `{wanted.name}`.")


def _parse(code: str) -> ast.Module | Verdict:
    try:
        return ast.parse(code)
    except SyntaxError as problem:
        return Verdict(False, feedback=f"Line {problem.lineno}: {problem.msg}.")
    except (ValueError, RecursionError, MemoryError):  # a null byte; nesting that the parser does not bear
        return Verdict(False, feedback="This is not Python.")


def _parameters(function: ast.FunctionDef) -> list[str]:
    taken = function.args
    return [parameter.arg for parameter in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node brings into being, wherever they hold."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)) | ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in aliases)


def _complaints(node: ast.AST, known: set[str]) -> Iterator[str]:
    match node:
        case ast.ExceptHandler(type=None):
            yield f"Line {node.lineno}: a bare `except`."
        case ast.Call(func=ast.Name(id="eval" | "exec" as name)):
            yield f"Line {node.lineno}: `{name}`."
        case ast.Name(id=name, ctx=ast.Load()) if name not in known:
            yield f"Line {node.lineno}: `{name}` is not known."
