"""Function values of a running program, and what a graph is given."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ilang.base.candidate import Candidate, Pool, View
from ilang.base.value import RecordValue, Value
from ilang.graph.node import Graph


@dataclass(eq=False, slots=True)
class Activation:
    """The entry, or one evaluation of a function: it counts the draws of each request from 0."""

    number: int = field(default_factory=itertools.count().__next__)
    counts: dict[Any, int] = field(default_factory=dict)
    stages: dict[Any, int] = field(default_factory=dict)

    def unused(self, key: Any) -> int:
        """The next unused index of a request."""
        return self.counts.get(key, 0)

    def take(self, key: Any, n: int) -> int:
        """The first of the next n unused indices of a request; an n below 0 takes none."""
        first = self.counts.get(key, 0)
        self.counts[key] = first + max(0, n)
        return first

    def occurrence(self, contents: Any) -> int:
        """How many equal stages that take random numbers this activation has run before."""
        before = self.stages.get(contents, 0)
        self.stages[contents] = before + 1
        return before


@dataclass(slots=True, eq=False)  # made often; nothing sets its fields
class Ready:
    """A value that is known."""

    value: Value


@dataclass(slots=True, eq=False)  # made often; nothing sets its fields
class Later:
    """A value of a frame, computed when it is first read."""

    frame: Any
    place: int


Thunk = Ready | Later


@dataclass(slots=True, eq=False)  # made often; nothing sets its fields
class Closure:
    """A function: its body, and what it captured. A call is an activation. `judges_by`: see graph.node.Function."""

    arity: int
    body: Graph
    captures: tuple[Thunk, ...]
    judges_by: tuple[str, ...] | None = None


@dataclass(slots=True, eq=False)  # made often; nothing sets its fields
class Always:
    """The function that always gives one value, or always fails in one way."""

    value: Value
    failure: Exception | None = None


HOLDERS = (Closure, Always, tuple, RecordValue)
"""What may be or hold a function, marks of candidates left aside."""


def functions_in(value: Value, *, in_marks: bool) -> Iterator[Closure]:
    """The functions that a value is or holds: in a list, a record, and `in_marks` of candidates."""
    stack: list[Value] = [value]
    while stack:
        one = stack.pop()
        match one:
            case Closure():
                yield one
            case Always():
                stack.append(one.value)
            case tuple():
                stack.extend(one)
            case RecordValue():
                stack.extend(v for _, v in one.fields)
            case View() if in_marks:
                stack.append(one.pool)
            case Pool() if in_marks:
                stack.extend(one.candidates)
            case Candidate() if in_marks:
                stack.extend(v for _, v in one.marks)
                stack.append(one.parent)
