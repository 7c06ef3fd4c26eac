"""How many calls stand one behind the other on the longest way through a graph: what makes a run last, not cost.

Stages wait for what they read; the requests of one stage go out together, and so do the judgements of its functions
(`mark` asks for one name after the other, `cluster` one pair after the other).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ilang.estimate.guesses import Guesses
from ilang.estimate.likely import Likely
from ilang.estimate.part import Made, Part
from ilang.estimate.range import Range, product
from ilang.graph import node as g
from ilang.run.cost import Amount
from ilang.run.rough import UNKNOWN, may_be_function
from ilang.stages.choosing import MOST_TOKENS
from ilang.stages.pure import PURE
from ilang.stages.table import stage


@dataclass(frozen=True, slots=True)
class Wait:
    """`usual` calls one behind the other are expected, `high` at most; `way` names the stages, each with how often."""

    usual: float = 0
    high: Amount = 0
    way: tuple[tuple[str, float], ...] = ()

    def then(self, other: Wait) -> Wait:
        """One behind the other."""
        return Wait(self.usual + other.usual, self.high + other.high, (*self.way, *other.way))

    def often(self, times: Range) -> Wait:
        """Again and again."""
        usual = self.usual * times.usual if self.usual else 0
        high = self.high * times.high if self.high and times.high else 0
        return Wait(usual, high, tuple((name, n * times.usual) for name, n in self.way if times.usual))


def longest(some: Sequence[Wait]) -> Wait:
    """The longest of these, by what is expected; none of them takes more than its `high`."""
    found = max(some, key=lambda one: (one.usual, one.high), default=Wait())
    return Wait(found.usual, max((one.high for one in some), default=0), found.way)


class Waiting:
    """Of one estimate, whose parts are known to these guesses."""

    def __init__(self, guesses: Guesses) -> None:
        self._guesses = guesses
        self._known: dict[tuple[int, int], Wait] = {}

    def of(self, part: Part, place: int) -> Wait:
        """Until the value of a node is there. Only what is needed is waited for."""
        stack = [place]
        while stack:
            at = stack[-1]
            if (id(part), at) in self._known:
                stack.pop()
                continue
            inputs = part.graph.nodes[at].inputs
            pending = [i for i in inputs if i in part.needed and (id(part), i) not in self._known]
            if pending:
                stack.extend(pending)
            else:
                self._known[id(part), at] = self._of(part, at)
        return self._known[id(part), place]

    def _of(self, part: Part, place: int) -> Wait:
        node = part.graph.nodes[place]
        before = longest([self._known[id(part), i] for i in node.inputs if (id(part), i) in self._known])
        if place not in part.needed or self._guesses.rough(part, place).value is not UNKNOWN:
            lazy = part.lazy[node.place] if isinstance(node, g.Input) else None
            if lazy is None or place not in part.needed:
                return Wait() if isinstance(node, g.Input) else before
        match node:
            case g.Input(at):
                lazy = part.lazy[at]
                return Wait() if lazy is None else self.of(lazy.part, lazy.place)
            case g.Region("call") | g.Budget():
                return longest([before, self.of(self._guesses.body(part, place), node.body.output)])
            case g.Branch("otherwise", (first, second)):
                a = self._known.get((id(part), first), Wait())
                b = self._known.get((id(part), second), Wait())
                return a if not b.high else a.then(b)
            case g.Region():
                return before.then(self._region(part, place, node))
            case g.Draw(name, names) | g.Apply(g.StageOp(name, names)) if name not in PURE:
                return before.then(self._stage(part, place, name, names))
            case g.Apply(g.CallOp()):
                function = self._guesses.rough(part, node.inputs[0]).function
                if isinstance(function, Made):
                    given = [self._guesses.rough(part, i) for i in node.inputs[1:]]
                    likely = [self._guesses.likely(part, i) for i in node.inputs[1:]]
                    body = self._guesses.function(part, place, "", function, likely, given)
                    return before.then(self.of(body, body.graph.output))
        return before

    def _region(self, part: Part, place: int, node: g.Region) -> Wait:
        total = Wait()
        for often, body, until in self._guesses.rounds(part, place, node)[0]:
            one = self.of(body, body.graph.output)
            if until is not None:
                one = self.of(until, until.graph.output).then(one)
            total = total.then(one.often(often if node.kind == "repeat" else Range(0, 1, 1)))
        return Wait(total.usual, total.high, merged(total.way))

    def _stage(self, part: Part, place: int, name: str, names: Sequence[str]) -> Wait:
        guesses, inputs = self._guesses, part.graph.nodes[place].inputs
        given = {n: guesses.rough(part, i) for n, i in zip(names, inputs, strict=True)}
        likely = {n: guesses.likely(part, i) for n, i in zip(names, inputs, strict=True)}
        source = likely.get("pool", likely.get("list", Likely()))
        waves = given["n"].value if "consumer" in given else 1
        asked = []
        for argument, x in given.items():
            if may_be_function(argument, x) and isinstance(x.function, Made):
                bodies = guesses.asked_of(part, place, argument)
                asked.append(longest([self.of(body, body.graph.output) for body in bodies if body.needed]))
            elif may_be_function(argument, x) and x.value is UNKNOWN and not x.always:
                asked.append(Wait(0, math.inf))
        total = Wait()
        if name == "mark":
            for one in asked:
                total = total.then(one)
        else:
            total = longest(asked)
        if name == "cluster":
            c = source.count
            pairs = Range(0, c.usual * max(0.0, c.usual - 1) / 2, c.high * c.high if c.high else 0)
            total = total.often(pairs)
        if stage(name).draws:
            request = likely.get("request", likely.get("requests", source))
            prompt = request.prompt
            for body in guesses.asked_of(part, place, "next"):
                prompt = guesses.likely(body, body.graph.output).prompt
            label = f"{name} {prompt}" if prompt else name
            choosing = name == "tally" or ("choices" in given and given["choices"].value is not None)
            high = waves if isinstance(waves, int) else math.inf
            if high != 1:
                total = Wait(total.usual, product(total.high, high), total.way).then(Wait(0, high - 1))
            total = total.then(Wait(1, MOST_TOKENS + 1 if choosing else 1, ((label, 1.0),)))
        return total


def merged(way: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """A way in which equal stages of a loop's rounds stand once."""
    found: dict[str, float] = {}
    for name, n in way:
        found[name] = found.get(name, 0) + n
    return tuple(found.items())
