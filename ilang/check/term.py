"""Checked expressions: every name bound, every type known, every conversion written out.

A term is what the checker makes of an expression. There is no implicit thing left in it: the
function that an argument with `it` stands for is a `Lambda`, a candidate standing for its value
is a `Convert`, none passing through a stage is an `IfSome`. Children are ordered as they are
evaluated: from left to right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ilang.base.noun import noun
from ilang.base.span import Span
from ilang.base.type import Type
from ilang.base.value import Value


def _span() -> Span:
    return field(compare=False, repr=False)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A bound name; the number tells two of one name apart. A key of many tables, so with a fast hash."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name}.{self.number}"


@noun
class Const:
    """A value known before the run."""

    value: Value
    type: Type
    span: Span = _span()


@noun
class Local:
    """A parameter, a `let`, `it`, `them`, or a name bound by the checker."""

    symbol: Symbol
    type: Type
    span: Span = _span()


@noun
class ModelOf:
    """A declared model, by its key in the Program."""

    key: str
    type: Type
    span: Span = _span()


@noun
class MakeList:
    """`[a, b]`."""

    items: tuple[Term, ...]
    type: Type
    span: Span = _span()


@noun
class MakeRecord:
    """`{ a = x }`, in the type's order of fields; `fields` gives the names in the order of evaluation."""

    names: tuple[str, ...]
    values: tuple[Term, ...]
    type: Type
    span: Span = _span()


@noun
class MakeText:
    """A text with holes."""

    parts: tuple[str | Term, ...]
    type: Type
    span: Span = _span()


@noun
class GetField:
    """A field. `owner` says of what: candidate, record, tally, message or any."""

    owner: Literal["candidate", "record", "tally", "message", "any"]
    value: Term
    name: str
    type: Type
    span: Span = _span()


@noun
class CallBuiltin:
    """A stage or pure function of the prelude, its arguments in the prelude's order of parameters.

    `names` are the parameters' names; an argument left out is its default's Const. Marks of
    `mark` stand behind, by the names that were written.
    """

    name: str
    names: tuple[str, ...]
    arguments: tuple[Term, ...]
    type: Type
    span: Span = _span()


@noun
class CallPython:
    """A Python function, by its key; `type` is what must come back and is checked as it does."""

    key: str
    names: tuple[str, ...]
    arguments: tuple[Term, ...]
    type: Type
    span: Span = _span()


@noun
class CallPrompt:
    """A prompt applied: a request, or a text or messages where it declares no result."""

    key: str
    arguments: tuple[Term, ...]
    type: Type
    span: Span = _span()


@noun
class CallPipeline:
    """A pipeline called by name: it counts on in its caller's activation; arguments are lazy."""

    key: str
    arguments: tuple[Term, ...]
    type: Type
    span: Span = _span()


@noun
class CallFunction:
    """A function value called: an activation of its own."""

    function: Term
    arguments: tuple[Term, ...]
    type: Type
    span: Span = _span()


@noun
class Lambda:
    """A function; a call of it is an activation."""

    params: tuple[Symbol, ...]
    body: Term
    type: Type
    span: Span = _span()


@noun
class Constant:
    """The function that always gives this value, which is computed outside, once."""

    value: Term
    arity: int
    type: Type
    span: Span = _span()


@noun
class Choose:
    """`if c { a } else { b }`; `and` and `or` are written with it."""

    condition: Term
    then: Term
    otherwise: Term
    type: Type
    span: Span = _span()


@noun
class Bind:
    """`let x = value` in front of a body: lazy, evaluated at most once."""

    symbol: Symbol
    value: Term
    body: Term
    type: Type
    span: Span = _span()


@noun
class IfSome:
    """None where `value` is none, else `body` with the value bound."""

    symbol: Symbol
    value: Term
    body: Term
    type: Type
    span: Span = _span()


@noun
class Otherwise:
    """`value | otherwise(other)`: other for none and for nothing-left."""

    value: Term
    other: Term
    type: Type
    span: Span = _span()


@noun
class Repeat:
    """`repeat`. `until` is bound to the pool before each round (`them`); it is a bool, or with
    `each_one` a function of a candidate. `body` is bound to the pool of the round."""

    pool: Term
    max: Term
    them: Symbol
    until: Term | None
    each_one: bool
    inner: Symbol
    body: Term
    type: Type
    span: Span = _span()


@noun
class Focus:
    """`focus(cond)` where `condition` is given, else `focus(top=, by=)`."""

    pool: Term
    condition: Term | None
    top: Term | None
    by: Term | None
    inner: Symbol
    body: Term
    type: Type
    span: Span = _span()


@noun
class Per:
    """`per(key)`."""

    pool: Term
    key: Term
    inner: Symbol
    body: Term
    type: Type
    span: Span = _span()


@noun
class Scope:
    """`within(usd=.., tokens=.., calls=.., seconds=..)`."""

    names: tuple[str, ...]
    limits: tuple[Term, ...]
    body: Term
    type: Type
    span: Span = _span()


@noun
class Convert:
    """A conversion that the checker wrote out.

    `value`: a candidate as its value; `value_or_text`: the same, its text where it did not
    parse; `values`: a pool as the list of its values; `candidates`: a pool as a list of its
    candidates; `verdict`: a bool, number or record as a Verdict; `checked`: a value from Python
    as `type`, or an error.
    """

    how: Literal["value", "value_or_text", "values", "candidates", "verdict", "checked"]
    value: Term
    type: Type
    span: Span = _span()


Term = (
    Const
    | Local
    | ModelOf
    | MakeList
    | MakeRecord
    | MakeText
    | GetField
    | CallBuiltin
    | CallPython
    | CallPrompt
    | CallPipeline
    | CallFunction
    | Lambda
    | Constant
    | Choose
    | Bind
    | IfSome
    | Otherwise
    | Repeat
    | Focus
    | Per
    | Scope
    | Convert
)
