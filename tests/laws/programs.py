"""A Hypothesis strategy: programs as text, well typed by construction.

An expression is made for a type, out of what is in scope. Each choice has its simplest way first, so that a program
that breaks a law shrinks to a short one. `fuel` bounds the length of a program, `draws` what it may draw.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from tests.laws.vocabulary import (
    BOOL,
    KIND,
    LIBRARY,
    MODEL,
    NUMBER,
    PAIR,
    PROMPTS,
    PYTHON,
    TEXT,
    VALUES,
    Callee,
    Ty,
    candidate_of,
    function_of,
    list_of,
    opt_of,
    pool_of,
    request_of,
    tally_of,
    written,
)

Way = tuple[int, Callable[[], str]]
WITHIN = False
"""Whether programs have budgets: the evaluators do not run them yet."""

UNARY = function_of((NUMBER,), NUMBER)
BINARY = function_of((NUMBER, NUMBER), NUMBER)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: the names that it may use.

    `it`: what the pronoun is, where there is one. `live`: an argument around this place mentions its `it`, so that no
    stage inside may have another. `times`: how often the place is computed, at most, roughly. `region`: in the braces of a region.
    """

    names: tuple[tuple[str, Ty], ...] = ()
    it: Ty | None = None
    them: Ty | None = None
    live: bool = False
    times: int = 1
    region: bool = False

    def bind(self, name: str, type_: Ty) -> Place:
        return replace(self, names=(*self.names, (name, type_)))


@dataclass(eq=False)
class Maker:
    """Makes one program."""

    integer: Callable[[int, int], int]  # one from low to high
    most: int  # of fuel, for one let or result
    fuel: int = 0
    draws: int = 300
    pipelines: list[Callee] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    _number: int = 0
    spent: int = 0

    # ---- choosing ----------------------------------------------------------------

    def number(self, low: int, high: int) -> int:
        return self.integer(low, high)

    def one(self, items: Sequence[Any]) -> Any:
        return items[self.number(0, len(items) - 1)] if len(items) > 1 else items[0]

    def way(self, simple: Sequence[Way], more: Sequence[Way] = ()) -> str:
        """One of the ways by weight; where the fuel is spent, one of the simple ones."""
        self.fuel -= 1
        ways = [*simple, *more] if self.fuel > 0 else list(simple)
        at = self.number(0, sum(w for w, _ in ways) - 1)
        for weight, make in ways:
            if at < weight:
                return make()
            at -= weight
        raise AssertionError

    def part(self, make: Callable[[], str], share: int = 2) -> str:
        """What is made with a part of the fuel, so that something is left for what stands beside it."""
        kept = self.fuel - self.fuel // share
        self.fuel //= share
        made = make()
        self.fuel += kept
        return made

    def name(self, letter: str) -> str:
        self._number += 1
        return f"{letter}{self._number}"

    def may_draw(self, place: Place, n: int = 1) -> bool:
        return self.fuel > 0 and self.spent + place.times * n <= self.draws

    def pay(self, place: Place, n: int = 1) -> None:
        self.spent += place.times * n

    def named(self, place: Place, type_: Ty) -> list[str]:
        """Names of a type that are in scope, the nearest first."""
        return [n for n, t in reversed(place.names) if t == type_]

    def callees(self, place: Place, result: Ty) -> list[Callee]:
        return [c for c in (*self.pipelines, *LIBRARY) if c.result == result and self.may_draw(place, max(1, c.cost))]

    # ---- expressions ---------------------------------------------------------------

    def expr(self, t: Ty, p: Place) -> str:
        """An expression of a type."""
        match t.kind:
            case "value":
                return self.value(t, p)
            case "list":
                return self.list(t, p)
            case "pool":
                return self.pool(t.item, p)
            case "request":
                return self.request(t.item, p)
            case "tally":
                return self.tally(t.item, p)
            case "opt":
                return self.opt(t.item, p)
            case "function":
                return self.function(t.params, t.item, p)
            case "model":
                return self.model(p)
        raise AssertionError(t)

    def common(self, t: Ty, p: Place) -> tuple[list[Way], list[Way]]:
        """Ways that any type has: names; a branch, a call."""
        simple: list[Way] = []
        more: list[Way] = []
        if names := self.named(p, t):
            simple.append((6, lambda: str(self.one(names))))
        if t.kind != "function":
            more.append((2, lambda: self.choice(t, p)))
        if callees := self.callees(p, t):
            more.append((5, lambda: self.call(self.one(callees), p)))
        if WITHIN and t.kind in ("value", "list", "opt", "pool"):
            more.append((1, lambda: f"within(calls=1000000) {self.block(t, p)}"))
        return simple, more

    def value(self, t: Ty, p: Place) -> str:
        simple, more = self.common(t, p)
        simple = [(1 if self.fuel > 0 else 3, lambda: self.literal(t)), *simple]
        simple += [(8, m) for m in self.of_pronouns(t, p)]
        if self.may_draw(p):
            more.append((12, lambda: self.ask(t, p)))
            more.append((16, lambda: self.chosen(t, p)))
            more.append((3, lambda: f"({self.tally(t, p)}).winner"))
        if len(names := self.named(p, t)) > 1:
            more.append((5, lambda: f"(if {self.part(lambda: self.expr(BOOL, p))} {{ {names[0]} }} else {{ {names[1]} }})"))
        more.append((3, lambda: f"({self.part(lambda: self.opt(t, p))} | otherwise({self.expr(t, p)}))"))
        more.append((1, lambda: f"({self.part(lambda: self.expr(t, p))} | otherwise({self.expr(t, p)}))"))
        more += {"number": self.numbers, "text": self.texts, "bool": self.bools}.get(t.name, lambda _: [])(p)
        return self.way(simple, more)

    def literal(self, t: Ty) -> str:
        match t.name:
            case "number":
                return str(self.one((1, 1, 1, 2, 0, 3)))
            case "text":
                return str(self.one(('"oak"', '"oak"', '""', '"elm"')))
            case "bool":
                return str(self.one(("true", "false")))
            case "Kind":
                return "Kind." + str(self.one(("red", "red", "green", "blue")))
        return f"pair({self.number(0, 1)}, 1)"

    def of_pronouns(self, t: Ty, p: Place) -> list[Callable[[], str]]:
        """What `it` and the candidates by name have of this type."""
        subjects = [(n, x) for n, x in reversed(p.names) if x.kind == "candidate"]
        if p.it is not None:
            subjects.insert(0, ("it", p.it))
        found: list[Callable[[], str]] = []
        for name, x in subjects[:2]:
            fields: list[str] = []
            if x.kind != "candidate":
                if x == t:
                    found.append(lambda name=name: name)  # type: ignore[misc]
                continue
            if x.item == t:
                fields += ["", "", ".value"]
            fields += {
                "number": [".weight", ".number", ".round", ".tokens", ".score", *(f".{m}" for m in sorted(self.marks))],
                "text": [".text", ".last", ".feedback"],
                "bool": [".verified", ".parsed", ".finished"],
            }.get(t.name, [])
            if fields:
                found.append(lambda name=name, fields=fields: name + str(self.one(fields)))  # type: ignore[misc]
        return found

    def numbers(self, p: Place) -> list[Way]:
        e = lambda: self.expr(NUMBER, p)  # noqa: E731
        ways: list[Way] = [
            (4, lambda: f"({self.part(e)} {self.one('+-*')} {e()})"),
            (1, lambda: f"max({self.part(e)}, {e()})"),
            (1, lambda: f"({self.part(e)} / {e()})"),
            (1, lambda: self.side_of_pair(p)),
            (2, lambda: f"sum({self.list(list_of(NUMBER), p)})"),
            (1, lambda: f"length({self.expr(TEXT, p)})"),
            (2, lambda: self.python_call(p)),
        ]
        if self.may_draw(p, 2):
            ways += [
                (1, lambda: f"({self.tally(self.any_value(), p)}).{self.one(('share', 'margin', 'size', 'entropy'))}"),
                (1, lambda: self.share_of(p)),
                (1, lambda: self.counted(p)),
                (1, lambda: f"sum({self.pool(NUMBER, p)})"),
            ]
        for f in self.named(p, UNARY)[:2]:
            ways.append((4, lambda f=f: f"{f}({e()})"))  # type: ignore[misc]
        for f in self.named(p, BINARY)[:1]:
            ways.append((4, lambda f=f: f"{f}({e()}, {e()})"))  # type: ignore[misc]
        return ways

    def side_of_pair(self, p: Place) -> str:
        pair = self.expr(PAIR, p)
        candidates = ("it", *(n for n, t in p.names if t.kind == "candidate"))
        return f"{pair}.value.left" if pair in candidates else f"({pair}).{self.one(('left', 'right'))}"

    def python_call(self, p: Place) -> str:
        callee: Callee = self.one(PYTHON[:2])
        return f"{callee.name}({self.expr(callee.params[0], p)})"

    def share_of(self, p: Place) -> str:
        t = self.any_value()
        return f"({self.tally(t, p)} | share_of({self.expr(t, p)}))"

    def counted(self, p: Place) -> str:
        t = self.any_value()
        return f"({self.pool(t, p)} | count({self.of_candidate(t, BOOL, p)}))"

    def texts(self, p: Place) -> list[Way]:
        e = lambda: self.expr(TEXT, p)  # noqa: E731
        return [
            (2, lambda: f'"""<{{{{{self.expr(self.one((NUMBER, TEXT, BOOL, KIND)), p)}}}}}>"""'),
            (1, lambda: f"({e()} + {e()})"),
            (1, lambda: f"upper({e()})"),
            (1, lambda: f"show({self.expr(NUMBER, p)})"),
        ]

    def bools(self, p: Place) -> list[Way]:
        e = lambda t: self.expr(t, p)  # noqa: E731
        t = self.one(VALUES)
        ways: list[Way] = [
            (3, lambda: f"({self.part(lambda: e(NUMBER))} {self.one(('<', '<=', '>'))} {e(NUMBER)})"),
            (3, lambda: f"({self.part(lambda: e(BOOL))} {self.one(('and', 'or'))} {e(BOOL)})"),
            (1, lambda: f"(not {e(BOOL)})"),
            (1, lambda: f"({e(t)} == {e(t)})"),
            (1, lambda: f"({e(NUMBER)} in {self.list(list_of(NUMBER), p)})"),
            (1, lambda: f"likes({e(TEXT)})"),
        ]
        if self.may_draw(p, 2):
            ways.append((2, lambda: self.any_of(p)))
        return ways

    def any_of(self, p: Place) -> str:
        if p.them is not None and self.number(0, 1):
            return f"(them | any({self.of_candidate(p.them.item, BOOL, p)}))"
        t = self.any_value()
        return f"({self.pool(t, p)} | any({self.of_candidate(t, BOOL, p)}))"

    def any_value(self) -> Ty:
        found: Ty = self.one((NUMBER, NUMBER, TEXT, BOOL, KIND, PAIR))
        return found

    def choice(self, t: Ty, p: Place) -> str:
        return f"(if {self.part(lambda: self.expr(BOOL, p), 4)} {self.part(lambda: self.block(t, p))} else {self.block(t, p)})"

    def block(self, t: Ty, p: Place, most: int = 2, *calls: Callee, share: int = 0) -> str:
        """`{ let ... result }`. Mostly the result reads what was bound, in one order or another.

        `calls` are bound first. With a `share` each let and the result have fuel of their own.
        """
        lets: list[str] = []
        bound: list[tuple[str, Ty]] = []
        for k in range(len(calls) + (self.number(0, most) if self.fuel > 0 else 0)):
            name = self.name("v")
            self.fuel = self.number(2, share) if share else self.fuel
            type_ = calls[k].result if k < len(calls) else self.let_type()
            lets.append(f"let {name} = {self.call(calls[k], p) if k < len(calls) else self.expr(type_, p)}")
            p = p.bind(name, type_)
            bound.append((name, type_))
        self.fuel = self.number(2, share) if share else self.fuel
        reads = [self.kept(self.read(n, x, p)) for n, x in bound if self.number(0, 4)]
        if len(reads) > 1 and self.number(0, 1):
            reads.reverse()
        return "{ " + "\n  ".join([*lets, self.reading(reads, t, p)]) + " }"

    def kept(self, number: str) -> str:
        """A number that mostly comes, whatever fails below it; now and then only after something slow."""
        if self.number(0, 2) == 2:
            number = f'(if likes("oak") {{ {number} }} else {{ 0 }})'
        return f"({number} | otherwise({self.number(0, 3)}))" if self.number(0, 1) else number

    def read(self, name: str, t: Ty, p: Place) -> str:
        """A number that needs the value of a name."""
        match t.kind:
            case "pool" if self.number(0, 2) == 2:
                one, two = (self.one((f"({name} | pick)", f"({name} | resample | vote | .winner)")) for _ in "ab")
                return f"({one} * 3 - {two})" if t.item == NUMBER else f"(length(show({one})) * 3 - length(show({two})))"
            case "list" | "pool":
                return f"({name} | count({self.one(('true', '_ => likes(show(1))'))}))" if t.item != NUMBER else f"sum({name})"
            case "request":
                self.pay(p)
                return {"number": f"({name} | ask)"}.get(t.item.name, f"length(({name} | sample(n=2)) | each(c => c.text))")
            case "tally":
                return f"{name}.{self.one(('share', 'size', 'margin'))}"
            case "opt":
                return f"(if {name} == none {{ 1 }} else {{ 2 }})"
            case "function":
                return f"{name}({', '.join(self.literal(x) for x in t.params)})"
            case _:
                pass
        return {
            "number": name,
            "text": f"length({name})",
            "bool": f"(if {name} {{ 1 }} else {{ 2 }})",
            "Kind": f"(if {name} == Kind.red {{ 1 }} else {{ 2 }})",
            "Pair": f"({name}.left - {name}.right)",
        }[t.name]

    def reading(self, reads: list[str], t: Ty, p: Place) -> str:
        """An expression of a type that needs these numbers, some of them only where others say so."""
        if not reads:
            return self.expr(t, p)
        if t == NUMBER:
            return f"({' + '.join(reads)})" if self.fuel <= 0 else f"({' + '.join(reads)} + {self.expr(t, p)})"
        if t == list_of(NUMBER):
            return f"[{', '.join(reads)}, {self.expr(NUMBER, p)}]"
        k, rest = self.number(0, 5), reads[1:]
        return f"if {reads[0]} < {k} {{ {self.reading(rest, t, p)} }} else {{ {self.reading(rest[1:], t, p)} }}"

    def let_type(self) -> Ty:
        v = self.any_value()
        found: Ty = self.one(
            (NUMBER, v, pool_of(v), request_of(v), tally_of(v), list_of(NUMBER), opt_of(v), UNARY)
        )
        return found

    def call(self, c: Callee, p: Place) -> str:
        self.pay(p, c.cost)
        return f"{c.name}({', '.join(self.part(lambda t=t: self.argument(t, p)) for t in c.params)})"  # type: ignore[misc]

    def argument(self, t: Ty, p: Place) -> str:
        if t.kind == "function":
            return self.function_argument(t.params, t.item, p)
        return self.expr(t, p)

    # ---- requests and what is drawn of them ------------------------------------------

    def request(self, t: Ty, p: Place) -> str:
        prompts = [c for c in PROMPTS if c.result == request_of(t)]
        simple, more = self.common(request_of(t), p)
        first = prompts[:3] if t == NUMBER else prompts
        simple = [(4, lambda: self.call(self.one(first), p)), *simple]
        more = [(4, lambda: self.call(self.one(prompts), p)), *more]
        return self.way(simple, more)

    def model(self, p: Place) -> str:
        return self.way([(4, lambda: str(self.one(("one", "two", "same", "single")))), *self.common(MODEL, p)[0]])

    def settings(self, p: Place, n: int | None = None, **more: str) -> str:
        """Arguments of a stage that samples."""
        found = []
        if self.number(0, 3) == 3:
            found.append(self.model(p))
        if n is not None and n > 1:
            found.append(f"n={n}")
        found += [f"{k}={v}" for k, v in more.items()]
        if self.number(0, 9) == 9:
            found.append("temperature=0.5")
        return f"({', '.join(found)})" if found else ""

    def ask(self, t: Ty, p: Place) -> str:
        self.pay(p)
        return f"({self.request(t, p)} | ask{self.settings(p)})"

    def chosen(self, t: Ty, p: Place) -> str:
        """A value out of a pool."""
        pool = self.part(lambda: self.pool(t, p))
        how = self.one(("best", "pick", "worst", "best_by", "vote"))
        if how == "vote":
            return f"({pool} | vote{self.vote(t, p)} | .winner)"
        if how == "best_by":
            return f"({pool} | {self.one(('best', 'worst'))}({self.of_candidate(t, NUMBER, p)}))"
        return f"({pool} | {how})"

    def vote(self, t: Ty, p: Place) -> str:
        found = []
        if self.number(0, 3) == 3 and self.fuel > 0:
            found.append(f"by={self.of_candidate(t, self.one((NUMBER, TEXT, KIND)), p)}")
        if self.number(0, 5) == 5 and self.fuel > 0:
            found.append(f"prior={self.tally(t, p)}")
        return f"({', '.join(found)})" if found else ""

    def tally(self, t: Ty, p: Place) -> str:
        simple, more = self.common(tally_of(t), p)
        return self.way([*simple, (3, lambda: f"({self.pool(t, p)} | vote{self.vote(t, p)})")], more)

    def opt(self, t: Ty, p: Place) -> str:
        simple, more = self.common(opt_of(t), p)
        base: list[Way] = [
            (2, lambda: f"(if {self.expr(BOOL, p)} {{ {self.expr(t, p)} }} else {{ none }})"),
        ]
        if self.may_draw(p, 2):
            more.append((4, lambda: self.pruned(t, p)))
        return self.way([*simple, *base], more)

    def pruned(self, t: Ty, p: Place) -> str:
        """A value that may be none: what passed a filter, if anything did."""
        pool = self.pool(t, p)
        rest = f" | {self.stage(t, p)}" if self.fuel > 0 and self.number(0, 1) else ""
        return f"({pool} | prune(unless={self.of_candidate(t, BOOL, p)}){rest} | {self.one(('best', 'vote | .winner', 'pick'))})"

    def list(self, t: Ty, p: Place) -> str:
        simple, more = self.common(t, p)
        item = t.item
        simple = [
            (3, lambda: "[" + ", ".join(self.expr(item, p) for _ in range(self.number(1, 3))) + "]"),
            *simple,
        ]
        of = self.one(VALUES)
        inner = replace(p, times=p.times * 3)
        more.append((3, lambda: self.each_of_list(t, p, inner)))
        if self.may_draw(p, 2):
            more.append((3, lambda: f"({self.pool(of, p)} | each({self.of_candidate(of, item, p)}))"))
        if item == NUMBER and self.may_draw(p):
            more.append((1, lambda: f"({self.request(list_of(NUMBER), p)} | ask | each({self.of_element(NUMBER, NUMBER, inner)}, max=2))"))
        more.append((1, lambda: f"({self.list(t, p)} | prune(keep={self.number(1, 2)}))"))
        return self.way(simple, more)

    def each_of_list(self, t: Ty, p: Place, inner: Place) -> str:
        given = self.list(list_of(NUMBER), p)
        return f"({given} | each({self.of_element(NUMBER, t.item, inner)}, max=3))"

    # ---- pools and stages --------------------------------------------------------------

    def pool(self, t: Ty, p: Place) -> str:
        simple, more = self.common(pool_of(t), p)
        if p.them == pool_of(t):
            simple.append((4, lambda: "them"))
        if not simple or self.may_draw(p):
            simple.append((4, lambda: self.sampled(t, p)))
        more.append((2, lambda: self.started(t, p)))
        more.append((20, lambda: f"({self.part(lambda: self.pool(t, p), 4)} | {self.stages(t, p)})"))
        return self.way(simple, more)

    def sampled(self, t: Ty, p: Place) -> str:
        n = self.number(1, 3)
        if self.fuel > 0 and self.number(0, 4) == 4:
            requests = ", ".join(self.request(t, p) for _ in range(self.number(1, 3)))
            self.pay(p, 3 * n)
            return f"([{requests}] | sample{self.settings(p, n)})"
        self.pay(p, n)
        return f"({self.request(t, p)} | sample{self.settings(p, n)})"

    def started(self, t: Ty, p: Place) -> str:
        n = self.number(1, 2)
        self.pay(p, 2 * n)
        given = [*([self.model(p)] if self.number(0, 3) == 3 else []), *([f"n={n}"] if n > 1 else [])]
        return f"({self.request(t, p)} | start{'(' + ', '.join(given) + ')' if given else ''} | {self.extend(t, p)})"

    def stages(self, t: Ty, p: Place) -> str:
        return " | ".join(self.part(lambda: self.stage(t, p)) for _ in range(self.number(1, 3)))

    def stage(self, t: Ty, p: Place) -> str:
        """A stage from a pool to a pool of the same type."""
        f = lambda r: self.of_candidate(t, r, p)  # noqa: E731
        simple: list[Way] = [
            (1, lambda: "dedupe"),
            (1, lambda: f"prune(keep={self.number(1, 3)})"),
            (1, lambda: "undo"),
            (2, lambda: self.resample()),
        ]
        more: list[Way] = [
            (3, lambda: f"score({f(NUMBER)})"),
            (3, lambda: f"weigh({f(NUMBER)}{self.one(('', ', reset=true'))})"),
            (3, lambda: f"verify({self.check(t, p)})"),
            (2, lambda: self.mark(t, p)),
            (2, lambda: f"dedupe({f(self.one((NUMBER, TEXT, KIND)))})"),
            (2, lambda: f"prune(keep={self.number(1, 3)}, by={f(NUMBER)})"),
            (2, lambda: f"cluster((a, b) => {self.expr(BOOL, self.two(t, p))})"),
            (1, lambda: f"append({f(TEXT)})"),
            (4, lambda: self.focus(t, p)),
            (3, lambda: f"per({f(self.one((NUMBER, TEXT, BOOL, KIND)))}) {{ {self.inner_stages(t, p, 2)} }}"),
            (7, lambda: self.repeat(t, p)),
        ]
        if p.region:
            more.append((2, lambda: f"prune(unless={f(BOOL)})"))
        if self.may_draw(p, 3):
            more += [
                (8, lambda: self.refine(t, p)),
                (6, lambda: f"add({self.pool(t, p)})"),
                (4, lambda: self.extend(t, p)),
            ]
        return self.way(simple, more)

    def two(self, t: Ty, p: Place) -> Place:
        inner = replace(p, it=None, them=None, times=p.times * 3, region=False)
        return inner.bind("a", candidate_of(t)).bind("b", candidate_of(t))

    def resample(self) -> str:
        found = []
        if self.number(0, 2) == 2:
            found.append(f"n={self.number(1, 4)}")
        if self.number(0, 1):
            found.append('scheme="' + str(self.one(("systematic", "stratified", "residual"))) + '"')
        if self.number(0, 4) == 4:
            found.append("when=0.9")
        return f"resample({', '.join(found)})" if found else "resample"

    def check(self, t: Ty, p: Place) -> str:
        if t == NUMBER and self.number(0, 2) == 2:
            return "passes(it)" if not p.live else "passes"
        return self.of_candidate(t, BOOL, p)

    def mark(self, t: Ty, p: Place) -> str:
        found = []
        for name in ("m1", "m2")[: self.number(1, 2)]:
            found.append(f"{name}={self.of_candidate(t, NUMBER, p)}")
            self.marks.add(name)
        return f"mark({', '.join(found)})"

    def refine(self, t: Ty, p: Place) -> str:
        self.pay(p, 3)
        return f"refine({self.of_candidate(t, request_of(t), p)}{self.more_settings(p)})"

    def extend(self, t: Ty, p: Place) -> str:
        n = self.number(1, 2)
        self.pay(p, 3 * n)
        if self.number(0, 1):
            stop = self.one(("", ', stop=";"', ', stop=";", max_tokens=3'))
            return f"extend(n={n}{stop}{self.more_settings(p)})"
        of = t if self.number(0, 3) else self.any_value()
        return f"extend({self.of_candidate(t, request_of(of), p)}, n={n}{self.more_settings(p)})"

    def more_settings(self, p: Place) -> str:
        return f", {self.model(p)}" if self.number(0, 3) == 3 else ""

    def focus(self, t: Ty, p: Place) -> str:
        how = self.number(0, 2)
        if how == 0:
            given = self.of_candidate(t, BOOL, p)
        elif how == 1:
            given = f"top={self.number(1, 2)}"
        else:
            given = f"top={self.number(1, 2)}, by={self.of_candidate(t, NUMBER, p)}"
        return f"focus({given}) {{ {self.inner_stages(t, p, 1)} }}"

    def inner_stages(self, t: Ty, p: Place, times: int) -> str:
        return self.stages(t, replace(p, times=p.times * times, region=True, them=None))

    def repeat(self, t: Ty, p: Place) -> str:
        most = self.number(1, 3)
        rounds = replace(p, times=p.times * most, them=pool_of(t))
        until = ""
        match self.number(0, 3):
            case 1:
                until = f", until={self.of_candidate(t, BOOL, rounds)}"
            case 2:
                until = f", until={self.expr(BOOL, replace(rounds, it=None) if p.live else rounds)}"
        if p.live and "them" in until:
            until = ""
        return f"repeat(max={most}{until}) {{ {self.inner_stages(t, p, most)} }}"

    # ---- functions -------------------------------------------------------------------

    def of_candidate(self, t: Ty, result: Ty, p: Place) -> str:
        """An argument where a function of a candidate is expected."""
        return self.of_one(candidate_of(t), t, result, replace(p, times=p.times * 3))

    def of_element(self, t: Ty, result: Ty, p: Place) -> str:
        """An argument where a function of an element is expected."""
        return self.of_one(t, t, result, p)

    def of_one(self, given: Ty, t: Ty, result: Ty, p: Place) -> str:
        them = pool_of(t) if given.kind == "candidate" else None
        bare = replace(p, it=None, them=them, region=False)
        simple: list[Way] = []
        if not p.live:
            simple.append((6, lambda: self.expr(result, replace(bare, it=given, live=True))))
        simple.append((3, lambda: self.written_function((given,), result, bare)))
        simple.append((2, lambda: self.expr(result, bare)))
        more: list[Way] = []
        functions = self.functions((t,), result, bare)
        if functions:
            more.append((5, lambda: str(self.one(functions))))
            more.append((1, lambda: f"if {self.expr(BOOL, bare)} {{ {self.one(functions)} }} else {{ {self.one(functions)} }}"))
        return self.way(simple, more)

    def written_function(self, given: tuple[Ty, ...], result: Ty, p: Place) -> str:
        names = [self.name("c" if t.kind == "candidate" else "x") for t in given]
        for name, t in zip(names, given, strict=True):
            p = p.bind(name, t)
        head = names[0] if len(names) == 1 else f"({', '.join(names)})"
        return f"{head} => {self.expr(result, p)}"

    def functions(self, params: tuple[Ty, ...], result: Ty, p: Place) -> list[str]:
        """Names that stand for a function of these types."""
        found = self.named(p, function_of(params, result))
        found += [c.name for c in (*self.pipelines, *LIBRARY, *PYTHON) if c.params == params and c.result == result
                  and (c.cost == 0 or self.spent + p.times * c.cost <= self.draws)]
        found += [c.name for c in PROMPTS if c.params == params and c.result == result]
        return found

    def function_argument(self, params: tuple[Ty, ...], result: Ty, p: Place) -> str:
        """An argument where a pipeline's parameter is a function."""
        inner = replace(p, times=p.times * 2)
        if len(params) == 1:
            return self.of_one(params[0], params[0], result, inner)
        bare = replace(inner, it=None, them=None, region=False)
        ways: list[Way] = [(4, lambda: self.written_function(params, result, bare)), (1, lambda: self.expr(result, bare))]
        if functions := self.functions(params, result, bare):
            ways.append((3, lambda: str(self.one(functions))))
        return self.way(ways)

    def function(self, params: tuple[Ty, ...], result: Ty, p: Place) -> str:
        """An expression whose value is a function."""
        functions = self.functions(params, result, p)
        ways: list[Way] = [(3, lambda: str(self.one(functions)))]
        more: list[Way] = [
            (2, lambda: f"(if {self.expr(BOOL, p)} {{ {self.one(functions)} }} else {{ {self.function(params, result, p)} }})")
        ]
        makers = [c for c in self.callees(p, function_of(params, result))]
        if makers:
            more.append((2, lambda: self.call(self.one(makers), p)))
        return self.way(ways, more)

    # ---- declarations ------------------------------------------------------------------

    def pipeline(self, number: int) -> str:
        """A pipeline of its own; those after it may call it."""
        v = self.any_value()
        kinds = (
            NUMBER, NUMBER, v, request_of(v), pool_of(v), UNARY, UNARY, BINARY, list_of(NUMBER), opt_of(v), MODEL, BOOL,
            function_of((TEXT,), BOOL),
        )
        params = tuple(self.one(kinds) for _ in range(self.number(0, 3)))
        params = tuple(t for i, t in enumerate(params) if t != MODEL or MODEL not in params[:i])
        names = [f"q{i}" for i in range(len(params))]
        w = self.any_value()
        result = self.one((NUMBER, NUMBER, w, pool_of(w), list_of(NUMBER), opt_of(w), request_of(w), tally_of(w)))
        before = self.spent
        place = Place(tuple(zip(names, params, strict=True)))
        called = [c for c in self.pipelines if self.number(0, 2) == 2]
        body = self.block(result, place, 2, *called, share=self.most)
        cost = self.spent - before
        self.spent = before
        name = f"p{number}"
        shown = ", ".join(f"{n}: {t}" for n, t in zip(names, params, strict=True))
        text = f"pipeline {name}({shown}) -> {result} {body}"
        self.pipelines.append(Callee(name, params, result, text, cost))
        return text

    def program(self) -> str:
        for number in range(self.number(0, 4)):
            self.fuel = self.most
            self.pipeline(number)
        self.fuel = self.most
        w = self.any_value()
        result = self.one((NUMBER, w, list_of(NUMBER), opt_of(w), pool_of(w), tally_of(w)))
        called = [c for c in self.pipelines if self.number(0, 3)]
        main = f"pipeline main() -> {result} {self.block(result, Place(), 4, *called, share=self.most)}"
        kept, words = [main], main
        for callee in reversed(self.pipelines):
            if re.search(rf"\b{callee.name}\b", words):
                kept.insert(0, callee.text)
                words += callee.text
        return written(kept, words)


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any], most: int = 120) -> str:
    """The text of a program whose entry `main` needs nothing."""
    return Maker(lambda low, high: draw(st.integers(low, high)), draw(st.integers(min(20, most), most))).program()


def numbered(number: int, most: int = 120) -> str:
    """One of endlessly many programs, the same for the same number: more unlike each other than those of Hypothesis."""
    return of_choices(random.Random(number).randint, most)


def of_choices(integer: Callable[[int, int], int], most: int = 120) -> str:
    """The program that these choices make; the lowest make a short one."""
    return Maker(integer, integer(min(20, most), most)).program()
