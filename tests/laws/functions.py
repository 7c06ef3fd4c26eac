"""Makes arguments where functions are expected: with `it`, written out, by name, of a branch, or a constant."""

from __future__ import annotations

from dataclasses import replace

from tests.laws.maker import Maker
from tests.laws.place import Place, Way
from tests.laws.vocabulary import BOOL, LIBRARY, PROMPTS, PYTHON, Callee, Ty, candidate_of, function_of, pool_of


class Functions(Maker):
    """The part of a maker that makes functions and calls."""

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
            more.append(
                (1, lambda: f"if {self.expr(BOOL, bare)} {{ {self.one(functions)} }} else {{ {self.one(functions)} }}")
            )
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
        found += [
            c.name
            for c in (*self.pipelines, *LIBRARY, *PYTHON)
            if c.params == params
            and c.result == result
            and (c.cost == 0 or self.spent + p.times * c.cost <= self.draws)
        ]
        found += [c.name for c in PROMPTS if c.params == params and c.result == result]
        return found

    def function_argument(self, params: tuple[Ty, ...], result: Ty, p: Place) -> str:
        """An argument where a pipeline's parameter is a function."""
        inner = replace(p, times=p.times * 2)
        if len(params) == 1:
            return self.of_one(params[0], params[0], result, inner)
        bare = replace(inner, it=None, them=None, region=False)
        ways: list[Way] = [
            (4, lambda: self.written_function(params, result, bare)),
            (1, lambda: self.expr(result, bare)),
        ]
        if functions := self.functions(params, result, bare):
            ways.append((3, lambda: str(self.one(functions))))
        return self.way(ways)

    def function(self, params: tuple[Ty, ...], result: Ty, p: Place) -> str:
        """An expression whose value is a function."""
        functions = self.functions(params, result, p)
        ways: list[Way] = [(3, lambda: str(self.one(functions)))]
        more: list[Way] = [
            (
                2,
                lambda: (
                    f"(if {self.expr(BOOL, p)} {{ {self.one(functions)} }} else {{ {self.function(params, result, p)} }})"
                ),
            )
        ]
        makers = [c for c in self.callees(p, function_of(params, result))]
        if makers:
            more.append((2, lambda: self.call(self.one(makers), p)))
        return self.way(ways, more)

    def call(self, c: Callee, p: Place) -> str:
        self.pay(p, c.cost)
        return f"{c.name}({', '.join(self.part(lambda t=t: self.argument(t, p)) for t in c.params)})"  # type: ignore[misc]

    def argument(self, t: Ty, p: Place) -> str:
        if t.kind == "function":
            return self.function_argument(t.params, t.item, p)
        return self.expr(t, p)
