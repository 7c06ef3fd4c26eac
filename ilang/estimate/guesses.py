"""What is known and guessed of each node of a graph that does not run yet.

What is known surely (`run/rough.py`) bounds what is guessed. A part is made once for each body and each node that asks
it, so that values and costs speak of the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from ilang.backend.prompt_tokens import A_MESSAGE, A_PROMPT
from ilang.base.type import BOOL, INT, Enum, Type
from ilang.base.type import NUMBER as NUMBER_TYPE
from ilang.base.value import Model
from ilang.estimate.assumptions import Assumptions
from ilang.estimate.likely import (
    NUMBER,
    Likely,
    either,
    joined,
    likely_of,
    python_of,
    text_size,
    unknown,
    why_of,
)
from ilang.estimate.part import Elsewhere, Made, Part
from ilang.estimate.range import ANY, NOTHING, ONCE, Range, exactly
from ilang.graph import node as g
from ilang.run.closure import Always, Closure
from ilang.run.cost import Amount
from ilang.run.rough import NOTHING_KNOWN, UNKNOWN, Rough, Roughs
from ilang.run.world import World
from ilang.stages.pure import PURE
from ilang.stages.stage import Most, Sizes
from ilang.stages.table import stage

ROUNDS = 32
"""Rounds of a loop that are looked at one by one while its pool, or its texts, grow."""

NUMBERS = frozenset("score weight round number tokens lines logprob entropy cluster verified parsed finished".split())
"""Fields of a candidate that print as a number or a truth value."""

SMALL = (BOOL, INT, NUMBER_TYPE)


class Guesses(Roughs):
    """Of one run. `entry` is the part of its entry."""

    def __init__(self, world: World, assume: Assumptions) -> None:
        super().__init__(world.bindings)
        self.world = world
        self.assume = assume
        self._likely: dict[tuple[int, int], Likely] = {}
        self._parts: dict[tuple[int, int, object], Part] = {}
        self._of_node: dict[tuple[int, int], list[tuple[object, Part]]] = {}
        self._numbers = count()

    def entry(self, graph: g.Graph, given: Sequence[Rough], names: Sequence[str]) -> Part:
        """The part in which a run begins. `names`: what it is given, for people."""
        likely = [
            unknown(self.assume, f"`{name}` is not given") if x.value is UNKNOWN else likely_of(x.value, self.assume)
            for name, x in zip(names, given, strict=True)
        ]
        return Part(graph, given, likely, [None] * len(given), next(self._numbers), (graph.name,), ())

    def rough(self, part: Part, place: int) -> Rough:
        """What is known of a node."""
        return self._rough(part, place)

    def body(self, part: Part, place: int) -> Part:
        """The part of the body of a called pipeline, or of a `within`."""
        node = part.graph.nodes[place]
        assert isinstance(node, g.Region | g.Budget)
        skip = len(node.names) if isinstance(node, g.Budget) else 0
        return self._inside(part, place, node.body, [self._rough(part, i) for i in node.inputs[skip:]])

    # -- parts

    def _inside(self, frame: Any, place: int, body: g.Graph, given: Sequence[Rough]) -> Part:
        """The part of a called pipeline, of a `within`, of a function called by name."""
        node = frame.graph.nodes[place]
        if isinstance(node, g.Apply):
            function = self._rough(frame, node.inputs[0]).function
            assert isinstance(function, Made)
            return self.function(frame, place, "", function, [self.likely(frame, i) for i in node.inputs[1:]], given)
        skip = len(node.names) if isinstance(node, g.Budget) else 0
        found = self._parts.get((id(frame), place, "body"))
        if found is None:
            inputs = node.inputs[skip:]
            name = () if isinstance(node, g.Budget) else (node.name,)
            found = self._parts[id(frame), place, "body"] = Part(
                body,
                given,
                [self.likely(frame, i) for i in inputs],
                [Elsewhere(frame, i) for i in inputs],
                frame.activation,
                (*frame.way, *name),
                (*frame.order, place),
            )
        return found

    def function(
        self,
        part: Part,
        place: int,
        of: object,
        function: Made,
        likely: Sequence[Likely],
        known: Sequence[Rough] = (),
    ) -> Part:
        """The part of a function's body, asked by a node. `of`: what tells it from others that the node asks."""
        found = self._parts.get((id(part), place, of))
        if found is None:
            arguments = [*known, *[NOTHING_KNOWN] * function.arity][: function.arity]
            guessed = [*likely, *[unknown(self.assume, "what a function is given is not known")] * function.arity]
            found = self._parts[id(part), place, of] = Part(
                function.body,
                [*arguments, *function.captures],
                [*guessed[: function.arity], *function.likely],
                [None] * len(function.body.params),
                next(self._numbers),
                (*part.way, *((function.name,) if function.name else ())),
                (*part.order, place),
            )
            self._of_node.setdefault((id(part), place), []).append((of, found))
        return found

    def asked_of(self, part: Part, place: int, name: str) -> list[Part]:
        """The parts of a function that a node has asked: one for all elements, or one for each."""
        return [
            one
            for of, one in self._of_node.get((id(part), place), ())
            if of == name or (isinstance(of, tuple) and of[0] == name)
        ]

    def round(
        self, part: Part, place: int, of: object, body: g.Graph, pool: tuple[Rough, Likely], captures: g.Refs
    ) -> Part:
        """The part of a region's body on such a pool."""
        found = self._parts.get((id(part), place, of))
        if found is None:
            found = self._parts[id(part), place, of] = Part(
                body,
                [pool[0], *(self._rough(part, i) for i in captures)],
                [pool[1], *(self.likely(part, i) for i in captures)],
                [None] * (1 + len(captures)),
                part.activation,
                part.way,
                (*part.order, place),
            )
        return found

    # -- values

    def likely(self, part: Part, place: int) -> Likely:
        """What is guessed of a node's value."""
        stack = [place]
        while stack:
            at = stack[-1]
            if (id(part), at) in self._likely:
                stack.pop()
                continue
            pending = [i for i in part.graph.nodes[at].inputs if (id(part), i) not in self._likely]
            if pending:
                stack.extend(pending)
            else:
                self._alive.append(part)
                self._likely[id(part), at] = self._guess(part, at)
        return self._likely[id(part), place]

    def _value(self, frame: Any, place: int) -> Rough:
        node = frame.graph.nodes[place]
        if isinstance(node, g.Function):
            roughs = tuple(self._rough(frame, i) for i in node.inputs)
            likely = tuple(self.likely(frame, i) for i in node.inputs)
            name = "" if node.body.name == "function" else node.body.name
            return Rough(function=Made(node.arity, node.body, roughs, likely, name))
        if isinstance(node, g.Region) and node.kind == "call":
            body = self._inside(frame, place, node.body, [self._rough(frame, i) for i in node.inputs])
            return self._rough(body, node.body.output)
        return super()._value(frame, place)

    def _after(self, frame: Any, place: int, node: g.Region, given: Sequence[Rough]) -> Rough:
        likely = self.likely(frame, place)
        return Rough(items=likely.count.high)

    def _guess(self, part: Part, place: int) -> Likely:
        node = part.graph.nodes[place]
        match node:
            case g.Input(at):
                return part.likely[at]
            case g.Constant(value):
                return likely_of(value, self.assume)
            case g.Function():
                return Likely(sure=True)
            case g.Region("call") | g.Budget():
                found = self.likely(self.body(part, place), node.body.output)
                return found if isinstance(node, g.Region) else replace(found, sure=False)
            case g.Region():
                return self.rounds(part, place, node)[1]
            case g.Branch(kind, inputs):
                return self._branch(part, kind, inputs)
            case g.Draw(name, names):
                return self._stage(part, place, name, names)
            case g.Apply(op):
                known = self._rough(part, place).value
                if known is not UNKNOWN and not isinstance(op, g.AlwaysOp):
                    return likely_of(known, self.assume)
                return self._applied_guess(part, place, op, [self.likely(part, i) for i in node.inputs])
        raise AssertionError(node)

    def _branch(self, part: Part, kind: str, inputs: g.Refs) -> Likely:
        first = self._rough(part, inputs[0]).value
        guessed = [self.likely(part, i) for i in inputs]
        if kind == "some":
            return replace(guessed[1], sure=False)
        if kind == "if" and first is not UNKNOWN:
            return guessed[1] if first else guessed[2]
        if kind == "otherwise" and first is not UNKNOWN and first is not None:
            return guessed[0]
        a, b = (guessed[1], guessed[2]) if kind == "if" else (guessed[0], guessed[1])
        sure = all(x.sure for x in guessed) if kind == "if" else b.sure and a.sure
        return replace(either(a, b), sure=sure)

    def _applied_guess(self, part: Part, place: int, op: g.Op, given: Sequence[Likely]) -> Likely:
        assumed, why = joined(*given), why_of(given)
        sure = all(x.sure for x in given)
        match op:
            case g.ModelOp() | g.AlwaysOp():
                return Likely(sure=True)
            case g.FieldOp(owner, name):
                return self._field(owner, name, given[0])
            case g.ListOp():
                sizes = [x.printed for x in given]
                size = (
                    Range(0, math.fsum(x.usual for x in sizes) / len(sizes), max(x.high for x in sizes))
                    if sizes
                    else NOTHING
                )
                return Likely(exactly(len(given)), size, sure, assumed=assumed, unbounded=why)
            case g.RecordOp(names):
                size = sum((x.printed for x in given), Range(0, 3 * len(names), sum(len(n) + 12 for n in names)))
                return Likely(size=size, sure=sure, assumed=assumed, unbounded=why)
            case g.TextOp(parts):
                return Likely(size=self._written(parts, given), assumed=assumed | {"characters"}, unbounded=why)
            case g.RenderOp():
                return self._rendered(op, given)
            case g.ConvertOp("value" | "value_or_text" | "verdict" | "checked", type_):
                return self._as_type(replace(given[0], sure=False), type_ if op.how != "verdict" else None)
            case g.ConvertOp():
                least = 0 if op.how == "values" else given[0].count.low
                one = self._read(given[0]) if given[0].python else given[0]
                return replace(one, count=replace(one.count, low=least))
            case g.PythonOp(key):
                return unknown(self.assume, f"what `{key.rpartition(':')[2]}`, a Python function, gives is not known")
            case g.CallOp():
                function = self._rough(part, self._node(part, place).inputs[0]).function
                if isinstance(function, Made):
                    roughs = [self._rough(part, i) for i in self._node(part, place).inputs[1:]]
                    body = self._inside(part, place, function.body, roughs)
                    return replace(self.likely(body, function.body.output), sure=False)
                return unknown(self.assume, "what a function gives is not known")
            case g.StageOp(name, names) if name in PURE:
                return self._pure(name, dict(zip(names, given, strict=True)), assumed, why)
            case g.StageOp(name, names):
                return self._stage(part, place, name, names)
        raise AssertionError(op)

    def _node(self, part: Part, place: int) -> g.Node:
        return part.graph.nodes[place]

    def _as_type(self, likely: Likely, type_: Type | None) -> Likely:
        """A value read as a type: a number is short, whatever it was read from."""
        if likely.python and type_ != BOOL and not isinstance(type_, Enum):
            return self._read(likely)
        likely = replace(likely, python="")
        if type_ in SMALL:
            return replace(likely, count=ONCE, size=NUMBER.size)
        if isinstance(type_, Enum):
            longest = max(len(words.encode()) for _, words in type_.members)
            return replace(likely, count=ONCE, size=Range(0, min(3, longest), longest))
        return likely

    def _read(self, likely: Likely) -> Likely:
        """What a Python function reads a reply as: it may be of any size."""
        return replace(
            likely,
            size=Range(0, self.assume.text, math.inf),
            python="",
            assumed=likely.assumed | {"text"},
            unbounded=f"what `{likely.python}`, a Python function, reads a reply as is not known",
        )

    def _field(self, owner: str, name: str, of: Likely) -> Likely:
        """A field of a candidate, a record, a tally."""
        if owner == "candidate":
            if name in NUMBERS:
                return replace(NUMBER, sure=name not in ("score", "logprob", "entropy", "cluster"))
            if name in ("text", "last", "thinking", "model"):
                return replace(of, count=ONCE, sure=True, python="")
            if name == "value":
                return self._as_type(replace(of, count=ONCE, sure=False), of.reads)
            if name in ("parent", "root"):
                return replace(of, sure=True)
            if name == "others":
                c = of.count
                return replace(of, count=Range(max(0, c.low - 1), max(0, c.usual - 1), max(0, c.high - 1)), sure=True)
            if name == "feedback":
                why = "how long the feedback of a check is is not known" if of.feedback.high == math.inf else ""
                return Likely(size=of.feedback, sure=True, assumed=of.assumed, unbounded=why)
            if name in dict(of.marks):
                return dict(of.marks)[name]
            if name == "path":
                return replace(
                    of, count=Range(1, 2, math.inf), unbounded="how long `it.path` is is not known", sure=True
                )
            return unknown(self.assume, f"how long `it.{name}` is is not known")
        if owner == "tally":
            if name in ("winner", "answers"):
                c = ONCE if name == "winner" else Range(0, of.count.usual, of.count.high)
                return self._as_type(replace(of, count=c), of.reads if name == "winner" else None)
            return NUMBER
        return replace(
            of, count=Range(0, 1 if of.count == ONCE else of.count.usual, of.size.high) if owner != "message" else ONCE
        )

    def _pure(self, name: str, given: Mapping[str, Likely], assumed: frozenset[str], why: str) -> Likely:
        """What a pure function gives; of a text, no more than went in."""
        first = next(iter(given.values()), Likely())
        whole = sum((x.printed for x in given.values()), NOTHING)
        if name in ("join", "numbered", "json", "show"):
            mark = next((x for n, x in given.items() if n in ("by", "separator", "with")), Likely())
            more = first.count.times(mark.size + Range(0, 1, 8 + 24 * (name != "join")))
            spread = 1 if name in ("join", "show") else 6 if name == "json" else 1  # an escape of a control character
            size = Range(0, first.printed.usual, first.printed.high * spread) + more
            return Likely(size=size, assumed=assumed, unbounded=why)
        if name in ("split", "lines"):
            pieces = Range(0, max(1.0, first.size.usual / 20), first.size.high * 4 + 1)
            return Likely(
                pieces, Range(0, min(20, first.size.usual), first.size.high), assumed=assumed | {"text"}, unbounded=why
            )
        if name == "flatten":
            return Likely(Range(0, first.count.usual, first.size.high), first.size, assumed=assumed, unbounded=why)
        if name in ("first", "last"):
            return replace(first, count=ONCE, sure=False)
        if name == "+":
            lists = [x for x in given.values() if x.count != ONCE]
            if lists:
                counts = sum((x.count for x in given.values()), NOTHING)
                sizes = [x.size for x in given.values()]
                return Likely(
                    counts,
                    Range(0, max(x.usual for x in sizes), max(x.high for x in sizes)),
                    assumed=assumed,
                    unbounded=why,
                )
            return Likely(size=whole + Range(0, 0, 24), assumed=assumed, unbounded=why)
        if name in ("lower", "upper", "trim"):
            return first.sized(Range(0, first.size.usual, first.size.high * (3 if name == "upper" else 2)), first)
        if name in ("max", "min") or name in ("length", "sum", "mean"):
            return replace(NUMBER, assumed=assumed)
        return replace(NUMBER, assumed=assumed)

    def _written(self, parts: Sequence[str | None], given: Sequence[Likely]) -> Range:
        """A text with holes."""
        fixed = [text_size(p, self.assume) for p in parts if p is not None]
        return sum((*fixed, *(x.printed for x in given)), NOTHING)

    def _rendered(self, op: g.RenderOp, given: Sequence[Likely]) -> Likely:
        """A prompt of which not all holes are known."""
        total = Range(0, 0, len((op.schema or "").encode()))
        at = 0
        reads, python = op.type, python_of(op.extract, op.argument)
        for role, parts in op.parts:
            holes = sum(1 for p in parts if p is None)
            mine = given[at : at + holes]
            if role == "include":
                total += mine[0].printed if mine[0].count != ONCE else mine[0].size
                if op.reads == at:
                    reads, python = mine[0].reads, mine[0].python
            else:
                total += self._written(parts, mine) + Range(0, 4, 0)
            at += holes
        if op.shape != "text":
            total += Range(0, 0, A_PROMPT + A_MESSAGE * (len(op.parts) + 1))
        return Likely(
            size=total,
            prompt=op.prompt,
            reads=reads,
            python=python,
            assumed=joined(*given) | {"characters"},
            unbounded=why_of(given),
        )

    # -- stages

    def sizes(self, names: Sequence[str], roughs: Sequence[Rough], likely: Sequence[Likely]) -> tuple[Sizes, Sizes]:
        """What a stage's facts may ask of its arguments: at most, and as expected."""
        values = {n: x.value for n, x in zip(names, roughs, strict=True) if x.value is not UNKNOWN}
        most = {n: min(x.items, y.count.high) for n, x, y in zip(names, roughs, likely, strict=True)}
        usual = {n: y.count.usual for n, y in zip(names, likely, strict=True)}
        guessed = {"n": self.assume.n, "max": self.assume.rounds, "keep": self.assume.items, "top": 1}
        expected = {**{n: v for n, v in guessed.items() if n in names}, **values}
        return Sizes(most, values), Sizes(usual, expected)

    def most(self, name: str, at: Sizes) -> Most:
        """What a stage does with so much."""
        facts = stage(name)
        if facts.most is not None:
            return facts.most(at)
        return Most(wants=math.inf if facts.draws else 0, items=at.most, asked=at.most)

    def limit(self, given: Mapping[str, Rough], models: Sequence[Model]) -> Amount:
        """Tokens that a reply may have."""
        value = given["max_tokens"].value if "max_tokens" in given else None
        if value is UNKNOWN:
            return math.inf
        if isinstance(value, int) and value:
            return value
        found: list[Amount] = [m.setting("max_tokens") or self.world.draws.capabilities(m).max_tokens for m in models]
        return max(found, default=math.inf)

    def models(self, name: str, given: Mapping[str, Rough], pool: Likely | None) -> tuple[Model, ...]:
        """The models that a stage may ask; the first is as likely as any."""
        bound = self.world.bindings
        model = given["model"].value if "model" in given else None
        if isinstance(model, Model):
            return (model,)
        if model is None and not stage(name).follows:
            return (bound.default,)
        if model is None and pool is not None and pool.writers is not None:
            return tuple(sorted(pool.writers, key=lambda m: (m.label, m.shown))) or (bound.default,)
        return tuple(dict.fromkeys((bound.default, *bound.models.values())))

    def reply(self, given: Mapping[str, Rough], models: Sequence[Model]) -> Likely:
        """A reply, as it is read in another prompt."""
        limit = self.limit(given, models)
        usual, assumed = self.expected_reply(limit)
        why = "`max_tokens` is not known" if limit == math.inf else ""
        return Likely(size=Range(0, usual, limit * self.assume.reread), assumed=assumed | {"reread"}, unbounded=why)

    def expected_reply(self, limit: Amount) -> tuple[float, frozenset[str]]:
        """Tokens that a reply is expected to have, and by which assumption."""
        if self.assume.reply:
            return min(self.assume.reply, limit), frozenset({"reply"})
        if limit == math.inf:
            return self.assume.text, frozenset({"text"})
        return self.assume.output * limit, frozenset({"output"})

    def _stage(self, part: Part, place: int, name: str, names: Sequence[str]) -> Likely:
        """What a stage gives."""
        inputs = self._node(part, place).inputs
        roughs, likely = [self._rough(part, i) for i in inputs], [self.likely(part, i) for i in inputs]
        given = dict(zip(names, roughs, strict=True))
        guessed = dict(zip(names, likely, strict=True))
        at_most, at_usual = self.sizes(names, roughs, likely)
        most, usual = self.most(name, at_most), self.most(name, at_usual)
        pool = guessed.get("pool", guessed.get("list"))
        assumed, why = joined(*likely), why_of(likely)
        models = self.models(name, given, guessed.get("pool"))
        counts = Range(0, finite(usual.items, at_usual.most, self.assume.items), most.items)
        match name:
            case "ask" | "sample" | "start":
                request = guessed.get("request", guessed.get("requests", Likely()))
                n = given["n"].value if "n" in given else 1
                if n is UNKNOWN:
                    assumed, why = assumed | {"n"}, why or guessed["n"].unbounded
                sized = NOTHING if name == "start" else self.reply(given, models).size
                found = Likely(
                    counts if name != "ask" else ONCE,
                    sized,
                    sure=name != "ask" and request.sure and isinstance(n, int),
                    prompt=request.prompt,
                    reads=request.reads,
                    python=request.python,
                    asked=request.size,
                    writers=frozenset(models),
                    assumed=assumed | {"reread"},
                    unbounded="" if most.items < math.inf and sized.high < math.inf else why,
                )
                if "check" in given:
                    said = self._told(part, place, "check", given["check"], found)
                    words = Range(0, said.printed.usual, said.printed.high + found.size.high + UNREAD)
                    found = replace(found, feedback=words, sure=False)
                if "consumer" in given:  # it may stop before it has all
                    found = replace(found, count=Range(0, found.count.usual, found.count.high))
                return self._as_type(found, request.reads) if name == "ask" else found
            case "tally":
                asked = guessed["request"]
                return Likely(Range(0, 2, math.inf), Range(0, 2, 24), reads=asked.reads, python=asked.python)
            case "extend":
                assert pool is not None
                found = replace(pool, asked=pool.asked if given["next"].value is None else ANY)
                return self._grown(found, counts, pool.size + self.reply(given, models).size, models, likely)
            case "refine":
                assert pool is not None
                asked = self._told(part, place, "next", given["next"], pool)
                found = replace(pool, prompt=asked.prompt, reads=asked.reads, python=asked.python, asked=asked.size)
                return self._grown(found, counts, self.reply(given, models).size, models, likely)
            case "verify":
                assert pool is not None
                said = self._told(part, place, "check", given["check"], pool)
                more = pool.size + Range(0, said.printed.usual, said.printed.high + UNREAD)
                return replace(pool, count=Range(0, pool.count.usual, counts.high), feedback=pool.feedback + more)
            case "mark":
                assert pool is not None
                told = {n: self._told(part, place, n, x, pool) for n, x in given.items() if n != "pool"}
                return replace(
                    pool,
                    count=Range(0, pool.count.usual, counts.high),
                    marks=tuple({**dict(pool.marks), **told}.items()),
                )
            case "append" | "score" | "weigh" | "undo" | "resample" | "cluster":
                assert pool is not None
                sure = pool.sure and name != "resample"
                if name == "append":
                    added = self._told(part, place, "text", given["text"], pool)
                    grown = pool.size + added.size
                    return replace(pool, size=grown, assumed=joined(pool, added), unbounded=why_of((pool, added)))
                usual_count = pool.count.usual if name != "resample" else counts.usual
                return replace(pool, count=Range(0, usual_count, counts.high), sure=sure)
            case "prune":
                assert pool is not None
                kept = pool.count.usual
                if "unless" in given and given["unless"].value is not None:
                    kept, assumed = max(min(1, kept), kept * self.assume.kept), assumed | {"kept"}
                keep = at_usual.values.get("keep")
                if isinstance(keep, int | float):
                    kept = min(kept, keep)
                return replace(pool, count=Range(0, kept, counts.high), assumed=assumed, sure=False)
            case "each":
                assert pool is not None
                one = self._told(part, place, "f", given["f"], pool)
                return Likely(counts, one.printed, pool.sure, assumed=joined(pool, one), unbounded=why_of((pool, one)))
            case "any" | "count":
                return NUMBER
            case "vote" | "share_of":
                assert name == "share_of" or pool is not None
                return replace(pool, sure=False) if pool is not None else NUMBER
            case "best" | "worst" | "pick":
                assert pool is not None
                return self._as_type(replace(pool, count=ONCE, sure=False), pool.reads)
            case "add":
                assert pool is not None
                behind = guessed["more"]
                both = Range(0, pool.count.usual + behind.count.usual, counts.high)
                return replace(either(pool, behind), count=both)
        if pool is not None:
            return replace(pool, count=Range(0, min(pool.count.usual, counts.usual), counts.high), sure=False)
        return unknown(self.assume, f"what `{name}` gives is not known")

    def _grown(
        self, pool: Likely, counts: Range, size: Range, models: Sequence[Model], given: Sequence[Likely]
    ) -> Likely:
        """A pool whose texts models have written on, or anew."""
        return replace(
            pool,
            count=counts,
            size=size,
            writers=None if pool.writers is None else pool.writers | frozenset(models),
            assumed=joined(pool, *given) | {"reread"},
            unbounded=why_of(given) if max(counts.high, size.high) == math.inf else "",
        )

    def _told(self, part: Part, place: int, name: str, x: Rough, pool: Likely) -> Likely:
        """What a function gives of an element of this."""
        body = self.asked(part, place, name, x, pool)
        if body is not None:
            return self.likely(body, body.graph.output)
        if x.value is not UNKNOWN and not isinstance(x.value, Always | Closure):
            return likely_of(x.value, self.assume)
        return self._element(x)

    def _element(self, function: Rough) -> Likely:
        """What a function gives that has no body."""
        value = function.value
        if isinstance(value, Always):
            return likely_of(value.value, self.assume)
        return unknown(self.assume, "what a function gives is not known")

    def asked(self, part: Part, place: int, name: str, x: Rough, pool: Likely) -> Part | None:
        """The body of a function that a stage asks of elements of this; None where it has none."""
        if not isinstance(x.function, Made):
            return None
        return self.function(part, place, name, x.function, [pool] * x.function.arity)

    # -- regions

    def rounds(self, part: Part, place: int, node: g.Region) -> tuple[list[tuple[Range, Part, Part | None]], Likely]:
        """The rounds of a region: how often each, its body and its `until`; and what comes of it."""
        given = [self._rough(part, i) for i in node.inputs[: len(node.names)]]
        likely = [self.likely(part, i) for i in node.inputs[: len(node.names)]]
        roughs, guessed = dict(zip(node.names, given, strict=True)), dict(zip(node.names, likely, strict=True))
        captures = node.inputs[len(node.names) :]
        split = len(captures) - node.until_captures
        pool = guessed["pool"]
        most_items = min(roughs["pool"].items, pool.count.high)
        if node.kind != "repeat":
            return self._apart(part, place, node, roughs, pool, most_items, captures[:split])
        value = roughs["max"].value
        high: Amount = max(0, value) if isinstance(value, int) else math.inf
        usual: float = high if high < math.inf else self.assume.rounds
        assumed = frozenset({"rounds"}) if high == math.inf else frozenset()
        found: list[tuple[Range, Part, Part | None]] = []
        now = replace(pool, count=Range(0, pool.count.usual, most_items), assumed=pool.assumed | assumed)
        if high == math.inf:
            now = replace(now, unbounded=guessed["max"].unbounded or "`max` of `repeat` is not known")
        done = 0
        while done < high:
            rough = Rough(items=now.count.high)
            body = self.round(part, place, ("body", done), node.body, (rough, now), captures[:split])
            until = None
            if node.until is not None:
                until = self.round(part, place, ("until", done), node.until, (rough, now), captures[split:])
            after = self.likely(body, node.body.output)
            items = min(self._rough(body, node.body.output).items, after.count.high)
            grown = items > now.count.high or larger(after, now) or after.writers != now.writers
            if not grown:
                found.append((Range(0, max(0, usual - done), high - done), body, until))
                return found, replace(now, sure=False)
            found.append((Range(0, min(1, max(0, usual - done)), 1), body, until))
            now = replace(either(after, now), count=Range(0, after.count.usual, max(items, now.count.high)), sure=False)
            done += 1
            if done == ROUNDS and done < high:
                why = f"a pool, or its texts, still grow after {ROUNDS} rounds of a loop"
                now = replace(
                    now,
                    count=replace(now.count, high=math.inf),
                    size=replace(now.size, high=math.inf),
                    feedback=replace(now.feedback, high=math.inf),
                    marks=(),
                    unbounded=why,
                    writers=None,
                )
        return found, replace(now, sure=False)

    def _apart(
        self,
        part: Part,
        place: int,
        node: g.Region,
        roughs: Mapping[str, Rough],
        pool: Likely,
        most: Amount,
        captures: g.Refs,
    ) -> tuple[list[tuple[Range, Part, Part | None]], Likely]:
        """`focus` and `per`: a part of the pool at a time, the rest stands."""
        top = roughs["top"].value if "top" in roughs else None
        assumed = pool.assumed
        if isinstance(top, int):
            usual: float = min(pool.count.usual, top)
            part_most: Amount = min(most, max(0, top))
        elif node.kind == "per":
            usual, part_most = min(pool.count.usual, 2), most
            assumed |= {"kept"}
        else:
            usual, part_most = pool.count.usual * self.assume.kept, most
            assumed |= {"kept"}
        times = Range(0, 1 if usual else 0, 1 if most else 0)
        if node.kind == "per":
            times = Range(0, pool.count.usual / usual if usual else 0, most)
        inner = replace(pool, count=Range(0, usual, part_most), assumed=assumed)
        body = self.round(part, place, "body", node.body, (Rough(items=part_most), inner), captures)
        after = self.likely(body, node.body.output)
        items = min(self._rough(body, node.body.output).items, after.count.high)
        made = times.times(Range(0, after.count.usual, items))
        count_ = Range(0, max(0, pool.count.usual - times.usual * usual) + made.usual, most + made.high)
        found = replace(either(pool, after), count=count_, sure=False)
        found = replace(found, assumed=found.assumed | assumed)
        return [(times, body, None)], found


def larger(after: Likely, now: Likely) -> bool:
    """Whether a round makes texts longer than they were."""
    marks = dict(now.marks)
    return (
        after.size.high > now.size.high
        or after.feedback.high > now.feedback.high
        or any(name not in marks or one.printed.high > marks[name].printed.high for name, one in after.marks)
    )


UNREAD = 200
"""Tokens of the parser's words on a text that cannot be read, beside what they quote of it."""


def finite(*some: Amount) -> float:
    """The first of these that is a number."""
    return next((float(x) for x in some if x < math.inf), 0.0)
