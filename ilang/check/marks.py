"""The types of marks, the fields that `mark` gives to candidates.

A mark has one type in one declaration. Read in a declaration that does not make it, it has the type
that all others give it, or any where they differ. A mark may be read before the place that makes it
was checked: it is taken for a number then, and where that was wrong the bodies are checked again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ilang.base.type import ANY, INT, NUMBER, Type


@dataclass(slots=True)
class Marks:
    """The marks of one module.

    `declaration` is the one being checked, by its place in the file; `made_in` says, by name, which
    make a mark; `known` holds their types, `before` those of the round before; `imported` are the
    marks of the files that are used; `read` is what was read, and as what.
    """

    declaration: int = -1
    made_in: dict[str, set[int]] = field(default_factory=dict)
    known: dict[str, dict[int, Type]] = field(default_factory=dict)
    before: dict[str, dict[int, Type]] = field(default_factory=dict)
    imported: dict[str, Type] = field(default_factory=dict)
    read: set[tuple[int, str, Type]] = field(default_factory=set)

    def names(self) -> list[str]:
        """All marks that a candidate may have."""
        return sorted({*self.made_in, *self.imported})

    def __contains__(self, name: str) -> bool:
        return name in self.made_in or name in self.imported

    def type(self, name: str) -> Type:
        """The type of a mark where it is read."""
        found = self._type(self.declaration, name)
        self.read.add((self.declaration, name, found))
        return found

    def here(self, name: str) -> Type | None:
        """The type that this declaration gave to a mark before."""
        return self.known.get(name, {}).get(self.declaration)

    def make(self, name: str, type_: Type) -> None:
        """This declaration gives a mark of this type."""
        self.known.setdefault(name, {})[self.declaration] = type_

    def misread(self) -> set[int]:
        """The declarations that read a mark as what it did not turn out to be; they may be checked again then."""
        wrong = {at for at, name, type_ in self.read if self._type(at, name) != type_}
        self.read = {read for read in self.read if read[0] not in wrong}
        self.before = {name: dict(types) for name, types in self.known.items()}
        for types in self.known.values():
            for at in wrong & types.keys():
                del types[at]
        return wrong

    def exported(self) -> dict[str, Type]:
        """The marks that a pool from this module may have."""
        return {**self.imported, **{name: _common([*types.values()]) for name, types in self.known.items()}}

    def _type(self, declaration: int, name: str) -> Type:
        types = {**self.before.get(name, {}), **self.known.get(name, {})}
        if declaration in self.made_in.get(name, ()):
            return types.get(declaration, NUMBER)
        return _common([*types.values(), *([self.imported[name]] if name in self.imported else [])])


def _common(types: list[Type]) -> Type:
    """The type of all; any where they differ, a number where there is none."""
    distinct = set(types)
    if distinct <= {INT, NUMBER}:
        return INT if distinct == {INT} else NUMBER
    return distinct.pop() if len(distinct) == 1 else ANY
