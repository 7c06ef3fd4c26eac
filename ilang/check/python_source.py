"""Reads the signature of a Python function from its source, without importing it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache

from ilang.base.type import ANY, BOOL, INT, NUMBER, TEXT, VERDICT, ListOf, Type
from ilang.check.program import Parameter
from ilang.check.unify import optional


@dataclass(frozen=True, slots=True)
class PythonSignature:
    """What a `def` says: parameters, result, and its decorators."""

    params: tuple[Parameter, ...]
    result: Type
    doc: str
    is_async: bool
    batched: bool
    pure: bool
    line: int


@cache
def functions(path: str) -> dict[str, PythonSignature]:
    """The functions at the top level of a file. Raises OSError, SyntaxError, ValueError."""
    with open(path, "rb") as f:
        tree = ast.parse(f.read(), filename=path)
    found: dict[str, PythonSignature] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = _signature(node)
    return found


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> PythonSignature:
    decorators = {_dotted(d.func if isinstance(d, ast.Call) else d).rsplit(".", 1)[-1] for d in node.decorator_list}
    batched = "batched" in decorators
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults = len(positional) - len(node.args.defaults)
    params = [
        Parameter(a.arg, _of(a.annotation, batched), python_default=i >= defaults) for i, a in enumerate(positional)
    ]
    for a, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        params.append(Parameter(a.arg, _of(a.annotation, batched), python_default=default is not None))
    return PythonSignature(
        tuple(params),
        _of(node.returns, batched),
        ast.get_docstring(node) or "",
        isinstance(node, ast.AsyncFunctionDef),
        batched,
        "pure" in decorators,
        node.lineno,
    )


def _of(annotation: ast.expr | None, batched: bool) -> Type:
    type_ = to_type(annotation)
    if batched and isinstance(type_, ListOf):
        return type_.item
    return type_


def to_type(annotation: ast.expr | None) -> Type:
    """The ilang type that an annotation means; `any` where it means none of them."""
    match annotation:
        case ast.Constant(str() as text):
            try:
                return to_type(ast.parse(text, mode="eval").body)
            except SyntaxError:
                return ANY
        case ast.Name() | ast.Attribute():
            name = _dotted(annotation).rsplit(".", 1)[-1]
            basic: dict[str, Type] = {"str": TEXT, "int": INT, "float": NUMBER, "bool": BOOL, "Verdict": VERDICT, "list": ListOf(ANY)}
            return basic.get(name, ANY)
        case ast.Subscript(value, argument):
            name = _dotted(value).rsplit(".", 1)[-1]
            if name in ("list", "List", "Sequence", "Iterable", "Collection"):
                return ListOf(to_type(argument))
            if name == "Optional":
                return optional(to_type(argument))
            if name == "tuple" and isinstance(argument, ast.Tuple) and len(argument.elts) == 2:
                last = argument.elts[1]
                if isinstance(last, ast.Constant) and last.value is ...:
                    return ListOf(to_type(argument.elts[0]))
            return ANY
        case ast.BinOp(left, ast.BitOr(), right):
            sides = [s for s in (left, right) if not (isinstance(s, ast.Constant) and s.value is None)]
            if len(sides) == 1:
                return optional(to_type(sides[0]))
            names = {to_type(s) for s in sides}
            return NUMBER if names == {INT, NUMBER} else ANY
    return ANY


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(value, name):
            return f"{_dotted(value)}.{name}"
    return ""
