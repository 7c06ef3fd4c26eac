"""Which type stands for which variable, and when one type will do for another.

Inference is local: each call of a declaration gives its type variables fresh numbers, and they
are solved by that call's arguments, from left to right. A variable of number 0 is *rigid*: it
is the declaration's own, seen from inside, and equal only to itself.

What a mistake left without a type is `BROKEN`, which goes with every type, so that one mistake is
told once. A program with a broken term never leaves the check.
"""

from __future__ import annotations

from collections.abc import Callable

from ilang.base.type import (
    ANY,
    INT,
    NONE,
    NUMBER,
    Basic,
    CandidateOf,
    Candidates,
    Enum,
    Field,
    Function,
    ListOf,
    Optional,
    Record,
    RequestOf,
    TallyOf,
    Type,
    Var,
)

BROKEN = Basic("...")


class Unifier:
    """The solved variables of one module's check."""

    def __init__(self) -> None:
        self._solved: dict[Var, Type] = {}
        self._trail: list[Var] = []
        self._next = 0

    def fresh(self, name: str = "T") -> Var:
        """A new variable to be solved."""
        self._next += 1
        return Var(name, self._next)

    def mark(self) -> int:
        """A point to go back to with `undo`."""
        return len(self._trail)

    def undo(self, mark: int) -> None:
        """Forgets what was solved since the mark."""
        for variable in self._trail[mark:]:
            del self._solved[variable]
        del self._trail[mark:]

    def head(self, type_: Type) -> Type:
        """The type with its outermost variable replaced, as far as it is solved."""
        while isinstance(type_, Var) and type_ in self._solved:
            type_ = self._solved[type_]
        return type_

    def full(self, type_: Type) -> Type:
        """The type with all solved variables replaced."""
        return rebuild(self.head(type_), self.full)

    def solve(self, variable: Var, type_: Type) -> bool:
        """Let the variable stand for the type; False where the type holds the variable."""
        type_ = self.full(type_)
        if type_ == variable:
            return True
        if variable in variables(type_):
            return False
        self._solved[variable] = type_
        self._trail.append(variable)
        return True

    def widen(self, variable: Var, type_: Type) -> bool:
        """Let a solved variable stand for a type that takes in what it stood for; False where it takes in less."""
        last = variable
        while isinstance(self._solved.get(last), Var):
            last = self._solved[last]  # type: ignore[assignment]
        known = self._solved.get(last)
        if known is None or reshaped(known, type_) or not self.fits(known, type_):
            return False
        self._solved[last] = self.full(type_)
        return True

    def solve_all(self, type_: Type, stands_for: Type) -> None:
        """Let every open variable of a type stand for one type."""
        for variable in variables(self.full(type_)):
            if variable.number:
                self.solve(variable, stands_for)

    def fits(self, have: Type, want: Type) -> bool:
        """Whether a value of type `have` is, as it stands, a value of type `want`.

        Solves variables on the way. An int is a number, a T is a T?; what holds others
        (lists, requests, pools, tallies) goes with what it holds, since values never change. A record without a name
        is any record of its fields; see `reshaped`.
        """
        have, want = self.head(have), self.head(want)
        if have == want:
            return True
        if isinstance(want, Var) and want.number:
            return self.solve(want, have)
        if have in (ANY, BROKEN) or want in (ANY, BROKEN):
            return True
        if isinstance(have, Var) and have.number:
            return self.solve(have, want)
        match have, want:
            case _, Optional(item):
                if have == NONE:
                    return True
                return self.fits(have.item if isinstance(have, Optional) else have, item)
            case Basic(), Basic():
                return have == INT and want == NUMBER
            case (
                (ListOf(a), ListOf(b))
                | (RequestOf(a), RequestOf(b))
                | (Candidates(a), Candidates(b))
                | (CandidateOf(a), CandidateOf(b))
                | (TallyOf(a), TallyOf(b))
            ):
                return self.fits(a, b) and (isinstance(have, ListOf) or not reshaped(self.full(a), self.full(b)))
            case Record(), Record():
                if have.name and want.name:
                    return have.name == want.name and have.fields == want.fields
                known = {f.name: f.type for f in have.fields}
                return known.keys() <= {f.name for f in want.fields} and all(
                    self.fits(known.get(f.name, NONE), f.type) for f in want.fields
                )
            case Function(), Function():
                return (
                    len(have.params) == len(want.params)
                    and all(self.fits(w, h) for h, w in zip(have.params, want.params, strict=True))
                    and self.fits(have.result, want.result)
                    and not reshaped(self.full(have.result), self.full(want.result))
                )
        return False

    def instantiate(self, type_: Type, names: dict[str, Var]) -> Type:
        """The type with each rigid variable replaced by a fresh one, the same for the same name."""
        if isinstance(type_, Var) and not type_.number:
            if type_.name not in names:
                names[type_.name] = self.fresh(type_.name)
            return names[type_.name]
        if isinstance(type_, Basic | Enum):
            return type_
        return rebuild(type_, lambda t: self.instantiate(t, names))


def rebuild(type_: Type, change: Callable[[Type], Type]) -> Type:
    """The type with `change` applied to the types it holds; itself where nothing changes."""
    match type_:
        case Basic() | Enum() | Var():
            return type_
        case ListOf(item) | RequestOf(item) | CandidateOf(item) | Candidates(item) | TallyOf(item):
            inner = change(item)
            return type_ if inner is item else type(type_)(inner)
        case Optional(item):
            inner = change(item)
            return type_ if inner is item else optional(inner)
        case Function(params, result):
            return Function(tuple(change(p) for p in params), change(result))
        case Record("", fields):
            return Record("", tuple(Field(x.name, change(x.type), x.note) for x in fields))
    return type_


def variables(type_: Type) -> set[Var]:
    """The variables that a type holds."""
    match type_:
        case Var():
            return {type_}
        case ListOf(item) | Optional(item) | RequestOf(item) | CandidateOf(item) | Candidates(item) | TallyOf(item):
            return variables(item)
        case Function(params, result):
            return set().union(*(variables(p) for p in params), variables(result))
        case Record("", fields):
            return set().union(*(variables(x.type) for x in fields))
    return set()


def reshaped(have: Type, want: Type) -> bool:
    """Whether a value of a type that fits must be made anew: a record without a name, as one of other fields."""
    match have, want:
        case Record(), Record():
            return (not have.name and [f.name for f in have.fields] != [f.name for f in want.fields]) or any(
                reshaped(a.type, b.type) for a, b in zip(have.fields, want.fields, strict=False) if not have.name
            )
        case (ListOf(a), ListOf(b)) | (Optional(a), Optional(b)):
            return reshaped(a, b)
        case _, Optional(b):
            return reshaped(have, b)
    return False


def holds(type_: Type, part: Type) -> bool:
    """Whether a type is, or holds, another; what a named record holds does not count."""
    if type_ == part:
        return True
    match type_:
        case ListOf(item) | Optional(item) | RequestOf(item) | CandidateOf(item) | Candidates(item) | TallyOf(item):
            return holds(item, part)
        case Function(params, result):
            return any(holds(p, part) for p in (*params, result))
        case Record("", fields):
            return any(holds(x.type, part) for x in fields)
    return False


def optional(type_: Type) -> Type:
    """`T?`, also where it is one already."""
    return type_ if isinstance(type_, Optional) else Optional(type_)
