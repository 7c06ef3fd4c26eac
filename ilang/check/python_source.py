"""Reads the signature of a Python function from its source, without importing it."""

from __future__ import annotations

import ast
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ilang.base.type import ANY, BOOL, INT, NUMBER, TEXT, VERDICT, ListOf, Type
from ilang.check.program import Parameter
from ilang.check.unify import optional

BASIC: dict[str, Type] = {
    "str": TEXT,
    "int": INT,
    "float": NUMBER,
    "bool": BOOL,
    "Verdict": VERDICT,
    "list": ListOf(ANY),
}


@dataclass(frozen=True, slots=True)
class PythonSignature:
    """What a `def` says: parameters, result, and its decorators.

    `star`: what keeps it from being called by its parameters' names, `*args` or `/`; empty mostly.
    """

    params: tuple[Parameter, ...]
    result: Type
    doc: str
    is_async: bool
    batched: bool
    pure: bool
    line: int
    star: str = ""


def functions(path: str) -> dict[str, PythonSignature]:
    """The functions at the top level of a file.

    Raises OSError, SyntaxError, ValueError, RecursionError or MemoryError where it cannot be read.
    """
    about = os.stat(path)
    return _functions(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=100)
def _functions(path: str, changed: int, size: int) -> dict[str, PythonSignature]:
    """The same, read again when the file has changed since."""
    with open(path, "rb") as f:
        source = f.read()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as for an escape that Python does not know: not ours to tell
        try:
            tree = ast.parse(source, filename=path)
        except ValueError as error:  # a null byte: what Python 3.11.4 and later call a mistake of syntax
            raise SyntaxError(str(error)) from error
    found: dict[str, PythonSignature] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = _signature(node)
    return found


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> PythonSignature:
    decorators = {_dotted(d.func if isinstance(d, ast.Call) else d).rsplit(".", 1)[-1] for d in node.decorator_list}
    batched = "batched" in decorators

    def read(annotation: ast.expr | None) -> Type:
        return _single(to_type(annotation)) if batched else to_type(annotation)

    star = ""
    if node.args.posonlyargs:
        star = "/"
    elif node.args.vararg is not None:
        star = f"*{node.args.vararg.arg}"
    positional = node.args.args
    defaults = len(positional) - len(node.args.defaults)
    params = [Parameter(a.arg, read(a.annotation), python_default=i >= defaults) for i, a in enumerate(positional)]
    for a, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        params.append(Parameter(a.arg, read(a.annotation), python_default=default is not None))
    return PythonSignature(
        tuple(params),
        read(node.returns),
        ast.get_docstring(node) or "",
        isinstance(node, ast.AsyncFunctionDef),
        batched,
        "pure" in decorators,
        node.lineno,
        star,
    )


def _single(type_: Type) -> Type:
    """What one call is given of what a batched function is given a list of."""
    return type_.item if isinstance(type_, ListOf) else type_


def to_type(annotation: ast.expr | None) -> Type:
    """The ilang type that an annotation means; `any` where it means none of them."""
    match annotation:
        case ast.Constant(str() as text):
            try:
                return to_type(ast.parse(text, mode="eval").body)
            except (SyntaxError, ValueError):
                return ANY
        case ast.Name() | ast.Attribute():
            name = _dotted(annotation).rsplit(".", 1)[-1]
            return BASIC.get(name, ANY)
        case ast.Subscript(value, argument):
            name = _dotted(value).rsplit(".", 1)[-1]
            if name in ("list", "List", "Sequence", "Iterable", "Collection"):
                return ListOf(to_type(argument))
            if name == "Optional":
                return optional(to_type(argument))
            if name == "Union" and isinstance(argument, ast.Tuple):
                return _union(argument.elts)
            if name == "tuple" and isinstance(argument, ast.Tuple) and len(argument.elts) == 2:
                last = argument.elts[1]
                if isinstance(last, ast.Constant) and last.value is ...:
                    return ListOf(to_type(argument.elts[0]))
            return ANY
        case ast.BinOp(left, ast.BitOr(), right):
            return _union((left, right))
    return ANY


def _union(members: Sequence[ast.expr]) -> Type:
    """`A | None` and `int | float`; any where the members have nothing in common."""
    some = [m for m in members if not (isinstance(m, ast.Constant) and m.value is None)]
    types = [to_type(m) for m in some]
    first = types[0] if types else ANY
    if any(t != first for t in types):
        first = NUMBER if all(t in (INT, NUMBER) for t in types) else ANY
    return optional(first) if len(some) < len(members) else first


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(value, name):
            return f"{_dotted(value)}.{name}"
    return ""
