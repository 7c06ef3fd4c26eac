"""What the check of one module has at hand: its globals, the solved types, the problems found."""

from __future__ import annotations

from dataclasses import dataclass, field

from ilang.base.diagnostic import Diagnostic
from ilang.base.type import MODEL, Enum, Function, Record, Type
from ilang.check.program import ModelDeclaration, Prompt, Signature
from ilang.check.term import Symbol
from ilang.check.unify import Unifier


class Stop(Exception):
    """Ends the check of one declaration; carries its problem."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(frozen=True, slots=True)
class Library:
    """A module taken in whole: `use std.voting` binds its names behind `voting.`."""

    name: str
    names: dict[str, Global]


Global = tuple[Signature, ...] | ModelDeclaration | Library


@dataclass(slots=True)
class Context:
    """The state of one module's check."""

    module: str
    globals: dict[str, Global]
    types: dict[str, Record | Enum]
    prelude: dict[str, tuple[Signature, ...]]
    prompts: dict[str, Prompt]
    mark_names: frozenset[str] = frozenset()
    marks: dict[str, Type] = field(default_factory=dict)
    unifier: Unifier = field(default_factory=Unifier)
    errors: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    read: set[Symbol] = field(default_factory=set)
    _symbols: int = 0

    def symbol(self, name: str) -> Symbol:
        """A new symbol for a name."""
        self._symbols += 1
        return Symbol(name, self._symbols)

    def find(self, name: str) -> Global | None:
        """A global: the module's own declarations and uses, then the prelude."""
        return self.globals.get(name) or self.prelude.get(name)

    def callables(self) -> list[str]:
        """Names that a stage may have."""
        return [*self.prelude, *(n for n, g in self.globals.items() if isinstance(g, tuple))]

    def key(self, name: str) -> str:
        return f"{self.module}:{name}" if self.module else name


def type_of_global(found: Global) -> Type | None:
    """The type of a global read as a value: a model, or a function; None of a library."""
    if isinstance(found, ModelDeclaration):
        return MODEL
    if isinstance(found, tuple):
        one = found[0]
        required = tuple(p.type for p in one.params if p.default is None and not p.python_default)
        return Function(required, one.result)
    return None
