"""Which tally fed a graph's result: found by going back from the output through fields, branches and calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ilang.base.value import Tally
from ilang.graph import node as g
from ilang.run.closure import Ready, Thunk


class Worked(Protocol):
    """A graph that was at work: the frame of an evaluator."""

    @property
    def graph(self) -> g.Graph: ...

    @property
    def given(self) -> Sequence[Thunk]: ...

    @property
    def inner(self) -> Mapping[int, Worked]: ...

    def outcome(self, place: int) -> Ready | Exception | None: ...


def feeding(frame: Worked, place: int) -> Tally | None:
    """The tally that the value of a node is, or is a field of: the way that was taken, not all that might have been."""
    while True:
        node = frame.graph.nodes[place]
        match node:
            case g.Apply(g.StageOp("vote")) | g.Draw("tally"):
                return _value(frame, place)
            case g.Apply(g.FieldOp("tally") | g.ConvertOp() | g.StageOp("share_of")):
                place = node.inputs[0]
            case g.Branch("if", (condition, then, other)):
                known = frame.outcome(condition)
                place = then if isinstance(known, Ready) and known.value else other
            case g.Branch("otherwise", (value, other)):
                known = frame.outcome(value)
                place = value if isinstance(known, Ready) and known.value is not None else other
            case g.Branch("some", (_, body)):
                place = body
            case g.Region("call") | g.Budget() if place in frame.inner:
                frame = frame.inner[place]
                place = frame.graph.output
            case g.Input(k):
                thunk = frame.given[k]
                if isinstance(thunk, Ready):
                    return thunk.value if isinstance(thunk.value, Tally) else None
                frame, place = thunk.frame, thunk.place
            case _:
                return None


def _value(frame: Worked, place: int) -> Tally | None:
    known = frame.outcome(place)
    return known.value if isinstance(known, Ready) and isinstance(known.value, Tally) else None
