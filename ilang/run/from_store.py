"""from_store: a run of a graph for which the store has every draw, at once and without a task; None where it has not.

A warm run spends its time on what lets draws be waited for side by side, and has none to wait for. So a row is first
tried on the plain evaluator over draws that are there. Nothing comes of a try that meets one that is not: no model has
been asked, nothing was told, and the row begins again on the concurrent evaluator, which gives the same where both end.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any, Protocol, TypeVar, cast

from ilang.backend.prices import prices_of
from ilang.backend.protocol import BackendFault
from ilang.base.candidate import Unread
from ilang.base.span import Span
from ilang.base.value import Asked, Value
from ilang.draws.draw import Ask, Draw
from ilang.graph import node as g
from ilang.graph.node import Graph
from ilang.run.budget import Wanted, tabs_of
from ilang.run.closure import Ready
from ilang.run.depth import MOST
from ilang.run.execute import Outcome, execute_on
from ilang.run.failure import RunFailed
from ilang.run.sequential import Frame, Sequential, result
from ilang.run.stored import NotStored
from ilang.run.world import World
from ilang.run.worth import Counted
from ilang.stages.stage import CannotGive, Drawn, Missing, NothingLeft, Send

T = TypeVar("T")


class Waits(Exception):
    """It would have to wait for something."""


def from_store(graph: Graph, inputs: Sequence[Value], world: World, *, optional: bool) -> Outcome | None:
    """What the graph gives for these inputs. None where a draw is not stored, Python is to be called, or it fails.

    `world`: one of its own, with draws that are `Known`.
    """
    draws = cast("Known", world.draws)
    try:
        outcome = at_once(execute_on(FromStore(world, draws), graph, inputs, world, optional=optional))
    except (NotStored, Waits):
        return None
    return None if outcome.status == "failed" else outcome


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives that has nothing to wait for. Raises Waits for one that has."""
    try:
        work.send(None)
    except StopIteration as end:
        given: T = end.value
        return given
    work.close()
    raise Waits


class Known(Protocol):
    """Draws that can be had at once, where they can be had."""

    def known(self, ask: Ask, indices: Sequence[int]) -> list[Draw]:
        """These of a request. Raises NotStored where one is missing."""
        ...


class FromStore(Sequential):
    """The plain evaluator, but for these: a stage's draws come together, and there is nobody to wait for."""

    def __init__(self, world: World, draws: Known) -> None:
        super().__init__(world)
        self._draws = draws
        self._known = draws.known
        self._depth = 0

    def aside(self, world: World) -> Sequential:
        return FromStore(world, self._draws)

    async def value(self, frame: Frame, place: int) -> Value:
        """As in the plain evaluator; a graph that is too deep for one stack is not for this one."""
        done = frame.done
        if place not in done:
            if self._depth >= MOST:
                raise NotStored
            self._depth += 1
            node = frame.graph.nodes[place]
            for i in g.strict_inputs(node):
                if i not in done:
                    try:
                        await self.value(frame, i)
                    except (CannotGive, NothingLeft):
                        pass  # it is kept in the frame, and read there
            try:
                done[place] = Ready(await self.node(frame, place, node))
            except (CannotGive, NothingLeft) as failure:
                failure.span = failure.span or node.span
                done[place] = failure
            except RunFailed as failed:
                failed.place(node.span)
                raise
            self._depth -= 1
        return result(done[place])

    async def apply(self, frame: Frame, op: g.Op, values: list[Value], span: Span | None) -> Value:
        if isinstance(op, g.PythonOp):
            raise Waits
        return await super().apply(frame, op, values, span)

    async def read_all(self, texts: Sequence[tuple[Asked, str, str]]) -> list[Value | Unread]:
        if any(asked.reader.extract == "python" for asked, _, _ in texts):
            raise Waits
        return [self.world.read_now(*one) for one in texts]

    async def send(self, send: Send, frame: Frame) -> list[tuple[Drawn | Missing, ...]]:
        """All draws of a stage together, but under a budget."""
        world = self.world
        if tabs_of(frame.budget, self._turn):
            return await super().send(send, frame)
        world.admit(send.wants)
        came: list[tuple[Drawn | Missing, ...]] = []
        counted: list[Counted] = []
        for want in send.wants:
            ask = world.ask_of(want)
            key, able = world.draws.key(ask), world.draws.capabilities(ask.model)
            first = frame.activation.take(key, want.n) if want.first is None else want.first
            indices = range(first, first + want.n)
            draws = self._known(ask, indices)
            prices = prices_of(ask.model, able)
            counted += [(key, i, d, able, prices) for i, d in zip(indices, draws, strict=True)]
            came.append(tuple([Drawn(d, ask.model, able.stop_reason) for d in draws]))
        world.spent.add(counted)
        return came

    async def draw(self, wanted: Sequence[Wanted]) -> list[Draw | BackendFault]:
        return [one for w in wanted for one in self._known(w.ask, (w.index,))]
