"""at_once: the outcome of a node that is there, or is reckoned from what is there, without a task for it.

Most nodes of a program are plain: a field, a comparison, a text, a prompt filled in. Their outcome is that of the
concurrent evaluator (`concurrent.py`), which takes over wherever something has to be waited for.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, assert_never

from ilang.base.value import Value
from ilang.graph import node as g
from ilang.run import operations
from ilang.run.closure import Always, Closure, Later, Ready
from ilang.run.failure import RunFailed
from ilang.stages.pure import PURE
from ilang.stages.stage import CannotGive, NothingLeft

if TYPE_CHECKING:
    from ilang.run.concurrent import Frame
    from ilang.run.world import Bindings

Outcome = Ready | Exception

DEEPEST = 40
"""Nodes that are reckoned on one stack; from there on the evaluator has them, with stacks of their own."""


class _NotYet(Exception):
    """Something in it is not there yet."""


def at_once(frame: Frame, place: int, bindings: Bindings, depth: int = 0) -> Outcome | None:
    """What the node gives, kept in its frame; None where it has to be waited for."""
    slot = frame.slots.get(place)
    if slot is not None:
        return None if isinstance(slot, asyncio.Future) else slot
    if depth > DEEPEST or not frame.summaries[place].plain:
        return None
    node = frame.graph.nodes[place]
    outcome: Outcome
    try:
        outcome = Ready(_value(frame, node, bindings, depth + 1))
    except (_NotYet, RunFailed):  # one that ends the run is raised where the evaluator comes to it
        return None
    except (CannotGive, NothingLeft) as failure:
        failure.span = failure.span or node.span
        outcome = failure
    frame.slots[place] = outcome
    if frame.waiting:
        for told in frame.waiting.pop(place, ()):
            if not told.done():
                told.set_result(None)
    return outcome


def _value(frame: Frame, node: g.Node, bindings: Bindings, depth: int) -> Value:
    match node:
        case g.Constant(value):
            return value
        case g.Input(at):
            thunk = frame.given[at]
            return thunk.value if isinstance(thunk, Ready) else _known(thunk.frame, thunk.place, bindings, depth)
        case g.Function(arity, body):
            return Closure(arity, body, tuple(Later(frame, i) for i in node.inputs), node.judges_by)
        case g.Apply(g.AlwaysOp()):
            known = at_once(frame, node.inputs[0], bindings, depth)
            if known is None:
                raise _NotYet
            return Always(known.value) if isinstance(known, Ready) else Always(None, known)
        case g.Apply(op):
            inputs = [at_once(frame, i, bindings, depth) for i in node.inputs]
            if None in inputs:  # also where one has failed: the others are to be read all the same, and may draw
                raise _NotYet
            values = [_given(one) for one in inputs]
            match op:
                case g.StageOp(name, names):
                    return PURE[name](**dict(zip(names, values, strict=True)))
                case g.ModelOp(key):
                    return bindings.models[key]
                case g.CallOp() | g.PythonOp() | g.AlwaysOp():
                    raise AssertionError("neither of the first is plain, and the last is above")
            return operations.compute(op, values)
        case g.Branch(kind, refs):
            return _branch(frame, kind, refs, bindings, depth)
        case g.Draw() | g.Region() | g.Budget():
            raise AssertionError("none of them is plain")
    assert_never(node)


def _given(known: Outcome | None) -> Value:
    if known is None:
        raise _NotYet
    if isinstance(known, Ready):
        return known.value
    raise known


def _known(frame: Frame, place: int, bindings: Bindings, depth: int) -> Value:
    return _given(at_once(frame, place, bindings, depth))


def _branch(frame: Frame, kind: str, refs: g.Refs, bindings: Bindings, depth: int) -> Value:
    known = at_once(frame, refs[0], bindings, depth)
    if known is None:
        raise _NotYet
    if kind == "otherwise":
        if isinstance(known, CannotGive):
            raise known
        if isinstance(known, Ready) and known.value is not None:
            return known.value
        return _known(frame, refs[1], bindings, depth)
    if not isinstance(known, Ready):
        raise known
    if kind == "some":
        return None if known.value is None else _known(frame, refs[1], bindings, depth)
    return _known(frame, refs[1] if known.value else refs[2], bindings, depth)
