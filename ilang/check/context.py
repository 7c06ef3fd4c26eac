"""What the check of one module has at hand: its globals, the solved types, the problems found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import Enum, Function, Record, Type
from ilang.check import problems
from ilang.check.found import FoundKind, FoundNames
from ilang.check.marks import Marks
from ilang.check.program import ModelDeclaration, Prompt, Signature
from ilang.check.term import Const, Symbol
from ilang.check.unify import BROKEN, Unifier

MOST_PROBLEMS = 100


class Stop(Exception):
    """Ends the check of one expression or declaration; carries its problem, or None where it was told before."""

    def __init__(self, diagnostic: Diagnostic | None) -> None:
        super().__init__(diagnostic.message if diagnostic else "")
        self.diagnostic = diagnostic


class Enough(Exception):
    """Ends the check of a module that has more problems than anyone reads."""


@dataclass(frozen=True, slots=True)
class Library:
    """A module taken in whole: `use std.voting` binds its names behind `voting.`."""

    name: str
    names: dict[str, Global]


Global = tuple[Signature, ...] | ModelDeclaration | Library


@dataclass(slots=True)
class Context:
    """The state of one module's check.

    `failed`: names that a wrong `use` or declaration would have bound; who reads one is not told of
    it again. `origins`: why a name may be none, in words, where that is known. `found`: what names mean, by
    place, where an editor asks for it.
    """

    module: str
    globals: dict[str, Global]
    types: dict[str, Record | Enum]
    prelude: dict[str, tuple[Signature, ...]]
    prompts: dict[str, Prompt]
    marks: Marks = field(default_factory=Marks)
    unifier: Unifier = field(default_factory=Unifier)
    errors: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    origins: dict[Symbol, str] = field(default_factory=dict)
    read: set[Symbol] = field(default_factory=set)
    found: FoundNames | None = None
    _symbols: int = 0

    def symbol(self, name: str) -> Symbol:
        """A new symbol for a name."""
        self._symbols += 1
        return Symbol(name, self._symbols)

    def see(self, kind: FoundKind, name: str, span: Span, **facts: Any) -> None:
        """Keeps what a name means, where somebody asks."""
        if self.found is not None:
            self.found.add(kind, name, span, **facts)

    def see_type(self, span: Span, type_: Type) -> None:
        """Keeps the type of what stands at a place that was seen."""
        if self.found is not None:
            self.found.give_type(span, type_)

    def report(self, stop: Stop) -> None:
        """Takes a problem in; raises Enough where there are too many."""
        found = stop.diagnostic
        if found is None or found in self.errors:
            return
        if len(self.errors) == MOST_PROBLEMS:
            self.errors.append(problems.too_many(found.span, MOST_PROBLEMS))
            raise Enough
        self.errors.append(found)

    def report_depth(self, span: Span) -> None:
        """Takes in that something is nested deeper than can be checked; once a module."""
        if all(e.code != "nested-too-deep" for e in self.errors):
            self.report(Stop(problems.nested_too_deep(span)))

    def find(self, name: str) -> Global | None:
        """A global: the module's own declarations and uses, then the prelude."""
        found = self.globals.get(name)
        return found if found is not None or name in self.failed else self.prelude.get(name)

    def callables(self) -> list[str]:
        """Names that a stage may have."""
        return [*self.prelude, *(n for n, g in self.globals.items() if isinstance(g, tuple))]

    def key(self, name: str) -> str:
        return f"{self.module}:{name}" if self.module else name


def function_type(signature: Signature) -> Function:
    """The type of a pipeline, prompt or Python function read as a value: of its required parameters."""
    required = tuple(p.type for p in signature.params if p.default is None and not p.python_default)
    return Function(required, signature.result)


def broken(span: Span) -> Const:
    """What stands where a mistake was found."""
    return Const(None, BROKEN, span)
