"""Which models may answer at each stage that samples, as far as the program tells before it runs.

Followed from the entry through lets, branches, regions and called pipelines: a pool's models are those that
wrote its candidates, and a stage without a model asks the one that wrote the candidate, or the default.
What cannot be told (a function's candidate, a value of a field) is None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ilang.base.type import NONE, Candidates
from ilang.base.value import Model
from ilang.check.drawing import FOLLOWS, MODELLED
from ilang.check.program import Program
from ilang.check.term import (
    Bind,
    CallBuiltin,
    CallPipeline,
    Choose,
    Const,
    Focus,
    IfSome,
    Lambda,
    Local,
    ModelOf,
    Otherwise,
    Per,
    Repeat,
    Scope,
    Symbol,
    Term,
)
from ilang.check.walk import parts

Models = frozenset[Model] | None
"""The models that may be meant; empty where none is named (so the default), None where it cannot be told."""


@dataclass(frozen=True, slots=True)
class Site:
    """A stage that samples, and the models that may answer there."""

    term: CallBuiltin
    models: frozenset[Model]


@dataclass(slots=True)
class Flow:
    """Follows a program. `models` are those bound to its names, `default` that of whatever names none."""

    program: Program
    models: Mapping[str, Model]
    default: Model | None
    found: dict[int, Site] = field(default_factory=dict)
    _calls: dict[tuple[str, tuple[Models, ...]], Models] = field(default_factory=dict)

    def sites(self, entries: Iterator[str] | list[str]) -> list[Site]:
        """The sites of these pipelines and all that they call."""
        for key in entries:
            self.call(key, tuple(None for _ in self.program.pipelines[key].signature.params), entry=True)
        return list(self.found.values())

    def call(self, key: str, given: tuple[Models, ...], *, entry: bool = False) -> Models:
        """The models of what a pipeline gives, for what its parameters are."""
        known = (key, given)
        if known in self._calls:
            return self._calls[known]
        self._calls[known] = None
        pipeline = self.program.pipelines[key]
        scope: dict[Symbol, Models] = {}
        for p, models in zip(pipeline.signature.params, given, strict=True):
            if p.symbol is not None:
                default = self.look(p.default, {}) if entry and p.default is not None else models
                scope[p.symbol] = default
        self._calls[known] = self.look(pipeline.body, scope)
        return self._calls[known]

    def look(self, t: Term, scope: dict[Symbol, Models]) -> Models:
        """The models of a term: those that it names, or that wrote the candidates that it gives."""
        match t:
            case Local(symbol):
                return scope.get(symbol)
            case ModelOf(key):
                model = self.models.get(key, self.default)
                return None if model is None else frozenset({model})
            case Const() if t.type == NONE:
                return frozenset()
            case Bind(symbol, value, body) | IfSome(symbol, value, body):
                return self.look(body, {**scope, symbol: self.look(value, scope)})
            case Choose(condition, then, other):
                self.look(condition, scope)
                return either(self.look(then, scope), self.look(other, scope))
            case Otherwise(value, other):
                return either(self.look(value, scope), self.look(other, scope))
            case Scope(_, limits, body):
                for limit in limits:
                    self.look(limit, scope)
                return self.look(body, scope)
            case CallPipeline(key, arguments):
                return self.call(key, tuple(self.look(a, scope) for a in arguments))
            case CallBuiltin():
                return self.stage(t, scope)
            case Repeat(pool, most, them, until, _, inner, body):
                models = self.look(pool, scope)
                self.look(most, scope)
                while True:  # what one round leaves is what the next gets
                    if until is not None:
                        self.look(until, {**scope, them: models})
                    after = either(models, self.look(body, {**scope, inner: models}))
                    if after == models:
                        return models
                    models = after
            case Focus(pool, condition, top, by, inner, body):
                models = self.look(pool, scope)
                for part in (condition, top, by):
                    if part is not None:
                        self.look(part, scope)
                return either(models, self.look(body, {**scope, inner: models}))
            case Per(pool, key_of, inner, body):
                models = self.look(pool, scope)
                self.look(key_of, scope)
                return either(models, self.look(body, {**scope, inner: models}))
            case Lambda(_, body):
                self.look(body, scope)
                return None
        for part in parts(t):
            self.look(part, scope)
        return None

    def stage(self, t: CallBuiltin, scope: dict[Symbol, Models]) -> Models:
        """A stage of the prelude; one that samples is noted with the models that may answer."""
        given = {n: self.look(a, scope) for n, a in zip(t.names, t.arguments, strict=True)}
        if t.name in MODELLED:
            models = given.get("model", frozenset())
            if models is not None and not models:
                if t.name in FOLLOWS:
                    models = given["pool"]
                else:
                    models = None if self.default is None else frozenset({self.default})
            if models:
                before = self.found.get(id(t))
                self.found[id(t)] = Site(t, models | before.models if before else models)
            return models
        if t.name == "add":
            return either(given["pool"], given["more"])
        return given.get("pool") if isinstance(t.type, Candidates) or "pool" in given else None


def either(a: Models, b: Models) -> Models:
    """The models of one or the other."""
    return None if a is None or b is None else a | b
