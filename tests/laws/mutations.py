"""Wrong passes and wrong evaluators, each of which looks right to somebody. The laws must tell every one of them."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from ilang.base.value import Value
from ilang.draws.draw import Ask
from ilang.graph import node as g
from ilang.optimize.bodies import ordered
from ilang.optimize.cheap_first import cheap_first
from ilang.optimize.check_once import check_once
from ilang.optimize.hoist import hoist
from ilang.optimize.merge_equal import merge_equal
from ilang.run import channel, concurrent, equals, sites
from ilang.run.budget import Tab, Wanted
from ilang.run.closure import Activation, Closure, Later, Ready
from ilang.run.concurrent import Concurrent, Frame
from ilang.run.cost import Cost
from ilang.run.ledger import Ledger
from ilang.run.turn import Turn
from ilang.run.world import Reports, World
from ilang.run.worth import Spent, Worth, worth_of
from ilang.stages.key import key
from tests.laws.oracle import Oracle

Pass = Callable[[g.Graph], g.Graph]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A wrong pass, or a patch of the concurrent evaluator. `crashes`: some stages cannot go on with what it gives them.

    `saves`: it is held to no more than what holds of a pass that leaves draws out. `right`: the pass that it is but
    for one guard.
    """

    name: str
    run: Pass | None = None
    patch: Callable[[], AbstractContextManager[Any]] | None = None
    crashes: bool = False
    saves: bool = False
    right: Pass | None = None


# ---- passes --------------------------------------------------------------------


def everywhere(one: Pass) -> Pass:
    """The pass on a graph and on each body in it."""

    def run(graph: g.Graph) -> g.Graph:
        nodes: list[g.Node] = []
        for node in graph.nodes:
            match node:
                case g.Function():
                    nodes.append(replace(node, body=run(node.body)))
                case g.Region():
                    until = run(node.until) if node.until is not None else None
                    nodes.append(replace(node, body=run(node.body), until=until))
                case _:
                    nodes.append(node)
        return one(replace(graph, nodes=tuple(nodes)))

    return run


def redirected(graph: g.Graph, to: dict[int, int]) -> g.Graph:
    """The graph in which readers of a place read another, earlier one."""

    def at(i: int) -> int:
        return to.get(i, i)

    nodes = tuple(replace(n, inputs=tuple(at(i) for i in n.inputs)) for n in graph.nodes)
    return replace(graph, nodes=nodes, output=at(graph.output))


def merged(graph: g.Graph, which: Callable[[g.Node], bool]) -> g.Graph:
    """Equal nodes of a kind as one."""
    first: dict[Any, int] = {}
    to: dict[int, int] = {}
    for place, node in enumerate(graph.nodes):
        node = replace(node, inputs=tuple(to.get(i, i) for i in node.inputs))
        if not isinstance(node, g.Constant | g.Apply | g.Draw | g.Region):
            continue
        if isinstance(node, g.Draw) and not which(node):
            continue
        if isinstance(node, g.Region) and node.kind != "call":
            continue
        key = repr(node)
        if key in first:
            to[place] = first[key]
        else:
            first[key] = place
    return redirected(graph, to)


def merge_draws(graph: g.Graph) -> g.Graph:
    """Two samples of equal requests as one."""
    return merged(graph, lambda node: True)


def merge_chances(graph: g.Graph) -> g.Graph:
    """Equal deterministic nodes as one, `resample` and `pick` among them: they count how many equal ones ran before."""
    return merged(graph, lambda node: False)


def dedupe_before_vote(graph: g.Graph) -> g.Graph:
    """Equal answers judged once, and counted once."""
    nodes: list[g.Node] = []
    to: dict[int, int] = {}
    for place, old in enumerate(graph.nodes):
        node = replace(old, inputs=tuple(to[i] for i in old.inputs))
        if isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and node.op.name == "vote":
            nodes.append(g.Constant(None))
            nodes.append(g.Apply(g.StageOp("dedupe", ("pool", "by")), (node.inputs[0], len(nodes) - 1)))
            node = replace(node, inputs=(len(nodes) - 1, *node.inputs[1:]))
        nodes.append(node)
        to[place] = len(nodes) - 1
    return replace(graph, nodes=tuple(nodes), output=to[graph.output])


def drop_lazy(graph: g.Graph) -> g.Graph:
    """What is not needed at once is not needed."""
    needed: set[int] = set()
    stack = [graph.output]
    while stack:
        place = stack.pop()
        if place not in needed:
            needed.add(place)
            stack.extend(g.strict_inputs(graph.nodes[place]))
    return replace(
        graph,
        nodes=tuple(
            n if i in needed or not isinstance(n, g.Draw) else g.Constant(None) for i, n in enumerate(graph.nodes)
        ),
    )


def swap_inputs(graph: g.Graph) -> g.Graph:
    """`a | add(b)` as `b | add(a)`."""

    def swapped(node: g.Node) -> g.Node:
        if isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and node.op.name == "add":
            return replace(node, inputs=(node.inputs[1], node.inputs[0]))
        return node

    return replace(graph, nodes=tuple(map(swapped, graph.nodes)))


def fuse_samples(graph: g.Graph) -> g.Graph:
    """`vote` counts a candidate whatever it weighs: `weigh` before it is left out."""
    to: dict[int, int] = {}
    for place, node in enumerate(graph.nodes):
        if isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and node.op.name == "weigh":
            to[place] = to.get(node.inputs[0], node.inputs[0])
    return redirected(graph, to)


def stages(graph: g.Graph, name: str) -> Iterator[tuple[int, g.Apply]]:
    """The stages of that name, by place."""
    for place, node in enumerate(graph.nodes):
        if isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and node.op.name == name:
            yield place, node


def changed(graph: g.Graph, nodes: dict[int, g.Node]) -> g.Graph:
    """The graph with other nodes in these places, in an order that suits them."""
    return ordered(graph, {**dict(enumerate(graph.nodes)), **nodes}, graph.output)


def past(above: str, below: str) -> Pass:
    """`below | above` as `above | below`."""

    def run(graph: g.Graph) -> g.Graph:
        nodes: dict[int, g.Node] = {}
        for place, node in stages(graph, above):
            under = graph.nodes[node.inputs[0]]
            readers = sum(node.inputs[0] in one.inputs for one in graph.nodes)
            filters = isinstance(node.op, g.StageOp) and "unless" in node.op.names
            if not filters and any(under is one for _, one in stages(graph, below)) and readers == 1:
                assert isinstance(under, g.Apply)
                nodes[node.inputs[0]] = replace(node, inputs=(under.inputs[0], *node.inputs[1:]))
                nodes[place] = replace(under, inputs=(node.inputs[0], *under.inputs[1:]))
        return changed(graph, nodes) if nodes else graph

    return run


def without(name: str) -> Pass:
    """The stages of that name left out."""
    return lambda graph: redirected(graph, {place: node.inputs[0] for place, node in stages(graph, name)})


def with_argument(name: str, argument: str, change: Callable[[Value], Value]) -> Pass:
    """A constant argument of the stages of that name, changed."""

    def run(graph: g.Graph) -> g.Graph:
        nodes: dict[int, g.Node] = {}
        for place, node in enumerate(graph.nodes):
            named = node.names if isinstance(node, g.Draw) and node.stage == name else ()
            if isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and node.op.name == name:
                named = node.op.names
            if argument not in named:
                continue
            k = named.index(argument)
            given = graph.nodes[node.inputs[k]]
            if isinstance(given, g.Constant) and change(given.value) != given.value:
                new = len(graph.nodes) + len(nodes)
                nodes[new] = g.Constant(change(given.value))
                nodes[place] = replace(node, inputs=(*node.inputs[:k], new, *node.inputs[k + 1 :]))
        return changed(graph, nodes) if nodes else graph

    return run


def fewer(n: Value) -> Value:
    """Of three or more one less: the last is hardly ever the best."""
    return n - 1 if isinstance(n, int) and n > 2 else n


def other_side_first(graph: g.Graph) -> g.Graph:
    """`a and b` as `b and a`, where b is reckoned at once and a asks."""
    nodes: dict[int, g.Node] = {}
    for place, node in enumerate(graph.nodes):
        if not isinstance(node, g.Branch) or node.kind != "if":
            continue
        first, then, other = (graph.nodes[i] for i in node.inputs)
        if isinstance(first, g.Draw) and isinstance(then, g.Apply) and other == g.Constant(False):
            nodes[place] = replace(node, inputs=(node.inputs[1], node.inputs[0], node.inputs[2]))
    return changed(graph, nodes) if nodes else graph


def but(one: Pass, target: str, wrong: Any) -> Pass:
    """A pass without one of its guards: `target`, of `ilang.optimize`, is another thing."""

    def run(graph: g.Graph) -> g.Graph:
        with mock.patch(f"ilang.optimize.{target}", wrong):
            return one(graph)

    return run


def unguarded(name: str, one: Pass, target: str, wrong: Any, *, saves: bool = False, crashes: bool = False) -> Mutation:
    """The mutation that is a pass without one of its guards."""
    return Mutation(name, but(one, target, wrong), saves=saves, right=one, crashes=crashes)


def begun() -> Activation:
    """A new activation, as the concurrent evaluator begins it: a test may count them."""
    made: Activation = vars(concurrent)["Activation"]()
    return made


# ---- evaluators ------------------------------------------------------------------


def by_arrival() -> AbstractContextManager[Any]:
    """Whoever comes first takes the next index."""

    async def wait(self: Turn, need: Any) -> None:
        return None

    return mock.patch.object(Turn, "wait", wait)


def chances_by_arrival() -> AbstractContextManager[Any]:
    """`resample` and `pick` count in order of arrival."""
    original = sites.Sites._own

    def own(self: sites.Sites, graph: g.Graph, node: g.Node) -> Any:
        return original(self, graph, node) if isinstance(node, g.Draw) else frozenset()

    return mock.patch.object(sites.Sites, "_own", own)


def both_arms() -> AbstractContextManager[Any]:
    """Both arms of a branch are computed, to save time."""
    original = Concurrent.branch

    async def branch(self: Concurrent, frame: Frame, kind: str, refs: g.Refs, known: Any, turn: Turn) -> Value:
        for arm in refs[1:]:
            await self.read(frame, arm, turn.inner(frame.reach(arm)))
        return await original(self, frame, kind, refs, known, turn)

    return mock.patch.object(Concurrent, "branch", branch)


def both_of_otherwise() -> AbstractContextManager[Any]:
    """The second of `otherwise` is drawn ahead."""
    original = Concurrent.branch

    async def branch(self: Concurrent, frame: Frame, kind: str, refs: g.Refs, known: Any, turn: Turn) -> Value:
        if kind == "otherwise":
            await self.read(frame, refs[1], turn.inner(frame.reach(refs[1])))
        return await original(self, frame, kind, refs, known, turn)

    return mock.patch.object(Concurrent, "branch", branch)


def eager_lets() -> AbstractContextManager[Any]:
    """What draws is computed where it is written."""
    original = Concurrent.read

    async def read(self: Concurrent, frame: Frame, place: int, turn: Turn) -> Any:
        if place == frame.graph.output:
            for k, node in enumerate(frame.graph.nodes[:place]):
                if isinstance(node, g.Draw):
                    await original(self, frame, k, turn.inner(frame.reach(k)))
        return await original(self, frame, place, turn)

    return mock.patch.object(Concurrent, "read", read)


def eager_arguments() -> AbstractContextManager[Any]:
    """The arguments of a pipeline are computed before it, from left to right."""
    original = Concurrent.region

    async def region(self: Concurrent, frame: Frame, place: int, node: g.Region, inputs: Any, turn: Turn) -> Value:
        if node.kind == "call":
            for i in node.inputs:
                await self.read(frame, i, turn.inner(frame.reach(i)))
        return await original(self, frame, place, node, inputs, turn)

    return mock.patch.object(Concurrent, "region", region)


@contextmanager
def shared_activation() -> Iterator[None]:
    """A function counts on in the activation of its caller."""
    original = Concurrent.run

    async def run(self: Concurrent, graph: g.Graph, inputs: Sequence[Value]) -> Value:
        one = begun()
        with mock.patch.object(concurrent, "Activation", lambda: one):
            return await original(self, graph, inputs)

    with mock.patch.object(Concurrent, "run", run):
        yield


def own_activation() -> AbstractContextManager[Any]:
    """A pipeline called by name counts from 0."""
    original = Concurrent.region

    async def region(self: Concurrent, frame: Frame, place: int, node: g.Region, inputs: Any, turn: Turn) -> Value:
        if node.kind != "call":
            return await original(self, frame, place, node, inputs, turn)
        activation = frame.activation
        frame.activation = begun()
        try:
            return await original(self, frame, place, node, inputs, turn)
        finally:
            frame.activation = activation

    return mock.patch.object(Concurrent, "region", region)


def always_again() -> AbstractContextManager[Any]:
    """The function that always gives a value computes it at each call."""
    original = Concurrent.node

    async def node(self: Concurrent, frame: Frame, place: int, one: g.Node, inputs: Any, turn: Turn) -> Value:
        if isinstance(one, g.Apply) and isinstance(one.op, g.AlwaysOp):
            body = replace(frame.graph, output=one.inputs[0])
            return Closure(0, body, tuple(Ready(None) if not isinstance(t, Later) else t for t in frame.given))
        return await original(self, frame, place, one, inputs, turn)

    async def call(self: Concurrent, function: Value, arguments: Sequence[Value], turn: Turn, budget: Any) -> Value:
        if isinstance(function, Closure) and function.arity == 0:
            arguments = ()
        return await original_call(self, function, arguments, turn, budget)

    original_call = Concurrent.call
    return mock.patch.multiple(Concurrent, node=node, call=call)


def forgetful() -> AbstractContextManager[Any]:
    """Each reader of a `let` computes it for itself."""
    original = Concurrent.read

    async def read(self: Concurrent, frame: Frame, place: int, turn: Turn) -> Any:
        if isinstance(frame.graph.nodes[place], g.Draw) and frame.summaries[place].shared:
            frame.slots.pop(place, None)
        return await original(self, frame, place, turn)

    return mock.patch.object(Concurrent, "read", read)


def backward_judges() -> AbstractContextManager[Any]:
    """The last candidate is judged first."""
    original = Turn.in_a_row

    def row(self: Turn, reaches: Any) -> list[Turn]:
        made = original(self, reaches)
        if sys._getframe(1).f_code.co_name == "judge_all" and made and made[0].row is not None:
            backward = made[::-1]
            made[0].row.turns = backward
            for rank, one in enumerate(backward):
                one.rank = rank
        return made

    return mock.patch.object(Turn, "in_a_row", row)


def worth_by_arrival() -> AbstractContextManager[Any]:
    """A shared address is counted with the stage that drew it first by the clock."""

    def worth(self: Spent, seen: Any = None) -> Worth:
        seen, total = set(), Worth()
        for groups in self.stages.values():
            for group in groups:
                total += worth_of(group, seen)
        return total

    return mock.patch.object(Spent, "worth", worth)


def by_prompt() -> AbstractContextManager[Any]:
    """Requests of two prompts are two requests, however they read."""
    original = channel.shape_of

    def shape_of(op: g.RenderOp) -> Any:
        return ((op.prompt, "", "", True),) if original(op) is not None else None

    return mock.patch.object(sites, "shape_of", shape_of)


def by_model_name() -> AbstractContextManager[Any]:
    """Two names are two models."""
    return mock.patch.object(sites, "name", lambda model: (model.label, model.id))


def faults_take_no_index() -> AbstractContextManager[Any]:
    """A draw that could not be had gives its index back."""
    original = Concurrent.send

    async def send(self: Concurrent, one: Any, frame: Frame, *rest: Any) -> Any:
        found = await original(self, one, frame, *rest)
        for want, came in zip(one.wants, found, strict=True):
            missing = sum(not hasattr(x, "draw") for x in came)
            if missing:
                frame.activation.counts[self.world.draws.key(self.world.ask_of(want))] -= missing
        return found

    return mock.patch.object(Concurrent, "send", send)


def in_order_of_arrival() -> AbstractContextManager[Any]:
    """Candidates stand in the order in which their replies came."""
    original = Oracle.draw_many

    async def draw_many(self: Oracle, asks: Sequence[tuple[Ask, int]]) -> Any:
        came: list[Any] = []

        async def one(ask: Ask, index: int) -> None:
            came.extend(await original(self, [(ask, index)]))

        await asyncio.gather(*(one(a, i) for a, i in asks))
        return came if len({a for a, _ in asks}) == 1 else await original(self, asks)

    return mock.patch.object(Oracle, "draw_many", draw_many)


def budget_by_actual() -> AbstractContextManager[Any]:
    """A draw is admitted without room for its worst."""
    return mock.patch.object(Wanted, "worst", lambda self, *, opens: Cost(int(opens), 0))


def budget_of_bounds() -> AbstractContextManager[Any]:
    """Where a draw does not fit at the worst of those under way, it is refused at once."""

    def settle(self: Tab) -> None:
        self.held.clear()
        self.came.clear()
        self.budget.tabs.remove(self)

    return mock.patch.object(Tab, "settle", settle)


def heedless_of_what_is_to_come() -> AbstractContextManager[Any]:
    """A stage is admitted without regard to what stands before it and has not begun."""
    return mock.patch.object(Turn, "unended", lambda self, until: iter(()))


def settled_by_arrival() -> AbstractContextManager[Any]:
    """What has come is settled at once, whatever stands before it."""

    def settle(self: Ledger, budget: Any) -> None:
        for tab in [one for one in budget.tabs if one.came]:
            tab.settle()
        if not budget.tabs:
            self._held.pop(id(budget), None)

    return mock.patch.object(Ledger, "_settle", settle)


def bounded_by_nothing() -> AbstractContextManager[Any]:
    """What stands before and has not begun is taken to cost nothing."""
    return mock.patch.object(Turn, "bounded", lambda self, at_most, capped: setattr(self, "at_most", Cost()))


def capped_by_the_worst() -> AbstractContextManager[Any]:
    """What a `within` still lets through is reckoned from the worst of what it admitted, not from what came of it."""
    return mock.patch.object(Turn, "to_come", lambda self: self.at_most.least(self.capped).left(self.admitted))


def one_stream() -> AbstractContextManager[Any]:
    """All that takes random numbers in a run takes them from one stream."""
    streams: dict[int, random.Random] = {}

    def chance(self: World, contents: Value, activation: Activation) -> Callable[[], float]:
        activation.occurrence(contents)
        return streams.setdefault(id(self), random.Random(self.seed)).random

    return mock.patch.object(World, "chance", chance)


def shifted_by_draws() -> AbstractContextManager[Any]:
    """How many draws an activation has taken is part of its random numbers."""
    original = World.chance

    def chance(self: World, contents: Value, activation: Activation) -> Callable[[], float]:
        numbers = original(self, contents, activation)
        for _ in range(sum(activation.counts.values())):
            numbers()
        return numbers

    return mock.patch.object(World, "chance", chance)


def reported_once() -> AbstractContextManager[Any]:
    """What is kept for all rows reports to the first who reads it."""
    original, told = Reports.add_all, []

    def add_all(self: Reports, other: Reports) -> None:
        if not any(other is one for one in told):
            told.append(other)
            original(self, other)

    return mock.patch.object(Reports, "add_all", add_all)


def equal_by_key() -> AbstractContextManager[Any]:
    """Candidates are judged alike whose values are the same answer, texts trimmed."""
    return mock.patch.object(equals, "exact", key)


GUARDS = (
    unguarded(
        "merge equal draws", merge_equal, "merge_equal.MERGED", frozenset({"draws", "chance", "reports", "makes"})
    ),
    unguarded(
        "merge what takes random numbers", merge_equal, "merge_equal.MERGED", frozenset({"chance", "makes", "reports"})
    ),
    unguarded("merge what makes candidates", merge_equal, "merge_equal.MERGED", frozenset({"makes", "reports"})),
    unguarded("merge what reports", merge_equal, "merge_equal.MERGED", frozenset({"reports"})),
    unguarded("merge constants that are equal in Python", merge_equal, "merge_equal.repr", lambda value: value),
    unguarded("merge what may fail elsewhere", merge_equal, "merge_equal._can_fail", lambda node: False),
    unguarded("judge by the value alone", check_once, "check_once.looks_at", lambda f: frozenset({"value"})),
    unguarded(
        "judge once what draws",
        check_once,
        "check_once.DONE_ONCE",
        frozenset({"python", "impure", "draws", "chance", "reports", "makes"}),
    ),
    unguarded(
        "filter by what is not judged yet",
        cheap_first,
        "judge.WRITES",
        {name: frozenset() for name in ("verify", "score", "weigh", "prune")},
        saves=True,
    ),
    unguarded("filter before a judge that counts places", cheap_first, "looks_at.PLACED", frozenset(), saves=True),
    unguarded(
        "filter before a filter by what may not be there", cheap_first, "cheap_first.total", lambda f: True, saves=True
    ),
    unguarded("change the order of feedback", cheap_first, "cheap_first.gives_no_feedback", lambda f: True, saves=True),
    unguarded("change places with a check that is read", cheap_first, "cheap_first.FOUND", frozenset(), saves=True),
    unguarded("leave a let unread", cheap_first, "settled.Settled.calm", lambda self, graph, place: True, saves=True),
    unguarded("filter under a within", cheap_first, "cheap_first.any", lambda some: False, saves=True),
    unguarded("filter a pool that others read", cheap_first, "chain.Chains._sees_none", lambda *_: True, saves=True),
    unguarded(
        "keep draws for all rows",
        hoist,
        "hoist.DONE_ONCE",
        frozenset({"python", "reports", "draws", "chance", "makes"}),
    ),
)
"""The passes, each without one of its guards."""

MUTATIONS = (
    Mutation("merge two equal samples", everywhere(merge_draws)),
    Mutation("merge two equal resamples", everywhere(merge_chances)),
    Mutation("dedupe before a vote", everywhere(dedupe_before_vote)),
    Mutation("drop what is read lazily", everywhere(drop_lazy), crashes=True),
    Mutation("swap the pools of add", everywhere(swap_inputs)),
    Mutation("leave weigh out", everywhere(fuse_samples)),
    Mutation("weigh before a resample", everywhere(past("weigh", "resample"))),
    Mutation("keep the best before a resample", everywhere(past("prune", "resample"))),
    Mutation("score before the text changes", everywhere(past("score", "append"))),
    Mutation("leave resample out", everywhere(without("resample"))),
    Mutation("resample systematically", everywhere(with_argument("resample", "scheme", lambda _: "systematic"))),
    Mutation("stop drawing before the best can be known", everywhere(with_argument("sample", "n", fewer)), saves=True),
    Mutation("ask the cheap side of `and` first", everywhere(other_side_first), saves=True),
    *GUARDS,
    Mutation("take random numbers from one stream", patch=one_stream),
    Mutation("let draws shift random numbers", patch=shifted_by_draws),
    Mutation("report once for all who read", patch=reported_once),
    Mutation("judge alike what reads alike", patch=equal_by_key),
    Mutation("number draws by arrival", patch=by_arrival),
    Mutation("number chances by arrival", patch=chances_by_arrival),
    Mutation("compute both arms of a branch", patch=both_arms, crashes=True),
    Mutation("draw the second of otherwise ahead", patch=both_of_otherwise),
    Mutation("compute a let at its place", patch=eager_lets),
    Mutation("compute arguments before a pipeline", patch=eager_arguments),
    Mutation("let a function share its caller's activation", patch=shared_activation),
    Mutation("give a pipeline an activation of its own", patch=own_activation),
    Mutation("compute an always at each call", patch=always_again),
    Mutation("compute a let for each reader", patch=forgetful),
    Mutation("judge from the last to the first", patch=backward_judges),
    Mutation("tell requests apart by their prompts", patch=by_prompt),
    Mutation("tell models apart by their names", patch=by_model_name),
    Mutation("give the index of a failed draw back", patch=faults_take_no_index),
    Mutation("order candidates by arrival", patch=in_order_of_arrival),
    Mutation("count what it is worth by arrival", patch=worth_by_arrival),
    Mutation("admit without room for the worst", patch=budget_by_actual),
    Mutation("never settle what was held", patch=budget_of_bounds, crashes=True),
    Mutation("admit without regard to what is to come", patch=heedless_of_what_is_to_come),
    Mutation("take what is to come to cost nothing", patch=bounded_by_nothing),
    Mutation("settle what a budget holds by arrival", patch=settled_by_arrival),
    Mutation("reckon what a within still lets through from the worst", patch=capped_by_the_worst),
)
