"""Judges of code and numbers for the programs beside this file. Code is parsed, never executed."""

import ast
import math

from ilang import Verdict


def run_tests(code: str, tests: str) -> Verdict:
    """Whether the code defines each function that the tests call. `tests` holds one expression a line, such as `add(2, 3) == 5`."""
    try:
        tree = ast.parse(code)
    except SyntaxError as problem:
        return Verdict(False, feedback=f"line {problem.lineno}: {problem.msg}")
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    called = [
        node.func.id
        for line in tests.splitlines()
        if line.strip()
        for node in ast.walk(ast.parse(line.strip(), mode="eval"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    missing = [name for name in dict.fromkeys(called) if name not in defined]
    return Verdict(not missing, feedback="; ".join(f"there is no function `{name}`" for name in missing))


def lint(code: str) -> Verdict:
    """Whether the code parses, and is free of what a reviewer would send back."""
    try:
        tree = ast.parse(code)
    except SyntaxError as problem:
        return Verdict(False, feedback=f"line {problem.lineno}: {problem.msg}")
    found = [
        f"line {node.lineno}: bare `except`"
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    found += [
        f"line {node.lineno}: `{node.func.id}`"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec")
    ]
    return Verdict(not found, feedback="; ".join(found))


def same_number(a: float, b: float) -> bool:
    """Whether two numbers agree to nine digits."""
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
