"""Finds each `each` without `max` over a list whose length a model chose.

A value is the *model's* when it was read from a reply: the value of a request, a pool or a
candidate, its text, or anything computed from these. The parameters of a pipeline are as its
callers give them, so a pipeline is looked at once for each way in which it is called.
"""

from __future__ import annotations

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import NONE, CandidateOf, Candidates, Function, ListOf, Optional
from ilang.check import problems
from ilang.check.program import Pipeline
from ilang.check.term import (
    Bind,
    CallBuiltin,
    CallFunction,
    CallPipeline,
    CallPrompt,
    CallPython,
    Choose,
    Const,
    Constant,
    Convert,
    Focus,
    GetField,
    IfSome,
    Lambda,
    Local,
    MakeList,
    MakeRecord,
    Otherwise,
    Per,
    Repeat,
    Scope,
    Symbol,
    Term,
)
from ilang.check.walk import parts

_BOUNDED = frozenset({"length", "count", "any", "share_of", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "not"})
_FROM_REPLY = frozenset({"ask", "best", "worst", "pick"})
_FIELDS = frozenset({"value", "text", "last", "thinking", "winner"})


def unbounded(pipelines: dict[str, Pipeline], roots: list[str]) -> list[Diagnostic]:
    """The problems in the pipelines reached from the roots (their parameters are the user's own)."""
    check = _Bounded(pipelines)
    for key in roots:
        check.pipeline(key, frozenset())
    return list(dict.fromkeys(check.problems))


class _Bounded:
    def __init__(self, pipelines: dict[str, Pipeline]) -> None:
        self.pipelines = pipelines
        self.problems: list[Diagnostic] = []
        self._done: dict[tuple[str, frozenset[int]], Span | None] = {}

    def pipeline(self, key: str, theirs: frozenset[int], why: Span | None = None) -> Span | None:
        """Looks at a pipeline whose parameters at these places are the model's; gives why its result is."""
        known = (key, theirs)
        if known in self._done:
            return self._done[known]
        self._done[known] = None
        pipeline = self.pipelines.get(key)
        if pipeline is None:
            return None
        scope: dict[Symbol, Span | None] = {
            p.symbol: why for i, p in enumerate(pipeline.signature.params) if i in theirs and p.symbol is not None
        }
        self._done[known] = self.look(pipeline.body, scope)
        return self._done[known]

    def look(self, t: Term, scope: dict[Symbol, Span | None]) -> Span | None:
        """Where the model chose this value; None where it did not."""
        match t:
            case Local(symbol):
                return scope.get(symbol)
            case Const():
                return None
            case Bind(symbol, value, body) | IfSome(symbol, value, body):
                why = self.look(value, scope)
                return self.look(body, {**scope, symbol: why})
            case Lambda(params, body):
                theirs = {p: t.span for p, type_ in zip(params, _params(t), strict=True) if isinstance(type_, CandidateOf)}
                return self.look(body, {**scope, **dict.fromkeys(params), **theirs})
            case Choose(condition, then, other):
                self.look(condition, scope)
                a, b = self.look(then, scope), self.look(other, scope)
                return a or b
            case GetField(owner, value, name):
                why = self.look(value, scope)
                if owner in ("candidate", "tally"):
                    return value.span if name in _FIELDS else None
                return why
            case Convert(how, value):
                why = self.look(value, scope)
                return t.span if how in ("value", "value_or_text") else (None if how in ("values", "candidates") else why)
            case CallBuiltin(name, names, arguments):
                given = dict(zip(names, arguments, strict=True))
                if name == "each" and "list" in given:
                    return self.each(t, given, scope)
                whys = [self.look(argument, scope) for argument in arguments]
                if name in _FROM_REPLY:
                    return t.span
                if name in _BOUNDED or isinstance(t.type, Candidates):
                    return None
                return next((w for w in whys if w is not None), None)
            case CallPipeline(key, arguments):
                found = [self.look(a, scope) for a in arguments]
                theirs_at = frozenset(i for i, w in enumerate(found) if w is not None)
                return self.pipeline(key, theirs_at, next((w for w in found if w is not None), None))
            case CallPrompt(_, arguments):
                for argument in arguments:
                    self.look(argument, scope)
                return None
            case CallPython(_, _, arguments) | MakeList(arguments) | CallFunction(_, arguments):
                found = [self.look(a, scope) for a in arguments]
                if isinstance(t, MakeList):
                    return next((w for w in found if w is not None), None) if any(isinstance(a.type, ListOf) for a in arguments) else None
                return next((w for w in found if w is not None), None)
            case MakeRecord(_, values):
                found = [self.look(v, scope) for v in values]
                return next((w for w in found if w is not None), None)
            case Otherwise(value, other):
                a, b = self.look(value, scope), self.look(other, scope)
                return a or b
            case Repeat() | Focus() | Per():
                for part in parts(t):
                    self.look(part, scope)
                return None
            case Scope(_, limits, body):
                for limit in limits:
                    self.look(limit, scope)
                return self.look(body, scope)
            case Constant(value):
                return self.look(value, scope)
        for part in parts(t):
            self.look(part, scope)
        return None

    def each(self, t: Term, given: dict[str, Term], scope: dict[Symbol, Span | None]) -> Span | None:
        """`each` over a list: an element of the model's list is the model's."""
        why = self.look(given["list"], scope)
        f, limit = given["f"], given["max"]
        if isinstance(f, Lambda):
            self.look(f.body, {**scope, **dict.fromkeys(f.params, why)})
        else:
            self.look(f, scope)
        if why is not None and isinstance(limit, Const) and limit.type == NONE:
            self.problems.append(problems.each_needs_max(t.span, why))
        return None


def _params(t: Lambda) -> tuple[object, ...]:
    type_ = t.type.item if isinstance(t.type, Optional) else t.type
    return type_.params if isinstance(type_, Function) else tuple(None for _ in t.params)
