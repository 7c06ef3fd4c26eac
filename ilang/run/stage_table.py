"""Finds a stage's meaning by name: one file each in `ilang/stages/`, imported when first used."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache

from ilang.base.value import Value
from ilang.graph.node import Region
from ilang.stages.stage import Stage, Steps


@cache
def stage(name: str) -> Stage:
    """The stage of that name."""
    found = importlib.import_module(f"ilang.stages.{name}").STAGE
    assert isinstance(found, Stage)
    return found


def stage_of(name: str, names: Sequence[str], values: Sequence[Value]) -> Steps:
    """A stage's meaning, begun on its arguments."""
    return stage(name).apply(dict(zip(names, values, strict=True)))


def region_arguments(node: Region, values: Sequence[Value]) -> tuple[tuple[str, ...], tuple[Value, ...]]:
    """A region's arguments by name, with what its meaning must know of its `until`."""
    return (
        (*node.names, "has_until", "until_each"),
        (*values, node.until is not None, node.until_each),
    )
