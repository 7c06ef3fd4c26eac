"""The pass `cheap_first`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ilang.graph import node as g
from ilang.optimize.bodies import ordered, through
from ilang.optimize.chain import Chains, given
from ilang.optimize.effects import Known
from ilang.optimize.judge import FOUND, Judge, is_none, judge_at, keeps_the_verified
from ilang.optimize.settled import Settled
from ilang.optimize.total import gives_no_feedback, total


def cheap_first(graph: g.Graph) -> g.Graph:
    """A filter that is reckoned at once stands before judges that are asked, where that changes nothing that is read.

    `score(f) | prune(unless=it.tokens < 100)`, where f asks a model, scores all to drop some. Before:

        0 draw sample(...)
        1 function of 1                      # f(it): asks a model
        2 stage score(pool=0, f=1)
        3 function of 1                      # it.tokens < 100
        4 stage prune(pool=2, unless=3, none_if_empty=true)  -> output

    After, those that go are not scored; where none is left the last one says so as before:

        0 draw sample(...)
        1 function of 1                      # f(it)
        2 function of 1                      # it.tokens < 100
        3 stage prune(pool=0, unless=2)
        4 stage score(pool=3, f=1)
        5 stage prune(pool=4, unless=none, none_if_empty=true)  -> output

    So too over `verify`, `mark`, `weigh` and another `prune(unless=)`. And of `verify(a) | verify(b) |
    prune(unless=it.verified)` the cheap one of the two stands first, and what fails it goes before the other is asked.

    The filter must read no field that the judge writes, and neither of them where a candidate stands or who is beside
    it. Over another filter it must be sure to give an answer, or it would report what it cannot say of candidates that
    had gone. Two checks change places only where neither reads what the other found and the cheap one gives no
    feedback, for feedback is joined in their order. Python that is not declared pure is asked in the order that is
    written: a filter asks none, and of two checks that change places one at most does. What a judge captures must
    number nothing when it is read: a candidate fewer might leave it unread. A program with a `within` is left as it
    is: what one part does not spend there another would. Draws, and what is reported of them, become fewer; nothing
    else changes.
    """
    if any(isinstance(node, g.Budget) for one in g.all_graphs(graph) for node in one.nodes):
        return graph
    known = Known()
    settled = Settled(graph, known)
    return through(graph, lambda old, new: _planned(old, known, settled).done(new))


@dataclass(slots=True)
class _Plan:
    """What is to change in a graph. `before`: the filters, by their places, that are to stand before a stage; `idle`:
    those that have nothing left to judge; `checks`: the place whose check a `verify` now has."""

    before: dict[int, list[int]] = field(default_factory=dict)
    idle: set[int] = field(default_factory=set)
    checks: dict[int, int] = field(default_factory=dict)

    def put(self, place: int, at: int, k: int) -> None:
        """A filter is to stand before a stage, behind k others."""
        self.before.setdefault(at, []).insert(k, place)

    def among(self, at: int, filter_: Judge, judges: dict[int, Judge]) -> tuple[int, int] | None:
        """Where among the filters before a stage one that may pass them is to stand: before the first dearer one."""
        dearer = (k for k, one in enumerate(self.before.get(at, ())) if judges[one].cost > filter_.cost)
        return next(((at, k) for k in dearer), None)

    def done(self, graph: g.Graph) -> g.Graph:
        """The graph changed so."""
        if not self.before and not self.checks:
            return graph
        nodes = dict(enumerate(graph.nodes))
        for place, other in self.checks.items():
            check = with_input(graph.nodes[place], "check", given(graph.nodes[other], "check"))
            nodes[place] = replace(check, span=graph.nodes[other].span)
        for place in self.idle:
            nodes[place] = with_input(nodes[place], "unless", _none(nodes))
        for place, filters in self.before.items():
            for one in filters:
                nodes[place] = with_input(nodes[place], "pool", _filter(nodes, graph.nodes[one], nodes[place]))
        return ordered(graph, nodes, graph.output)


def _none(nodes: dict[int, g.Node]) -> int:
    """The place of the constant none."""
    found = next((place for place, node in nodes.items() if is_none(node)), len(nodes))
    nodes.setdefault(found, g.Constant(None))
    return found


def _filter(nodes: dict[int, g.Node], like: g.Node, stage: g.Node) -> int:
    """A filter like another one, of the pool that a stage is given."""
    none = _none(nodes)
    inputs = (given(stage, "pool"), given(like, "unless"), none, none)
    nodes[len(nodes)] = g.Apply(g.StageOp("prune", ("pool", "unless", "keep", "by")), inputs, like.span)
    return len(nodes) - 1


def with_input(node: g.Node, name: str, place: int) -> g.Node:
    """A stage that is given another node for an argument."""
    assert isinstance(node, g.Apply) and isinstance(node.op, g.StageOp)
    inputs = tuple(place if n == name else i for n, i in zip(node.op.names, node.inputs, strict=True))
    return replace(node, inputs=inputs)


def _planned(graph: g.Graph, known: Known, settled: Settled) -> _Plan:
    """Where the filters of a graph are to stand."""
    plan = _Plan()
    judges = {place: one for place in range(len(graph.nodes)) if (one := judge_at(graph, place, known, settled))}
    filters = [place for place, one in judges.items() if one.drops and one.cost < 2 and one.pure]
    if not filters:
        return plan
    chains = Chains(graph)
    for place in filters:
        below = chains.below(place)
        if keeps_the_verified(judges[place].functions[0]):
            _sort(plan, below, judges)
            _part(plan, place, below, judges)
        if place not in plan.idle:
            _sink(plan, place, below, judges)
    return plan


def _sink(plan: _Plan, place: int, below: list[int], judges: dict[int, Judge]) -> None:
    """Plans a filter before the first of the stages below that it spares work."""
    filter_ = judges[place]
    sure = total(filter_.functions[0])
    target: tuple[int, int] | None = None
    for at in below:
        judge = judges.get(at)
        if judge is None or judge.writes & filter_.reads:
            break
        if at not in plan.idle:
            if not judge.each or (judge.drops and not sure):
                break
            if judge.cost > filter_.cost:
                target = at, len(plan.before.get(at, ()))
        if at in plan.before:
            if not sure:
                break
            target = plan.among(at, filter_, judges) or target
    if target is not None:
        plan.put(place, *target)
        plan.idle.add(place)


def _sort(plan: _Plan, below: list[int], judges: dict[int, Judge]) -> None:
    """Plans the checks one behind the other right below `prune(unless=it.verified)`: the cheap ones first."""
    places: list[int] = []
    for at in below:
        if at in plan.checks or (judge := judges.get(at)) is None or judge.stage != "verify":
            break
        places.insert(0, at)
    order = list(places)
    moved = True
    while moved:
        moved = False
        for k in range(len(order) - 1):
            first, then = judges[order[k]], judges[order[k + 1]]
            silent = gives_no_feedback(then.functions[0])
            if then.cost < first.cost and silent and _apart(first) and _apart(then) and (first.pure or then.pure):
                order[k], order[k + 1] = order[k + 1], order[k]
                moved = True
    plan.checks.update({place: other for place, other in zip(places, order, strict=True) if place != other})


def _apart(judge: Judge) -> bool:
    """Whether a check reads nothing of what others found."""
    return not judge.reads & FOUND


def _part(plan: _Plan, place: int, below: list[int], judges: dict[int, Judge]) -> None:
    """Plans `prune(unless=it.verified)` behind each check below that is cheaper than what is asked after it."""
    crossed = False
    dearest, last = 0, None
    for at in below:
        judge = judges.get(at)
        if judge is None or not judge.each or (judge.drops and keeps_the_verified(judge.functions[0])):
            break
        now = judges[plan.checks.get(at, at)]
        if judge.stage == "verify":
            if last is not None and now.cost < min(dearest, 2):
                plan.put(place, *(plan.among(last, judges[place], judges) or (last, len(plan.before.get(last, ())))))
                if not crossed:  # else what comes behind finds more
                    plan.idle.add(place)
                dearest = 0
            crossed = True
        dearest, last = max(dearest, now.cost), at
