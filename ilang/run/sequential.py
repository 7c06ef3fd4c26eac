"""The plain evaluator: one thing after the other, in program order. It is the reference.

A value is computed when it is first read, its inputs from left to right. A stage that samples takes
the next unused indices of its request in its activation, and draws them one by one. The concurrent
evaluator must give the same values; tests hold it to that.

What a `within` admits is settled here: a frame knows the budget in which it stands, and what it captured is
charged where it is written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, assert_never

from ilang.backend.protocol import BackendFault
from ilang.base.candidate import Pool, Unread
from ilang.base.span import Span
from ilang.base.value import Asked, Value
from ilang.draws.draw import Draw
from ilang.graph import node as g
from ilang.run import operations
from ilang.run.budget import Budget, Wanted, closed_of, fitting, hold, limits, shortened, tabs_of, worst_of
from ilang.run.closure import Activation, Always, Closure, Later, Ready, Thunk
from ilang.run.depth import shallow
from ilang.run.equals import firsts
from ilang.run.failure import RunFailed
from ilang.run.feeding import feeding
from ilang.run.stage_table import region_arguments, stage_of
from ilang.run.turn import NOTHING, Turn
from ilang.run.wanting import wanted_of
from ilang.run.world import World
from ilang.run.worth import Counted
from ilang.stages.pure import PURE
from ilang.stages.stage import (
    Able,
    CannotGive,
    Chance,
    Chosen,
    Drawn,
    Given,
    Judge,
    Judgement,
    Missing,
    NothingLeft,
    Read,
    Report,
    Run,
    Send,
    Steps,
    Take,
    failed,
)


@dataclass(eq=False, slots=True)
class Frame:
    """A graph at work: what it is given, and the values (or failures) of its nodes so far."""

    graph: g.Graph
    given: Sequence[Thunk]
    activation: Activation
    budget: Budget | None = None
    done: dict[int, Ready | Exception] = field(default_factory=dict)
    inner: dict[int, Frame] = field(default_factory=dict)  # of pipelines called here, by the node that calls

    def outcome(self, place: int) -> Ready | Exception | None:
        """What a node gave; None where it is not computed."""
        return self.done.get(place)


class Sequential:
    """Evaluates a graph in a World, one thing after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._turn = Turn(world.turn, NOTHING)

    async def run(self, graph: g.Graph, inputs: Sequence[Value]) -> Value:
        """The value of a graph for these inputs. Raises NothingLeft, CannotGive, RunFailed."""
        self.world.tells = graph.tells
        frame = Frame(graph, [Ready(v) for v in inputs], Activation(), self.world.purse)
        value = await self.value(frame, graph.output)
        self.world.tally = feeding(frame, graph.output)
        return value

    async def of_body(self, body: g.Graph) -> Value:
        """The value of a body that needs nothing. Raises as the graph does in which it stands."""
        return await self.value(Frame(body, (), Activation()), body.output)

    def aside(self, world: World) -> Sequential:
        """One like this for another world."""
        return Sequential(world)

    # ---- values ----------------------------------------------------------------

    async def value(self, frame: Frame, place: int) -> Value:
        """The value of a node, computed at its first reading; its strict inputs first, from left to right.

        All strict inputs are computed, also where one fails; the first failure then counts.
        """
        stack = [place]
        while stack:
            at = stack[-1]
            node = frame.graph.nodes[at]
            pending = next((i for i in g.strict_inputs(node) if i not in frame.done), None)
            if at in frame.done:
                stack.pop()
            elif pending is not None:
                stack.append(pending)
            else:
                try:
                    frame.done[at] = Ready(await shallow(self.node(frame, at, node)))
                except (CannotGive, NothingLeft) as failure:
                    failure.span = failure.span or node.span
                    frame.done[at] = failure
                except RunFailed as failed:
                    failed.place(node.span)
                    raise
                stack.pop()
        return result(frame.done[place])

    async def thunk(self, thunk: Thunk) -> Value:
        return thunk.value if isinstance(thunk, Ready) else await self.value(thunk.frame, thunk.place)

    async def node(self, frame: Frame, place: int, node: g.Node) -> Value:
        """The value of a node whose strict inputs are done."""
        match node:
            case g.Input(at):
                return await self.thunk(frame.given[at])
            case g.Constant(value):
                return value
            case g.Apply(g.AlwaysOp()):
                known = frame.done[node.inputs[0]]
                return Always(None, known) if isinstance(known, Exception) else Always(known.value)
            case g.Apply(op):
                return await self.apply(frame, op, [result(frame.done[i]) for i in node.inputs], node.span)
            case g.Draw(stage, names):
                values = [result(frame.done[i]) for i in node.inputs]
                return await self.stage(stage_of(stage, names, values, self.world.note, node.span), frame)
            case g.Function(arity, body):
                return Closure(arity, body, tuple(Later(frame, i) for i in node.inputs), node.judges_by)
            case g.Region():
                return await self.region(frame, place, node)
            case g.Branch(kind, inputs):
                return await self.branch(frame, kind, inputs)
            case g.Budget():
                return await self.within(frame, place, node, [result(frame.done[i]) for i in g.strict_inputs(node)])
        assert_never(node)

    async def branch(self, frame: Frame, kind: str, inputs: g.Refs) -> Value:
        known = frame.done[inputs[0]]
        if kind == "otherwise":
            if isinstance(known, CannotGive):
                raise known
            if isinstance(known, Exception) or known.value is None:
                return await self.value(frame, inputs[1])
            return known.value
        first = result(known)
        if kind == "some":
            return None if first is None else await self.value(frame, inputs[1])
        return await self.value(frame, inputs[1] if first else inputs[2])

    async def apply(self, frame: Frame, op: g.Op, values: list[Value], span: Span | None) -> Value:
        match op:
            case g.StageOp(name, names):
                if name in PURE:
                    return PURE[name](**dict(zip(names, values, strict=True)))
                return await self.stage(stage_of(name, names, values, self.world.note, span), frame)
            case g.PythonOp(key, names, type_):
                return await self.world.python.call(key, dict(zip(names, values, strict=True)), type_)
            case g.ModelOp(key):
                return self.world.bindings.models[key]
            case g.CallOp():
                return await self.call(values[0], values[1:], frame.budget)
            case g.AlwaysOp():
                raise AssertionError("`node` computes it, whether its input failed or not")
        return operations.compute(op, values)

    # ---- functions and regions -------------------------------------------------

    async def call(self, function: Value, arguments: Sequence[Value], budget: Budget | None) -> Value:
        """A function of arguments: an activation of its own, charged where it is called."""
        if isinstance(function, Always):
            if function.failure is not None:
                raise function.failure
            return function.value
        given = [*(Ready(a) for a in arguments), *function.captures]
        return await self.value(Frame(function.body, given, Activation(), budget), function.body.output)

    async def within(self, frame: Frame, place: int, node: g.Budget, values: Sequence[Value]) -> Value:
        """What stands in a `within`, under a budget of its own."""
        world = self.world
        allowed = limits(dict(zip(node.names, values, strict=True)), world.clock())
        budget = Budget(allowed, frame.budget, node.span, world.clock, self._turn, self._turn.place())
        captured = [Later(frame, i) for i in node.inputs[len(values) :]]
        inner = Frame(node.body, captured, frame.activation, budget)
        frame.inner[place] = inner
        return await self.value(inner, node.body.output)

    async def region(self, frame: Frame, place: int, node: g.Region) -> Value:
        if node.once:
            return await self.world.once.value(node.body, self.world, self.aside)
        if node.kind == "call":
            inner = Frame(node.body, [Later(frame, i) for i in node.inputs], frame.activation, frame.budget)
            frame.inner[place] = inner
            try:
                return await self.value(inner, node.body.output)
            except NothingLeft:
                if node.catches:
                    return None
                raise
        values = [result(frame.done[i]) for i in node.inputs[: len(node.names)]]
        steps = stage_of(node.kind, *region_arguments(node, values), self.world.note, node.span)
        return await self.stage(steps, frame, node)

    async def run_part(self, frame: Frame, node: g.Region, part: str, pool: Pool) -> Value:
        """A region's body, or its `until`, on a pool: in the activation in which the region stands."""
        first = len(node.names)
        captures = node.inputs[first:]
        split = len(captures) - node.until_captures
        body = node.body if part == "body" else node.until
        assert body is not None
        mine = captures[:split] if part == "body" else captures[split:]
        inner = Frame(body, [Ready(pool), *(Later(frame, i) for i in mine)], frame.activation, frame.budget)
        return await self.value(inner, body.output)

    # ---- stages ------------------------------------------------------------------

    async def stage(self, steps: Steps, frame: Frame, region: g.Region | None = None) -> Value:
        """Runs a stage's meaning, giving it what it asks for."""
        answer: Any = None
        while True:
            try:
                effect = steps.send(answer)
            except StopIteration as end:
                return end.value
            match effect:
                case Judge(function, items):
                    answer = await self.judge_all(function, items, frame.budget)
                case Send():
                    answer = await self.send(effect, frame)
                case Take():
                    answer = self.world.take(effect, frame.activation)
                case Read(texts):
                    answer = await self.read_all(texts)
                case Chosen(model):
                    answer = self.world.chosen(model)
                case Able(model):
                    answer = self.world.draws.capabilities(self.world.chosen(model))
                case Chance(contents):
                    answer = self.world.chance(contents, frame.activation)
                case Report():
                    answer = None
                    self.world.reports.add(effect)
                case Run(part, pool):
                    assert region is not None
                    run = self.run_part(frame, region, part, pool)
                    answer = await self.judged(run) if part == "until" else await run

    async def read_all(self, texts: Sequence[tuple[Asked, str, str]]) -> list[Value | Unread]:
        """Texts as their requests say."""
        return [await self.world.read(*one) for one in texts]

    async def judge_all(
        self, function: Value, items: Sequence[tuple[Value, ...]], budget: Budget | None
    ) -> list[Judgement]:
        """A function's judgements, in order; of equal items it is asked once, where it says which are equal."""
        if (equal := firsts(function, items)) is not None:
            made = {k: await self.judge(function, items[k], budget) for k in sorted(set(equal))}
            return [made[k] for k in equal]
        return [await self.judge(function, item, budget) for item in items]

    async def judge(self, function: Value, item: tuple[Value, ...], budget: Budget | None) -> Judgement:
        """A function's judgement of one item."""
        return await self.judged(self.call(function, item, budget))

    async def judged(self, work: Awaitable[Value]) -> Judgement:
        """What came of it, as a judgement."""
        try:
            return Given(await work)
        except (NothingLeft, CannotGive) as problem:
            return failed(problem)

    async def send(self, send: Send, frame: Frame) -> list[tuple[Drawn | Missing, ...]]:
        """Draws in the order of the wants; a want takes the next indices of its request, as far as budgets admit."""
        world = self.world
        world.admit(send.wants)
        came: list[list[Drawn | Missing]] = [[] for _ in send.wants]
        tabs = tabs_of(frame.budget, self._turn)
        counted: list[Counted] = []
        wanted = deque(wanted_of(world, send.wants, frame.activation, tabs))
        while wanted:
            # what a purse pays for goes out together, as far as it reaches; else one draw after the other
            some = [one for _, one in (wanted if world.purse is not None else islice(wanted, 1))]
            count, full = 0, closed_of(tabs)
            worst = worst_of(tabs, some) if full is None else ()
            if full is None:
                count, full = fitting(tabs, worst) if tabs else (1, None)
            cut = None if count or full is None else shortened(tabs, some[0], full)
            if cut is not None:
                wanted[0] = wanted[0][0], cut
                some, count, full = [cut], 1, None
                worst = worst_of(tabs, some)
            if full is not None and not count:
                refused = Missing(world.refuse(full), refused=True)
                for place, _ in wanted:
                    came[place].append(refused)
                break
            now = [wanted.popleft() for _ in range(count)]
            for place, one in now:
                if send.wants[place].first is None:
                    frame.activation.take(one.key, 1)
            hold(tabs, some[:count], worst)
            found = await self.draw([one for _, one in now])
            for (place, one), draw in zip(now, found, strict=True):
                came[place].append(world.came(one, draw, counted))
            for tab in tabs:
                tab.came += [None if isinstance(draw, BackendFault) else draw for draw in found]
                tab.settle()
        world.spent.add(counted)
        return [tuple(c) for c in came]

    async def draw(self, wanted: Sequence[Wanted]) -> list[Draw | BackendFault]:
        """What comes of these."""
        return await self.world.draws.draw_many([(one.ask, one.index) for one in wanted])


def result(outcome: Ready | Exception) -> Value:
    """The value of a node that is done; raises what it failed with."""
    if isinstance(outcome, Exception):
        raise outcome
    return outcome.value
