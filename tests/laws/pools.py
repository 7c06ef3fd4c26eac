"""Makes requests, pools of what is drawn of them, and the stages that pools go through."""

from __future__ import annotations

from dataclasses import replace

from tests.laws.place import Place, Way
from tests.laws.values import Values
from tests.laws.vocabulary import (
    BOOL,
    KIND,
    MODEL,
    NUMBER,
    PROMPTS,
    TEXT,
    Ty,
    candidate_of,
    pool_of,
    request_of,
    tally_of,
)

CHOICES = {NUMBER: ("1", "0", "2", "12"), BOOL: ("true", "false"), KIND: ("Kind.green", "Kind.red")}
"""Answers of the types that a tally can be of."""


class Pools(Values):
    """The part of a maker that makes requests and pools."""

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

    def drawn(self, t: Ty, p: Place) -> list[Way]:
        return [
            (12, lambda: self.ask(t, p)),
            (16, lambda: self.chosen(t, p)),
            (3, lambda: f"({self.tally(t, p)}).winner"),
        ]

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
        if t in CHOICES and self.may_draw(p):
            more.append((3, lambda: f"({self.request(t, p)} | tally{self.choices(t)})"))
        return self.way([*simple, (3, lambda: f"({self.pool(t, p)} | vote{self.vote(t, p)})")], more)

    def choices(self, t: Ty) -> str:
        """Some of the answers, or all where the type says them."""
        few = CHOICES[t]
        if t != NUMBER and self.number(0, 1):
            return ""
        return f"(choices=[{', '.join(few[: self.number(1, len(few))])}])"

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

        def f(result: Ty) -> str:
            return self.of_candidate(t, result, p)

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
            begun = self.one(("", "", ', choices=["oak", "elm "]', ', choices=["o", "oak elm", "elm"]'))
            return f"extend(n={n}{stop}{begun}{self.more_settings(p)})"
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
            case 1 | 3:
                until = f", until={self.of_candidate(t, BOOL, rounds)}"
            case 2:
                until = f", until={self.expr(BOOL, replace(rounds, it=None) if p.live else rounds)}"
        if p.live and "them" in until:
            until = ""
        return f"repeat(max={most}{until}) {{ {self.inner_stages(t, p, most)} }}"
