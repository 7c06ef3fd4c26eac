"""Finds each `each` without `max` over a list whose length a model chose.

A value is the *model's* when it was read from a reply: the value of a request, a pool or a
candidate, its text, or anything computed from these. Of a list its length and what it holds are
told apart: a list of eight draws is not the model's, but each of the eight is. The parameters of
a pipeline are as its callers give them, so a pipeline is looked at once for each way in which it
is called.

The look at a term is a generator that yields the looks that it needs, so that nothing here calls
itself, however deep a program is.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import NONE, CandidateOf, Candidates, TallyOf
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
    Convert,
    Focus,
    GetField,
    IfSome,
    Lambda,
    Local,
    MakeList,
    Per,
    Repeat,
    Scope,
    Symbol,
    Term,
)
from ilang.check.walk import parts, stage_place

_NO_LENGTH = frozenset({"length", "count", "any", "share_of", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "not"})
_FROM_REPLY = frozenset({"ask", "best", "worst", "pick"})
_FIELDS = frozenset({"value", "text", "last", "thinking", "winner"})


@dataclass(frozen=True, slots=True)
class Made:
    """Where a model chose a value: its length (`own`), and what it holds (`inside`); None where no model did."""

    own: Span | None = None
    inside: Span | None = None

    def __or__(self, other: Made) -> Made:
        return Made(self.own or other.own, self.inside or other.inside)

    def held(self) -> Made:
        """What an element of it is."""
        return Made(self.inside, self.inside)

    def holder(self, own: Span | None) -> Made:
        """What a list is whose elements are this, of a length that was chosen at `own`."""
        return Made(own, self.own or self.inside)


NOBODY = Made()
Names = dict[Symbol, Made]
Look = Generator["Look", Made, Made]


def by_model(span: Span) -> Made:
    """A value that stands in a reply."""
    return Made(span, span)


def unbounded(pipelines: Mapping[str, Pipeline], roots: Sequence[str]) -> list[Diagnostic]:
    """The problems in the pipelines reached from the roots (their parameters are the user's own)."""
    check = _Bounded(pipelines)
    for key in roots:
        _run(check.pipeline(key, ()))
    return list(dict.fromkeys(check.problems))


def _run(look: Look) -> Made:
    """Runs a look and those that it asks for, one inside the other."""
    stack = [look]
    made = NOBODY
    begun = False
    while True:
        try:
            stack.append(stack[-1].send(made) if begun else next(stack[-1]))
            begun = False
        except StopIteration as done:
            stack.pop()
            made, begun = _made(done), True
            if not stack:
                return made


def _made(done: StopIteration) -> Made:
    assert isinstance(done.value, Made)
    return done.value


class _Bounded:
    def __init__(self, pipelines: Mapping[str, Pipeline]) -> None:
        self.pipelines = pipelines
        self.problems: list[Diagnostic] = []
        self._done: dict[tuple[str, tuple[tuple[bool, bool], ...]], Made] = {}

    def pipeline(self, key: str, given: tuple[Made, ...]) -> Look:
        """Looks at a pipeline with these arguments (none: the user's own); gives what its result is."""
        known = (key, tuple((m.own is not None, m.inside is not None) for m in given))
        if known in self._done:
            return self._done[known]
        self._done[known] = NOBODY
        pipeline = self.pipelines.get(key)
        if pipeline is None:
            return NOBODY
        symbols = [p.symbol for p in pipeline.signature.params if p.symbol is not None]
        self._done[known] = yield self.look(pipeline.body, dict(zip(symbols, given, strict=False)))
        return self._done[known]

    def looks(self, terms: Sequence[Term], names: Names) -> Look:
        """All of these; gives what any of them is."""
        made = NOBODY
        for term in terms:
            made |= yield self.look(term, names)
        return made

    def look(self, t: Term, names: Names) -> Look:
        """What a model chose of this value."""
        match t:
            case Local(symbol):
                return names.get(symbol, NOBODY)
            case Const():
                return NOBODY
            case Bind(symbol, value, body) | IfSome(symbol, value, body):
                made = yield self.look(value, names)
                return (yield self.look(body, {**names, symbol: made}))
            case Lambda(_, body):
                # what a call of it gives; its candidates are told by the conversions of them
                return (yield self.look(body, names))
            case Choose(condition, then, other):
                yield self.look(condition, names)
                return (yield self.looks((then, other), names))
            case GetField(owner, value, name):
                made = yield self.look(value, names)
                if owner in ("candidate", "tally"):
                    if name == "answers":
                        return by_model(t.span).holder(None)
                    return by_model(t.span) if name in _FIELDS else NOBODY
                return made
            case Convert(how, value):
                made = yield self.look(value, names)
                if how in ("values", "candidates"):
                    return by_model(t.span).holder(None)
                return by_model(t.span) if how in ("value", "value_or_text") else made
            case CallBuiltin(name, argument_names, arguments):
                given = dict(zip(argument_names, arguments, strict=True))
                if "list" in given:
                    return (yield self.of_list(t, name, given, names))
                made = yield self.looks(arguments, names)
                if name in _FROM_REPLY:
                    return by_model(t.span)
                if name == "each":
                    return made.holder(None)
                return NOBODY if name in _NO_LENGTH or isinstance(t.type, Candidates | TallyOf) else made
            case CallPipeline(key, arguments):
                made_of: list[Made] = []
                for argument in arguments:
                    made_of.append((yield self.look(argument, names)))
                return (yield self.pipeline(key, tuple(made_of)))
            case CallPrompt(_, arguments):
                yield self.looks(arguments, names)
                return NOBODY
            case CallPython(_, _, arguments):
                made = yield self.looks(arguments, names)
                drawn = any(isinstance(a.type, Candidates | TallyOf | CandidateOf) for a in arguments)
                why = made.own or made.inside or (t.span if drawn else None)
                return Made(why, why)
            case CallFunction(function, arguments):
                return (yield self.looks((function, *arguments), names))
            case MakeList(items):
                return (yield self.looks(items, names)).holder(None)
            case Repeat() | Focus() | Per():
                yield self.looks(list(parts(t)), names)
                return NOBODY
            case Scope(_, limits, body):
                yield self.looks(limits, names)
                return (yield self.look(body, names))
        return (yield self.looks(list(parts(t)), names))

    def of_list(self, t: CallBuiltin, name: str, given: dict[str, Term], names: Names) -> Look:
        """A stage or function on a list; an element of the model's list is the model's."""
        made = yield self.look(given["list"], names)
        result = NOBODY
        for at, argument in given.items():
            if isinstance(argument, Lambda):
                element = dict.fromkeys(argument.params, made.held())
                result |= yield self.look(argument.body, {**names, **element})
            elif at != "list":
                result |= yield self.look(argument, names)
        if name == "each":
            limited = not _left_out(given["max"])
            if made.own is not None and not limited:
                self.problems.append(problems.each_needs_max(stage_place(t), made.own))
            return result.holder(None)
        if name == "prune":
            return made if _left_out(given.get("keep")) else Made(None, made.inside)
        if name in _NO_LENGTH:
            return NOBODY
        if name in ("first", "last"):
            return made.held()
        return made | result


def _left_out(argument: Term | None) -> bool:
    return argument is None or (isinstance(argument, Const) and argument.type == NONE)
