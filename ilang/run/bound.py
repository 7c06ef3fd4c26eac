"""The most that a part of a running program may still cost, told before it runs.

Goes over the graph with what is known by now (`rough.py`). All inputs of a node count, read or not, each once. A bound
may be loose, never too small: under a budget a later part begins early only where it fits behind this (`ledger.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import Any

from ilang.backend.capabilities import Capabilities
from ilang.backend.prices import prices_of
from ilang.base.value import Model, Value
from ilang.draws.stand_in import with_stand_ins
from ilang.graph import node as g
from ilang.run.closure import Always, Closure, Later, Ready
from ilang.run.cost import UNBOUNDED, Amount, Cost, times
from ilang.run.failure import RunFailed
from ilang.run.rough import (
    NOTHING_KNOWN,
    UNKNOWN,
    Drafted,
    Rough,
    Roughs,
    Sketch,
    arity_of,
    known,
    may_be_function,
    most_of,
)
from ilang.run.turn import Turn
from ilang.run.world import World
from ilang.stages.pure import PURE
from ilang.stages.stage import Most
from ilang.stages.table import stage

ROUNDS = 32
"""A loop whose pool still grows after so many rounds has no bound."""


class Bound(Roughs):
    """One estimate. What is shared counts once.

    `capped`: a `within` counts at most what it allows. That holds of what its draws come to in the end, and not of the
    sum of their worsts as they are admitted bit by bit; `met` tells whether there is one. What is *paid* for its
    draws, in more calls than they are worth, may come to more: where there is a purse nothing is capped.
    """

    def __init__(self, world: World, *, capped: bool = True) -> None:
        super().__init__(world.bindings)
        self._world = world
        self._capped = capped
        self.met = False
        self._counted: set[tuple[int, int]] = set()

    def of(self, frame: Any, place: int) -> Cost:
        """Of computing a node of a frame."""
        try:
            return self._of(frame, place)
        except RunFailed:
            return UNBOUNDED

    def of_call(self, function: Value, arguments: Sequence[Value]) -> Cost:
        """Of calling a function."""
        if not isinstance(function, Closure):
            return Cost()
        try:
            return self._calls(function, [known(a) for a in arguments], 1)
        except RunFailed:
            return UNBOUNDED

    def _of(self, frame: Any, place: int) -> Cost:
        """The cost of all that is not computed yet, up to and with this node."""
        needed: set[int] = set()
        stack = [place]
        while stack:
            at = stack.pop()
            if at in needed or (id(frame), at) in self._counted or frame.outcome(at) is not None:
                continue
            needed.add(at)
            stack.extend(frame.graph.nodes[at].inputs)
        self._alive.append(frame)
        total = Cost()
        for at in sorted(needed):  # inputs stand before their readers
            self._counted.add((id(frame), at))
            total += self._own(frame, at)
        return total

    # -- costs

    def _own(self, frame: Any, place: int) -> Cost:
        """What a node's own part may cost, its inputs aside."""
        node = frame.graph.nodes[place]
        match node:
            case g.Input(at):
                thunk = frame.given[at]
                return Cost() if isinstance(thunk, Rough | Ready) else self._of(thunk.frame, thunk.place)
            case g.Apply(g.CallOp()):
                function, *arguments = [self._rough(frame, i) for i in node.inputs]
                return self._asked(function, arguments, 1)
            case g.Apply(g.StageOp(name, names)) if name not in PURE:
                return self._stage(name, names, [self._rough(frame, i) for i in node.inputs])
            case g.Draw(name, names):
                return self._stage(name, names, [self._rough(frame, i) for i in node.inputs])
            case g.Region():
                return self._region(frame, node, [self._rough(frame, i) for i in node.inputs])[0]
            case g.Budget(names):
                given = [self._rough(frame, i) for i in node.inputs]
                body = Sketch(node.body, given[len(names) :])
                self.met = True
                at_most = self._of(body, node.body.output)
                return at_most.least(allowed(names, given)) if self._capped else at_most
        return Cost()

    def _calls(self, function: Closure | Drafted, arguments: Sequence[Rough], times: Amount) -> Cost:
        """A function called so often; what it captured is computed once."""
        total = Cost()
        for capture in function.captures:
            if isinstance(capture, Later):
                total += self._of(capture.frame, capture.place)
        body = Sketch(function.body, [*arguments, *function.captures])
        return total + self._of(body, function.body.output).times(times)

    def _asked(self, function: Rough, arguments: Sequence[Rough], times: Amount) -> Cost:
        if function.function is not None:
            return self._calls(function.function, arguments, times)
        if isinstance(function.value, Closure):
            return self._calls(function.value, arguments, times)
        return Cost() if function.always or isinstance(function.value, Always) else UNBOUNDED.times(times)

    def _stage(self, name: str, names: Sequence[str], given: Sequence[Rough]) -> Cost:
        most = most_of(name, names, given)
        total = Cost()
        prompt: Amount = math.inf
        for x, argument in zip(given, names, strict=True):
            if may_be_function(argument, x):
                total += self._asked(x, [NOTHING_KNOWN] * (arity_of(x) or 1), most.asked)
                if argument == "next":
                    prompt = self._given(x).size
            elif argument in ("request", "requests"):
                prompt = x.size
        if most.wants and most.each:
            total += self._draws(dict(zip(names, given, strict=True)), most, prompt, follows=stage(name).follows)
        return total

    def _given(self, function: Rough) -> Rough:
        """What is known of what a function gives, whatever it is given."""
        closure = function.function or function.value
        if not isinstance(closure, Closure | Drafted):
            return known(closure.value) if isinstance(closure, Always) else NOTHING_KNOWN
        body = Sketch(closure.body, [*[NOTHING_KNOWN] * closure.arity, *closure.captures])
        return self._rough(body, closure.body.output)

    def _draws(self, given: Mapping[str, Rough], most: Most, prompt: Amount, *, follows: bool) -> Cost:
        """The draws of a stage, from whichever model it may ask."""
        world = self._world
        model = given.get("model", Rough(value=None)).value
        models = [model]
        if model is None:
            models = [world.bindings.default]
        if model is UNKNOWN or (model is None and follows):
            models = [world.bindings.default, *world.bindings.models.values()]
        limit = given.get("max_tokens", Rough(value=None)).value
        apart = world.purse is not None
        if apart:  # what is paid may be another's price
            models = list(chain.from_iterable(with_stand_ins(m) for m in models))
        found = [of_model(m, world.draws.capabilities(m), most, prompt, limit, apart=apart) for m in models]
        if any(one.usd is None for one in found):
            found = [Cost(one.calls, one.tokens, math.inf) for one in found]
        return Cost(
            max(one.calls for one in found),
            max(one.tokens for one in found),
            max(one.usd for one in found if one.usd is not None),
        )

    def _after(self, frame: Any, place: int, node: g.Region, given: Sequence[Rough]) -> Rough:
        return self._region(frame, node, given)[1]

    def _region(self, frame: Any, node: g.Region, given: Sequence[Rough]) -> tuple[Cost, Rough]:
        """What a region may cost, and what is known of its value."""
        if node.kind == "call":
            body = Sketch(node.body, given)
            return self._of(body, node.body.output), self._rough(body, node.body.output)
        values = dict(zip(node.names, given, strict=False))
        captures = given[len(node.names) :]
        split = len(captures) - node.until_captures
        pool = values.get("pool", NOTHING_KNOWN)
        total = Cost()
        for name, x in values.items():
            if may_be_function(name, x):
                total += self._asked(x, [NOTHING_KNOWN] * (arity_of(x) or 1), pool.items)
        if node.kind != "repeat":
            times: Amount = 1 if node.kind == "focus" else pool.items
            cost, after = self._body(node, pool, captures[:split], captures[split:])
            made = times * after.items if times and after.items else 0
            return total + cost.times(times), Rough(items=pool.items + made)
        rounds: Amount = math.inf
        if isinstance(values["max"].value, int):
            rounds = max(0, values["max"].value)
        done = 0
        while done < rounds:
            cost, after = self._body(node, pool, captures[:split], captures[split:])
            if after.items <= pool.items:  # the rounds that follow cost no more than this one
                return total + cost.times(rounds - done), pool
            total += cost
            pool = Rough(items=after.items)
            done += 1
            if done == ROUNDS:
                return UNBOUNDED, NOTHING_KNOWN
        return total, pool

    def _body(
        self, node: g.Region, pool: Rough, captures: Sequence[Rough], until: Sequence[Rough]
    ) -> tuple[Cost, Rough]:
        """One round: the test before it, and the body."""
        total = Cost()
        part = Rough(items=pool.items)
        if node.until is not None:
            test = Sketch(node.until, [part, *until])
            total += self._of(test, node.until.output)
            if node.until_each:
                total += self._asked(self._rough(test, node.until.output), [NOTHING_KNOWN], pool.items)
        body = Sketch(node.body, [part, *captures])
        return total + self._of(body, node.body.output), self._rough(body, node.body.output)


def allowed(names: Sequence[str], given: Sequence[Rough]) -> Cost:
    """What a `within` lets through."""
    found: dict[str, Any] = {}
    for name, x in zip(names, given, strict=False):
        if name != "seconds" and isinstance(x.value, int | float) and x.value >= 0:
            found[name] = x.value
    usd = found.get("usd", math.inf)
    return Cost(found.get("calls", math.inf), found.get("tokens", math.inf), usd if usd == math.inf else Fraction(usd))


def of_model(
    model: Model, able: Capabilities, most: Most, prompt: Amount, limit: Value, *, apart: bool = False
) -> Cost:
    """The draws that a stage wants, if this is the model. `apart`: each may go out by itself, whatever the model takes:
    what a budget admits bit by bit is paid for bit by bit."""
    if limit is UNKNOWN:
        output: Amount = math.inf
    else:
        output = limit or model.setting("max_tokens") or able.max_tokens
    if able.context is not None:
        prompt = min(prompt, able.context)
    calls: Amount = most.each if apart or not able.n else 1 if able.max_n is None else ceiling(most.each, able.max_n)
    one = Cost(calls, calls * prompt + most.each * output, usd_of(model, able, prompt, calls, most.each * output))
    return one.times(most.wants)


def usd_of(model: Model, able: Capabilities, prompt: Amount, calls: Amount, output: Amount) -> Fraction | float | None:
    listed = prices_of(model, able)
    if listed is None:
        return None
    prices = listed.at(prompt)
    usd: Fraction | float = times(prices.input, calls * prompt) + times(prices.output, output)
    return usd


def bind(turn: Turn, world: World, of: Callable[[Bound], Cost]) -> None:
    """Tells a turn how much it comes to at most."""
    bound = Bound(world, capped=False)
    at_most = of(bound)
    turn.bounded(at_most, of(Bound(world)) if bound.met and world.purse is None else at_most)


def ceiling(n: Amount, parts: int) -> Amount:
    return n if n == math.inf else -(-int(n) // parts)
