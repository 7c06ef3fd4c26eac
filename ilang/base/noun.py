"""A frozen dataclass with slots that costs little to define.

`dataclass(frozen=True, slots=True)` writes and compiles six methods for each class, about 0.3 ms; with some hundred
nouns that is most of the time that `ilang check` takes to start. Here only `__init__` is compiled, and
the other methods are shared. For the trees and terms; what is made often and compared often keeps the standard one.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, fields
from functools import cache
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def noun(cls: type[T]) -> type[T]:
    """The class as a frozen dataclass with slots."""
    made: Any = dataclass(repr=False, eq=False, slots=True)(cls)
    made.__repr__ = _repr
    made.__eq__ = _eq
    made.__hash__ = _hash
    made.__setattr__ = _set
    made.__delattr__ = _delete
    return made  # type: ignore[no-any-return]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def made_often(cls: type[T]) -> type[T]:
    """The class as a dataclass with slots that costs little to make: frozen for the type checker alone.

    To set a frozen dataclass's fields takes three times as long. For what is made for every draw or node of a run.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


def _compared(self: Any) -> tuple[Any, ...]:
    values = []  # loops, not comprehensions: a deep tree is compared and shown with one frame a level
    for name in _compared_names(self.__class__):
        values.append(getattr(self, name))
    return tuple(values)


@cache
def _compared_names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls) if f.compare)


def _eq(self: Any, other: object) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self is other or _compared(self) == _compared(other)


def _hash(self: Any) -> int:
    return hash(_compared(self))


def _repr(self: Any) -> str:
    shown = []
    for f in fields(self):
        if f.repr:
            shown.append(f"{f.name}={getattr(self, f.name)!r}")
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _set(self: Any, name: str, value: object) -> None:
    """Sets a field once, in `__init__`."""
    try:
        object.__getattribute__(self, name)
    except AttributeError:
        object.__setattr__(self, name, value)
        return
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
