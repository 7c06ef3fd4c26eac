"""Reads `prelude.inf`: the signatures of all stages and pure functions, from the one place where they are declared."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ilang.base.source import Source
from ilang.base.type import NONE
from ilang.check.program import Parameter, Signature
from ilang.check.term import Const
from ilang.check.types import NAMED, to_type
from ilang.syntax import module as ast
from ilang.syntax.parse import parse


@cache
def prelude() -> dict[str, tuple[Signature, ...]]:
    """Each name's declarations, in the order in which they are tried."""
    text = files("ilang.stages").joinpath("prelude.inf").read_text("utf-8")
    found: dict[str, tuple[Signature, ...]] = {}
    for d in parse(Source("prelude.inf", text)).declarations:
        assert isinstance(d, ast.PipelineDecl) and d.body is None, "the prelude holds builtins alone"
        found[d.name] = (*found.get(d.name, ()), _signature(d))
    return found


def _signature(d: ast.PipelineDecl) -> Signature:
    params = []
    for p in d.params:
        default = None
        if p.default is not None:
            assert isinstance(p.default, ast.Literal)
            type_ = to_type(p.type, NAMED)
            default = Const(p.default.value, type_ if p.default.value is not None else NONE, p.span)
        params.append(Parameter(p.name, to_type(p.type, NAMED), default))
    return Signature("builtin", d.name, d.name, tuple(params), to_type(d.result, NAMED), d.doc, d.span)
