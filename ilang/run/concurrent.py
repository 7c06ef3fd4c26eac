"""The concurrent evaluator: everything that can run side by side does.

It gives the same value as the plain evaluator. Inputs of a node, judgements of a stage, rows and
draws run together; what must stand in program order (who takes which index of a request, whose random
numbers come first) is ordered by turns (`turn.py`), never by what finishes first. What a budget admits is decided by a
ledger (`ledger.py`), in the same order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any, assert_never

from ilang.backend.protocol import BackendFault
from ilang.base.candidate import Pool, Unread
from ilang.base.value import Asked, Value
from ilang.draws.draw import Draw
from ilang.graph import node as g
from ilang.run import operations
from ilang.run.at_once import at_once
from ilang.run.bound import bind
from ilang.run.budget import Budget, Tab, Wanted, limits, tabs_of
from ilang.run.channel import Channel
from ilang.run.closure import HOLDERS, Activation, Always, Closure, Later, Ready, Thunk, functions_in
from ilang.run.depth import shallow, spawned
from ilang.run.equals import firsts
from ilang.run.failure import RunFailed
from ilang.run.feeding import feeding
from ilang.run.ledger import Ledger, Room
from ilang.run.sequential import Sequential
from ilang.run.sites import Sites, calls_functions
from ilang.run.stage_table import region_arguments, stage_of
from ilang.run.turn import Reach, Turn
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

Outcome = Ready | Exception


class Frame:
    """A graph at work: what it is given, and its nodes that are computed or under way."""

    __slots__ = ("activation", "budget", "given", "graph", "inner", "sites", "slots", "summaries", "waiting")

    def __init__(
        self, graph: g.Graph, given: Sequence[Thunk], activation: Activation, sites: Sites, budget: Budget | None = None
    ) -> None:
        self.budget = budget
        self.graph = graph
        self.given = given
        self.activation = activation
        self.sites = sites
        self.summaries = sites.of(graph)
        self.slots: dict[int, Outcome | asyncio.Future[Outcome]] = {}
        self.waiting: dict[int, list[asyncio.Future[None]]] = {}  # readers of nodes that nobody has begun
        self.inner: dict[int, Frame] = {}  # those of pipelines called here, by the node that calls

    def outcome(self, place: int) -> Outcome | None:
        """What a node gave; None where it is not computed."""
        slot = self.slots.get(place)
        return None if isinstance(slot, asyncio.Future) else slot

    def reach(self, place: int) -> Reach:
        """What computing a node, or calling a function in its value, may still number."""
        return reach_of([Later(self, place)], self.sites)

    def own(self, place: int) -> Reach:
        """What a node's own part numbers."""
        me = self.activation.number
        return frozenset((me, c) for c in self.summaries[place].own)


class Concurrent:
    """Evaluates a graph in a World, side by side. Belongs to one event loop."""

    def __init__(self, world: World, sites: Sites | None = None) -> None:
        self.world = world
        self.sites = sites or Sites(world.bindings.models, world.bindings.default)
        self.ledger: Ledger | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def run(self, graph: g.Graph, inputs: Sequence[Value]) -> Value:
        """The value of a graph for these inputs. Raises NothingLeft, CannotGive, RunFailed."""
        self.world.tells = graph.tells
        purse = self.world.purse
        if purse is not None or self.sites.limited(graph):
            self.ledger = Ledger() if purse is None else purse.ledger
            if not self.sites.spending:
                self.sites = Sites(self.world.bindings.models, self.world.bindings.default, spending=True)
        frame = self._frame(graph, [Ready(v) for v in inputs], Activation(), purse)
        turn = Turn(self.world.turn, frame.reach(graph.output))
        if self.world.turn is not None:
            bind(self.world.turn, self.world, lambda bound: bound.of(frame, graph.output))
        try:
            value = result(await self.read(frame, graph.output, turn))
            self.world.tally = feeding(frame, graph.output)
            return value
        finally:
            for task in list(self._tasks):
                task.cancel()
            if self._tasks:
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _frame(
        self, graph: g.Graph, given: Sequence[Thunk], activation: Activation, budget: Budget | None = None
    ) -> Frame:
        return Frame(graph, given, activation, self.sites, budget)

    def _end(self, turn: Turn) -> None:
        """All that this part draws has come."""
        if self.ledger is not None:
            self.ledger.ended(turn)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = spawned(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _all(self, work: Sequence[Awaitable[Any]]) -> list[Any]:
        """All of them side by side; the first failure that ends the run ends them."""
        if len(work) == 1:
            return [await work[0]]
        return list(await asyncio.gather(*work))

    # ---- values ----------------------------------------------------------------

    async def read(self, frame: Frame, place: int, turn: Turn) -> Outcome:
        """The outcome of a node, computed at its first reading in program order."""
        known = at_once(frame, place, self.world.bindings)
        if known is not None:
            turn.release()
            self._end(turn)
            return known
        slot = frame.slots.get(place)
        if slot is None and frame.summaries[place].shared and turn.reach:
            slot = await self._first_or_begun(frame, place, turn)
        if slot is None:
            return await self._begin(frame, place, turn)
        turn.release()
        self._end(turn)  # who began it draws for it
        return await asyncio.shield(slot) if isinstance(slot, asyncio.Future) else slot

    async def _first_or_begun(self, frame: Frame, place: int, turn: Turn) -> Outcome | asyncio.Future[Outcome] | None:
        """Waits until a reader has begun, or this is the first: none before it may still read."""
        slot = None
        while slot is None and (earlier := turn.blocker(turn.reach)) is not None:
            told = earlier.told()
            frame.waiting.setdefault(place, []).append(told)
            await told
            slot = frame.slots.get(place)
        return slot

    async def _begin(self, frame: Frame, place: int, turn: Turn) -> Outcome:
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        frame.slots[place] = future
        for told in frame.waiting.pop(place, ()):
            if not told.done():
                told.set_result(None)
        try:
            outcome = await shallow(self.compute(frame, place, turn))
        except asyncio.CancelledError:
            future.cancel()
            raise
        except BaseException as failure:
            future.set_exception(failure)
            future.exception()
            turn.release()
            self._end(turn)
            raise
        frame.slots[place] = outcome
        future.set_result(outcome)
        turn.release()
        self._end(turn)
        return outcome

    async def compute(self, frame: Frame, place: int, turn: Turn) -> Outcome:
        """A node's outcome: its strict inputs side by side, then its own part."""
        node = frame.graph.nodes[place]
        strict = g.strict_inputs(node)
        if not strict:
            return await self.own(frame, place, node, [], turn)
        known = [at_once(frame, i, self.world.bindings) for i in strict]
        rest = self._rest(frame, place, node, len(strict))
        ready: list[Outcome] = [one for one in known if one is not None]
        if len(ready) == len(strict):
            turn.narrow(rest)
            return await self.own(frame, place, node, ready, turn)
        if not rest and self.ledger is None and len(ready) == len(strict) - 1:
            # it is for this one input that the turn stands
            at = known.index(None)
            waited = await self.read(frame, strict[at], turn)
            return await self.own(frame, place, node, [*ready[:at], waited, *ready[at:]], turn)
        turns = turn.split([*(frame.reach(i) for i in strict), rest])
        outcomes: list[Outcome] = []
        waiting: list[int] = []
        for k, one in enumerate(known):
            if one is not None:
                turns[k].release()
                self._end(turns[k])
                outcomes.append(one)
            else:
                waiting.append(k)
                outcomes.append(Ready(None))
        if frame.budget is not None:
            for k in waiting[:-1]:
                bind(turns[k], self.world, lambda bound, k=k: bound.of(frame, strict[k]))  # type: ignore[misc]
        if waiting:
            found = await self._side_by_side(frame, strict, turns, waiting)
            for k, outcome in zip(waiting, found, strict=True):
                outcomes[k] = outcome
        return await self.own(frame, place, node, outcomes, turns[-1])

    async def _side_by_side(self, frame: Frame, strict: g.Refs, turns: list[Turn], waiting: list[int]) -> list[Outcome]:
        if len(waiting) == 1:
            return [await self.read(frame, strict[waiting[0]], turns[waiting[0]])]
        return await self._all([self._spawn(self.read(frame, strict[k], turns[k])) for k in waiting])

    def _rest(self, frame: Frame, place: int, node: g.Node, strict: int) -> Reach:
        """What a node's own part may number: its draw, its lazy inputs and bodies, what its functions captured."""
        me = frame.activation.number
        found = {(me, c) for c in frame.summaries[place].own}
        for i in node.inputs[strict:]:
            found |= frame.reach(i)
        for body in g.bodies(node) if isinstance(node, g.Region | g.Budget) else ():
            found |= {(me, c) for c in self.sites.of(body)[body.output].channels}
        if calls_functions(node):
            functions = [Later(frame, i) for i in node.inputs[:strict] if may_hold(Later(frame, i), self.sites)]
            found |= reach_of(functions, self.sites, held=True)
        return frozenset(found)

    async def own(self, frame: Frame, place: int, node: g.Node, inputs: list[Outcome], turn: Turn) -> Outcome:
        """A node's own part, its inputs being done."""
        try:
            value = await self.node(frame, place, node, inputs, turn)
        except (CannotGive, NothingLeft) as failure:
            failure.span = failure.span or node.span
            return failure
        except RunFailed as failed:
            failed.place(node.span)
            raise
        return Ready(value)

    async def node(self, frame: Frame, place: int, node: g.Node, inputs: list[Outcome], turn: Turn) -> Value:
        match node:
            case g.Input(at):
                thunk = frame.given[at]
                if isinstance(thunk, Ready):
                    return thunk.value
                return result(await self.read(thunk.frame, thunk.place, turn))
            case g.Constant(value):
                return value
            case g.Apply(g.AlwaysOp()):
                known = inputs[0]
                return Always(None, known) if isinstance(known, Exception) else Always(known.value)
            case g.Apply(op):
                return await self.apply(frame, place, op, [result(x) for x in inputs], turn)
            case g.Draw(stage, names):
                return await self.stage(
                    self._steps(node, stage, names, [result(x) for x in inputs]), frame, place, turn
                )
            case g.Function(arity, body):
                return Closure(arity, body, tuple(Later(frame, i) for i in node.inputs), node.judges_by)
            case g.Region():
                return await self.region(frame, place, node, inputs, turn)
            case g.Branch(kind, refs):
                return await self.branch(frame, kind, refs, inputs[0], turn)
            case g.Budget():
                return await self.within(frame, place, node, [result(x) for x in inputs], turn)
        assert_never(node)

    async def branch(self, frame: Frame, kind: str, refs: g.Refs, known: Outcome, turn: Turn) -> Value:
        if kind == "otherwise":
            if isinstance(known, CannotGive):
                raise known
            if isinstance(known, Ready) and known.value is not None:
                return known.value
            arm = refs[1]
        else:
            first = result(known)
            if kind == "some":
                if first is None:
                    return None
                arm = refs[1]
            else:
                arm = refs[1] if first else refs[2]
        (inner,) = turn.split([frame.reach(arm)])  # what the other arm would have numbered is released
        return result(await self.read(frame, arm, inner))

    async def apply(self, frame: Frame, place: int, op: g.Op, values: list[Value], turn: Turn) -> Value:
        match op:
            case g.StageOp(name, names):
                if name in PURE:
                    return PURE[name](**dict(zip(names, values, strict=True)))
                return await self.stage(self._steps(frame.graph.nodes[place], name, names, values), frame, place, turn)
            case g.PythonOp(key, names, type_):
                return await self.world.python.call(key, dict(zip(names, values, strict=True)), type_)
            case g.ModelOp(key):
                return self.world.bindings.models[key]
            case g.CallOp():
                return await self.call(values[0], values[1:], turn, frame.budget)
            case g.AlwaysOp():
                raise AssertionError("`node` computes it, whether its input failed or not")
        return operations.compute(op, values)

    # ---- functions and regions -------------------------------------------------

    async def call(self, function: Value, arguments: Sequence[Value], turn: Turn, budget: Budget | None) -> Value:
        """A function of arguments: an activation of its own, charged where it is called."""
        if isinstance(function, Always):
            if function.failure is not None:
                raise function.failure
            return function.value
        given = [*(Ready(a) for a in arguments), *function.captures]
        frame = self._frame(function.body, given, Activation(), budget)
        inner = turn.inner(frame.reach(function.body.output))
        return result(await self.read(frame, function.body.output, inner))

    async def within(self, frame: Frame, place: int, node: g.Budget, values: Sequence[Value], turn: Turn) -> Value:
        """What stands in a `within`, under a budget of its own."""
        world = self.world
        allowed = limits(dict(zip(node.names, values, strict=True)), world.clock())
        budget = Budget(allowed, frame.budget, node.span, world.clock, turn, turn.place())
        captured = [Later(frame, i) for i in node.inputs[len(values) :]]
        inner = frame.inner[place] = self._frame(node.body, captured, frame.activation, budget)
        return result(await self.read(inner, node.body.output, turn))

    async def region(self, frame: Frame, place: int, node: g.Region, inputs: list[Outcome], turn: Turn) -> Value:
        if node.once:
            return await self.world.once.value(node.body, self.world, Sequential)
        if node.kind == "call":
            inner = self._frame(node.body, [Later(frame, i) for i in node.inputs], frame.activation, frame.budget)
            frame.inner[place] = inner
            try:
                return result(await self.read(inner, node.body.output, turn))
            except NothingLeft:
                if node.catches:
                    return None
                raise
        values = [result(x) for x in inputs]
        steps = self._steps(node, node.kind, *region_arguments(node, values))
        return await self.stage(steps, frame, place, turn, node)

    async def run_part(self, frame: Frame, node: g.Region, part: str, pool: Pool, turn: Turn) -> Value:
        """A region's body, or its `until`, on a pool: in the activation in which the region stands."""
        captures = node.inputs[len(node.names) :]
        split = len(captures) - node.until_captures
        body = node.body if part == "body" else node.until
        assert body is not None
        mine = captures[:split] if part == "body" else captures[split:]
        inner = self._frame(body, [Ready(pool), *(Later(frame, i) for i in mine)], frame.activation, frame.budget)
        return result(await self.read(inner, body.output, turn.inner(inner.reach(body.output))))

    # ---- stages ------------------------------------------------------------------

    def _steps(self, node: g.Node, name: str, names: Sequence[str], values: Sequence[Value]) -> Steps:
        return stage_of(name, names, values, self.world.note, node.span)

    async def stage(self, steps: Steps, frame: Frame, place: int, turn: Turn, region: g.Region | None = None) -> Value:
        """Runs a stage's meaning, giving it what it asks for."""
        answer: Any = None
        while True:
            try:
                effect = steps.send(answer)
            except StopIteration as end:
                turn.release()
                return end.value
            match effect:
                case Judge(function, items):
                    answer = await self.judge_all(function, items, turn, frame.budget)
                case Send():
                    answer = await self.send(effect, frame, place, turn)
                case Take():
                    await turn.wait(frame.own(place))
                    answer = self.world.take(effect, frame.activation)
                    turn.release()
                case Read(texts):
                    answer = await self.read_all(texts)
                case Chosen(model):
                    answer = self.world.chosen(model)
                case Able(model):
                    answer = self.world.draws.capabilities(self.world.chosen(model))
                case Chance(contents):
                    await turn.wait(frame.own(place))
                    answer = self.world.chance(contents, frame.activation)
                case Report():
                    answer = None
                    self.world.reports.add(effect)
                case Run(part, pool):
                    assert region is not None
                    run = self.run_part(frame, region, part, pool, turn)
                    answer = await self.judged(run) if part == "until" else await run

    async def read_all(self, texts: Sequence[tuple[Asked, str, str]]) -> list[Value | Unread]:
        """Texts as their requests say; side by side where Python reads one."""
        if any(asked.reader.extract == "python" for asked, _, _ in texts):
            return await self._all([self._spawn(self.world.read(*one)) for one in texts])
        return [self.world.read_now(*one) for one in texts]

    async def judge_all(
        self, function: Value, items: Sequence[tuple[Value, ...]], turn: Turn, budget: Budget | None
    ) -> list[Judgement]:
        """A function's judgements, side by side; those that are reckoned at once, one after the other.

        Of equal items it is asked once, where it says which are equal.
        """
        if (equal := firsts(function, items)) is not None:
            asked = sorted(set(equal))
            made = await self.judge_all(function, [items[k] for k in asked], turn, budget)
            place = {k: made[at] for at, k in enumerate(asked)}
            return [place[k] for k in equal]
        plainly = self._judge_plainly(function, items)
        if plainly is not None:
            return plainly
        held = [Ready(x) for item in items for x in item if may_hold(Ready(x), self.sites)]
        reach = reach_of([Ready(function), *held], self.sites)
        if reach or budget is not None:
            turns = turn.in_a_row([reach] * len(items))
            if budget is not None:
                for one, item in zip(turns[:-1], items, strict=False):
                    bind(one, self.world, lambda bound, item=item: bound.of_call(function, item))  # type: ignore[misc]
        else:
            turns = [turn.inner(reach) for _ in items]  # none has anything to wait for
        return await self._all(
            [self._spawn(self.judge(function, x, t, budget)) for x, t in zip(items, turns, strict=True)]
        )

    def _judge_plainly(self, function: Value, items: Sequence[tuple[Value, ...]]) -> list[Judgement] | None:
        """The judgements, where no model is asked for them and nothing waited for; None else."""
        if not isinstance(function, Closure) or not self.sites.of(function.body)[function.body.output].plain:
            return None
        made: list[Judgement] = []
        for item in items:
            frame = self._frame(function.body, [*(Ready(x) for x in item), *function.captures], Activation())
            known = at_once(frame, function.body.output, self.world.bindings)
            if known is None:
                return None
            if isinstance(known, CannotGive | NothingLeft):
                made.append(failed(known))
            else:
                made.append(Given(result(known)))
        return made

    async def judge(self, function: Value, item: tuple[Value, ...], turn: Turn, budget: Budget | None) -> Judgement:
        """A function's judgement of one item."""
        try:
            return await self.judged(self.call(function, item, turn, budget))
        finally:
            turn.release()
            self._end(turn)

    async def judged(self, work: Awaitable[Value]) -> Judgement:
        """What came of it, as a judgement."""
        try:
            return Given(await work)
        except (NothingLeft, CannotGive) as problem:
            return failed(problem)

    async def send(self, send: Send, frame: Frame, place: int, turn: Turn) -> list[tuple[Drawn | Missing, ...]]:
        """Takes the indices in program order, then draws all side by side; under a budget, a draw takes its index when
        it is admitted."""
        world = self.world
        world.admit(send.wants)
        if any(want.first is None for want in send.wants):
            await turn.wait(frame.own(place))
        tabs = tabs_of(frame.budget, turn)
        wanted = wanted_of(world, send.wants, frame.activation, tabs)
        came: list[list[Drawn | Missing]] = [[] for _ in send.wants]
        counted: list[Counted] = []
        while wanted:
            room = await self.room(tabs, [w for _, w in wanted])
            admitted, wanted = wanted[: room.admitted], wanted[room.admitted :]
            if room.cut is not None:
                admitted = [(admitted[0][0], room.cut)]
            if room.full is not None and not admitted:
                for i, _ in wanted:
                    came[i].append(Missing(world.refuse(room.full), refused=True))
                break
            for i, w in admitted:
                if send.wants[i].first is None:
                    frame.activation.take(w.key, 1)
            if not wanted and send.last:
                turn.release()
            for (i, w), one in zip(admitted, await self.draw([w for _, w in admitted], tabs), strict=True):
                came[i].append(world.came(w, one, counted))
        if send.last:
            turn.release()
        world.spent.add(counted)
        return [tuple(c) for c in came]

    async def room(self, tabs: Sequence[Tab], wanted: Sequence[Wanted]) -> Room:
        """How many of these draws are admitted: all of them, where no budget stands around them."""
        return await self.ledger.room(tabs, wanted) if tabs and self.ledger is not None else Room(len(wanted))

    async def draw(self, wanted: Sequence[Wanted], tabs: Sequence[Tab]) -> list[Draw | BackendFault]:
        """The draws; the budgets are told what came, also where that is nothing."""
        found: list[Draw | BackendFault] | None = None
        try:
            found = await self.world.draws.draw_many([(w.ask, w.index) for w in wanted])
        finally:
            if self.ledger is not None:
                self.ledger.came(tabs, [None] * len(wanted) if found is None else found)
        return found


def reach_of(thunks: Sequence[Thunk], sites: Sites, *, held: bool = False) -> Reach:
    """What reading these, or calling the functions in their values, may still number.

    `held`: they will have been read, so that only the functions count; what gave them counts where
    it is not known which function it is.
    """
    found: set[tuple[int, Channel]] = set()
    seen: set[tuple[int, int]] = set()
    stack = [(t, held) for t in thunks]
    while stack:
        thunk, only = stack.pop()
        if isinstance(thunk, Ready):
            if sites.marked or isinstance(thunk.value, HOLDERS):
                stack.extend((t, False) for f in functions_in(thunk.value, in_marks=sites.marked) for t in f.captures)
            continue
        frame, place = thunk.frame, thunk.place
        node = frame.graph.nodes[place]
        if only and isinstance(node, g.Function):
            stack.extend((Later(frame, i), False) for i in node.inputs)
            continue
        if only and isinstance(node, g.Input):
            stack.append((frame.given[node.place], True))
            continue
        if (id(frame), place) in seen:
            continue
        seen.add((id(frame), place))
        done = frame.outcome(place)
        if isinstance(done, Ready):
            if may_hold(thunk, sites):
                stack.append((done, False))
        elif done is None:
            summary = frame.summaries[place]
            found.update((frame.activation.number, c) for c in summary.channels)
            stack.extend((frame.given[i], False) for i in summary.reads)
    return frozenset(found)


def may_hold(thunk: Thunk, sites: Sites) -> bool:
    """Whether a value may be or hold a function that captured something. Where marks may, all may."""
    if sites.marked:
        return True
    seen: set[tuple[int, int]] = set()
    stack = [thunk]
    while stack:
        one = stack.pop()
        if isinstance(one, Ready):
            if isinstance(one.value, HOLDERS) and any(f.captures for f in functions_in(one.value, in_marks=False)):
                return True
            continue
        frame: Frame = one.frame
        if (id(frame), one.place) in seen:
            continue
        seen.add((id(frame), one.place))
        summary = frame.summaries[one.place]
        if summary.holds:
            return True
        stack.extend(frame.given[i] for i in summary.through)
    return False


def result(outcome: Outcome) -> Value:
    """The value of a node that is done; raises what it failed with."""
    if isinstance(outcome, Exception):
        raise outcome
    return outcome.value
