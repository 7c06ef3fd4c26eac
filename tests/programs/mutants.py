"""A program without one of its stages: what a `test` block must notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ilang.syntax.module import Module, Pipe, PipelineDecl, Region


def without_a_stage(module: Module) -> Iterator[tuple[str, Module]]:
    """Each stage of each pipeline as it is written, with the module that lacks it."""
    for i, declaration in enumerate(module.declarations):
        if isinstance(declaration, PipelineDecl):
            for stage, changed in _lacking(declaration):
                others = module.declarations
                yield stage, replace(module, declarations=(*others[:i], changed, *others[i + 1 :]))


def _lacking(node: Any) -> Iterator[tuple[str, Any]]:
    """All trees that lack one stage of this one, deep inside or here."""
    if isinstance(node, tuple):
        for i, item in enumerate(node):
            for stage, changed in _lacking(item):
                yield stage, (*node[:i], changed, *node[i + 1 :])
    elif is_dataclass(node) and not isinstance(node, type):
        for field in fields(node):
            if field.name.endswith("span"):
                continue
            for stage, changed in _lacking(getattr(node, field.name)):
                yield stage, replace(node, **{field.name: changed})
        if isinstance(node, Pipe | Region):
            yield from _shorter(node)


def _shorter(node: Pipe | Region) -> Iterator[tuple[str, Any]]:
    for i, stage in enumerate(node.stages):
        rest = (*node.stages[:i], *node.stages[i + 1 :])
        written = " ".join(stage.span.source.text[stage.span.start : stage.span.end].split())
        if rest:
            yield written, replace(node, stages=rest)
        elif isinstance(node, Pipe):  # a region holds one stage at least; without it goes the region
            yield written, node.value
