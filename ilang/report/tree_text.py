"""Shows the tree that `parse` makes: a node a line, its parts below it, each by its name in the tree."""

from __future__ import annotations

from typing import Any

from ilang.report.escape import visible
from ilang.report.json_text import value_text
from ilang.report.tree_data import tree_data
from ilang.report.width import clip
from ilang.syntax.module import Module

_SCALAR = 60
"""Columns that a text in the tree may take."""


def tree_text(module: Module) -> str:
    """`pipeline main(n: int) -> int { n }` is

    Module
      declarations PipelineDecl name="main"  1:1
        params Param name="n"  1:15
          type TypeName name="int"  1:18
        ...

    Parts that are not there (no documentation, no default) are left out.
    """
    lines: list[str] = []
    _node("", tree_data(module), 0, lines)
    return "\n".join(lines)


def _node(role: str, data: dict[str, Any], depth: int, lines: list[str]) -> None:
    parts = {k: v for k, v in data.items() if k not in ("node", "line", "column") and not _is_missing(v)}
    inline = [f"{k}={_scalar(v)}" for k, v in parts.items() if _is_scalar(v)]
    place = [f" {data['line']}:{data['column']}"] if "line" in data else []
    words = ([role] if role else []) + [data["node"], *inline, *place]
    lines.append("  " * depth + " ".join(words))
    for name, part in parts.items():
        if not _is_scalar(part):
            for item in part if isinstance(part, list) else [part]:
                _item(name, item, depth + 1, lines)


def _item(role: str, item: Any, depth: int, lines: list[str]) -> None:
    if isinstance(item, dict):
        _node(role, item, depth, lines)
    elif isinstance(item, list):  # a name with what it stands for
        name, value = item
        _item(f"{role} {name}", value, depth, lines)
    else:
        lines.append("  " * depth + f"{role} {_scalar(item)}")


def _is_missing(value: Any) -> bool:
    return value is None or value is False or value == "" or value == []


def _is_scalar(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return not isinstance(value, dict)


def _scalar(value: Any) -> str:
    return clip(visible(value_text(value)), _SCALAR)
