"""A stage's meaning, begun on its arguments."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.candidate import Pool
from ilang.base.ranges import POOL, outside
from ilang.base.span import Span
from ilang.base.value import Value
from ilang.graph.node import Region
from ilang.run.tracing import Note, traced
from ilang.stages.stage import CannotGive, Steps
from ilang.stages.table import stage


def stage_of(
    name: str, names: Sequence[str], values: Sequence[Value], note: Note | None = None, span: Span | None = None
) -> Steps:
    """A stage's meaning, begun on its arguments. Raises CannotGive where one is a number that it cannot be.

    `note` is told of what it did, and `span` is where it stands.
    """
    arguments = dict(zip(names, values, strict=True))
    for given, value in arguments.items():
        if (range_ := outside(given, value)) is not None:
            low, high = range_
            raise CannotGive(f"`{given}` of `{name}` is {value:,}; it is a number from {low:,} to {high:,}")
    steps = _held(name, stage(name).apply(arguments))
    return steps if note is None else traced(name, span, arguments, steps, note)


def _held(name: str, steps: Steps) -> Steps:
    """A stage's steps; what it gives is a pool that can be held. Raises CannotGive where it is not."""
    value = yield from steps
    if isinstance(value, Pool) and len(value) > POOL:
        raise CannotGive(f"`{name}` gives {len(value):,} candidates; a pool holds at most {POOL:,}: `prune` it before")
    return value


def region_arguments(node: Region, values: Sequence[Value]) -> tuple[tuple[str, ...], tuple[Value, ...]]:
    """A region's arguments by name, with what its meaning must know of its `until`."""
    return (
        (*node.names, "has_until", "until_each"),
        (*values, node.until is not None, node.until_each),
    )
