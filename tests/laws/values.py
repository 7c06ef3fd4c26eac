"""Makes values: numbers, texts, bools, members, records, lists, and what may be none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.laws.blocks import Blocks
from tests.laws.place import Place, Way
from tests.laws.vocabulary import (
    BINARY,
    BOOL,
    KIND,
    NUMBER,
    PAIR,
    PYTHON,
    TEXT,
    UNARY,
    VALUES,
    Callee,
    Ty,
    list_of,
    opt_of,
    pool_of,
    request_of,
    tally_of,
)


class Values(Blocks):
    """The part of a maker that makes values."""

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
        if t.kind in ("value", "list", "opt", "pool"):
            more.append((1, lambda: f"within({self.limit()}) {self.block(t, p)}"))
        return simple, more

    def limit(self) -> str:
        """What a budget allows: nothing, a few calls, about as many tokens, or more than there will be."""
        calls = self.one((0, 1, 2, 3, 5, 8, 100000))
        return self.one((f"calls={calls}", f"tokens={calls * 30}", f"usd={calls}, tokens={calls * 45}"))

    def value(self, t: Ty, p: Place) -> str:
        simple, more = self.common(t, p)
        simple = [(1 if self.fuel > 0 else 3, lambda: self.literal(t)), *simple]
        simple += [(8, m) for m in self.of_pronouns(t, p)]
        if self.may_draw(p):
            more += self.drawn(t, p)
        if len(names := self.named(p, t)) > 1:
            more.append(
                (5, lambda: f"(if {self.part(lambda: self.expr(BOOL, p))} {{ {names[0]} }} else {{ {names[1]} }})")
            )
        more.append((3, lambda: f"({self.part(lambda: self.opt(t, p))} | otherwise({self.expr(t, p)}))"))
        more.append((1, lambda: f"({self.part(lambda: self.expr(t, p))} | otherwise({self.expr(t, p)}))"))
        more += {"number": self.numbers, "text": self.texts, "bool": self.bools}.get(t.name, lambda _: [])(p)
        return self.way(simple, more)

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
        def e() -> str:
            return self.expr(NUMBER, p)

        ways: list[Way] = [
            (4, lambda: f"({self.part(e)} {self.one('+-*')} {e()})"),
            (1, lambda: f"max({self.part(e)}, {e()})"),
            (1, lambda: f"({self.part(e)} / {e()})"),
            (1, lambda: self.side_of_pair(p)),
            (2, lambda: f"sum({self.list_of_values(list_of(NUMBER), p)})"),
            (1, lambda: f"length({self.expr(TEXT, p)})"),
            (2, lambda: self.python_call(p)),
        ]
        if self.may_draw(p, 2):
            ways += [
                (
                    1,
                    lambda: (
                        f"({self.expr(tally_of(self.any_value()), p)}).{self.one(('share', 'margin', 'size', 'entropy'))}"
                    ),
                ),
                (1, lambda: self.share_of(p)),
                (1, lambda: self.counted(p)),
                (1, lambda: f"sum({self.expr(pool_of(NUMBER), p)})"),
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
        return f"({self.expr(tally_of(t), p)} | share_of({self.expr(t, p)}))"

    def counted(self, p: Place) -> str:
        t = self.any_value()
        return f"({self.expr(pool_of(t), p)} | count({self.of_candidate(t, BOOL, p)}))"

    def texts(self, p: Place) -> list[Way]:
        def e() -> str:
            return self.expr(TEXT, p)

        return [
            (2, lambda: f'"""<{{{{{self.expr(self.one((NUMBER, TEXT, BOOL, KIND)), p)}}}}}>"""'),
            (1, lambda: f"({e()} + {e()})"),
            (1, lambda: f"upper({e()})"),
            (1, lambda: f"show({self.expr(NUMBER, p)})"),
        ]

    def bools(self, p: Place) -> list[Way]:
        def e(t: Ty) -> str:
            return self.expr(t, p)

        t = self.one(VALUES)
        ways: list[Way] = [
            (3, lambda: f"({self.part(lambda: e(NUMBER))} {self.one(('<', '<=', '>'))} {e(NUMBER)})"),
            (3, lambda: f"({self.part(lambda: e(BOOL))} {self.one(('and', 'or'))} {e(BOOL)})"),
            (1, lambda: f"(not {e(BOOL)})"),
            (1, lambda: f"({e(t)} == {e(t)})"),
            (1, lambda: f"({e(NUMBER)} in {self.list_of_values(list_of(NUMBER), p)})"),
            (1, lambda: f"likes({e(TEXT)})"),
        ]
        if self.may_draw(p, 2):
            ways.append((2, lambda: self.any_of(p)))
        return ways

    def any_of(self, p: Place) -> str:
        if p.them is not None and self.number(0, 1):
            return f"(them | any({self.of_candidate(p.them.item, BOOL, p)}))"
        t = self.any_value()
        return f"({self.expr(pool_of(t), p)} | any({self.of_candidate(t, BOOL, p)}))"

    def choice(self, t: Ty, p: Place) -> str:
        return f"(if {self.part(lambda: self.expr(BOOL, p), 4)} {self.part(lambda: self.block(t, p))} else {self.block(t, p)})"

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
        pool = self.expr(pool_of(t), p)
        rest = f" | {self.stage(t, p)}" if self.fuel > 0 and self.number(0, 1) else ""
        return f"({pool} | prune(unless={self.of_candidate(t, BOOL, p)}){rest} | {self.one(('best', 'vote | .winner', 'pick'))})"

    def list_of_values(self, t: Ty, p: Place) -> str:
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
            more.append((3, lambda: f"({self.expr(pool_of(of), p)} | each({self.of_candidate(of, item, p)}))"))
        if item == NUMBER and self.may_draw(p):
            more.append(
                (
                    1,
                    lambda: (
                        f"({self.expr(request_of(list_of(NUMBER)), p)} | ask | each({self.of_element(NUMBER, NUMBER, inner)}, max=2))"
                    ),
                )
            )
        more.append((1, lambda: f"({self.list_of_values(t, p)} | prune(keep={self.number(1, 2)}))"))
        if item.kind == "value" and self.may_draw(p, 4):
            more.append((2, lambda: self.each_of_requests(item, inner)))
        return self.way(simple, more)

    def each_of_requests(self, item: Ty, p: Place) -> str:
        """Each element is an activation, equal ones share their draws."""
        self.pay(p)
        name = self.name("r")
        requests = ", ".join(self.expr(request_of(item), p) for _ in range(self.number(1, 3)))
        return f"([{requests}] | each({name} => {name} | {self.one(('ask', 'sample(n=2) | best', 'sample | pick'))}))"

    def each_of_list(self, t: Ty, p: Place, inner: Place) -> str:
        given = self.list_of_values(list_of(NUMBER), p)
        return f"({given} | each({self.of_element(NUMBER, t.item, inner)}, max=3))"
