"""The pure functions and operators of the language. Each takes its arguments by their prelude names.

What cannot be computed (a logarithm of 0, the first of nothing) raises CannotGive or NothingLeft,
never a Python error.
"""

from __future__ import annotations

import json as _json
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from ilang.base.candidate import Candidate, Pool, View
from ilang.base.ranges import ITEMS, TEXT
from ilang.base.value import Asked, Blob, EnumValue, Message, Model, RecordValue, Tally, Value, Verdict, whole
from ilang.stages.key import same
from ilang.stages.stage import CannotGive, NothingLeft

PURE: dict[str, Callable[..., Value]] = {}


def _pure(name: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    def add(f: Callable[..., Value]) -> Callable[..., Value]:
        @wraps(f)
        def guarded(*arguments: Value, **named: Value) -> Value:
            try:
                return f(*arguments, **named)
            except OverflowError:
                raise CannotGive(f"{name}: the number is too large") from None

        PURE[name] = guarded
        return guarded

    return add


def _number(x: Value) -> int | float:
    """A number that can be reckoned with."""
    if isinstance(x, bool) or not isinstance(x, int | float):
        raise CannotGive(f"{show(x)} is not a number" if x is not None else "a number that it needs is none")
    return x


def _result(x: float) -> int | float:
    if isinstance(x, float) and not math.isfinite(x):
        raise CannotGive("the number is too large, or none")
    if isinstance(x, int) and x.bit_length() > 4096:
        raise CannotGive("the number is too large")
    return x


def sized(x: Value) -> Value:
    """A text or a list that can be held. Raises CannotGive where it is too long."""
    if isinstance(x, str) and len(x) > TEXT:
        raise CannotGive(f"the text is too long: {len(x):,} characters, of at most {TEXT:,}")
    if isinstance(x, tuple) and len(x) > ITEMS:
        raise CannotGive(f"the list is too long: {len(x):,} elements, of at most {ITEMS:,}")
    return x


def _texts(left: Value, right: Value) -> bool:
    return isinstance(left, str) and isinstance(right, str)


@_pure("+")
def _add(left: Value, right: Value) -> Value:
    if _texts(left, right) or (isinstance(left, tuple) and isinstance(right, tuple)):
        return sized(left + right)
    return _result(_number(left) + _number(right))


@_pure("-")
def _subtract(left: Value, right: Value) -> Value:
    return _result(_number(left) - _number(right))


@_pure("*")
def _multiply(left: Value, right: Value) -> Value:
    return _result(_number(left) * _number(right))


@_pure("/")
def _divide(left: Value, right: Value) -> Value:
    if _number(right) == 0:
        raise CannotGive("division by 0")
    return _result(whole(_number(left) / right))


@_pure("negate")
def _negate(x: Value) -> Value:
    return -_number(x)


@_pure("not")
def _not(x: Value) -> Value:
    return not x


@_pure("==")
def _equal(left: Value, right: Value) -> Value:
    return same(left, right)


@_pure("!=")
def _unequal(left: Value, right: Value) -> Value:
    return not same(left, right)


def _ordered(left: Value, right: Value) -> tuple[Any, Any]:
    return (left, right) if _texts(left, right) else (_number(left), _number(right))


@_pure("<")
def _less(left: Value, right: Value) -> Value:
    a, b = _ordered(left, right)
    return a < b


@_pure("<=")
def _at_most(left: Value, right: Value) -> Value:
    a, b = _ordered(left, right)
    return a <= b


@_pure(">")
def _greater(left: Value, right: Value) -> Value:
    a, b = _ordered(left, right)
    return a > b


@_pure(">=")
def _at_least(left: Value, right: Value) -> Value:
    a, b = _ordered(left, right)
    return a >= b


@_pure("in")
def _in(left: Value, right: Value) -> Value:
    if _texts(left, right):
        return left in right
    if not isinstance(right, tuple):
        raise CannotGive(f"nothing can be in {show(right)}")
    return any(same(left, x) for x in right)


@_pure("not in")
def _not_in(left: Value, right: Value) -> Value:
    return not _in(left, right)


@_pure("abs")
def _abs(x: Value) -> Value:
    return abs(_number(x))


@_pure("floor")
def _floor(x: Value) -> Value:
    return math.floor(_number(x))


@_pure("ceil")
def _ceil(x: Value) -> Value:
    return math.ceil(_number(x))


@_pure("round")
def _round(x: Value, digits: int | None = None) -> Value:
    return whole(round(_number(x), digits)) if digits is not None else round(_number(x))


@_pure("exp")
def _exp(x: Value) -> Value:
    return math.exp(_number(x))


@_pure("log")
def _log(x: Value) -> Value:
    if _number(x) <= 0:
        raise CannotGive(f"log of {x}: it needs a number above 0")
    return math.log(x)


@_pure("sqrt")
def _sqrt(x: Value) -> Value:
    if _number(x) < 0:
        raise CannotGive(f"sqrt of {x}: it needs a number of at least 0")
    return whole(math.sqrt(x))


@_pure("odds")
def _odds(p: Value) -> Value:
    p = min(max(_number(p), 1e-7), 1 - 1e-7)
    return p / (1 - p)


def _of_some(name: str, list: Value) -> tuple[int | float, ...]:
    if not list:
        raise NothingLeft(name, "the list is empty")
    return tuple(_number(x) for x in list)


@_pure("max")
def _max(a: Value = None, b: Value = None, list: Value = None) -> Value:
    return max(_of_some("max", list)) if list is not None else max(_number(a), _number(b))


@_pure("min")
def _min(a: Value = None, b: Value = None, list: Value = None) -> Value:
    return min(_of_some("min", list)) if list is not None else min(_number(a), _number(b))


@_pure("sum")
def _sum(list: Value) -> Value:
    numbers = [_number(x) for x in list]
    return _result(sum(numbers) if all(isinstance(x, int) for x in numbers) else whole(math.fsum(numbers)))


@_pure("mean")
def _mean(list: Value) -> Value:
    return whole(math.fsum(_of_some("mean", list)) / len(list))


@_pure("length")
def _length(list: Value = None, x: Value = None) -> Value:
    return len(list if x is None else x)


@_pure("lower")
def _lower(x: str) -> Value:
    return x.lower()


@_pure("upper")
def _upper(x: str) -> Value:
    return x.upper()


@_pure("trim")
def _trim(x: str) -> Value:
    return x.strip()


@_pure("split")
def _split(x: str, separator: str) -> Value:
    if not separator:
        raise CannotGive("split needs a separator that is not empty")
    return sized(tuple(x.split(separator)))


@_pure("lines")
def _lines(x: str) -> Value:
    return sized(tuple(x.splitlines()))


@_pure("join")
def _join(list: Value, separator: str) -> Value:
    return sized(separator.join(list))


@_pure("numbered")
def _numbered(list: Value) -> Value:
    return tuple(f"{i}. {x}" for i, x in enumerate(list, 1))


@_pure("flatten")
def _flatten(list: Value) -> Value:
    return sized(tuple(x for part in list for x in part))


@_pure("first")
def _first(list: Value) -> Value:
    if not list:
        raise NothingLeft("first", "the list is empty")
    return list[0]


@_pure("last")
def _last(list: Value) -> Value:
    if not list:
        raise NothingLeft("last", "the list is empty")
    return list[-1]


@_pure("json")
def _json_of(x: Value) -> Value:
    return sized(_json.dumps(plain(x), ensure_ascii=False))


@_pure("show")
def _show(x: Value) -> Value:
    return show(x)


def show(x: Value) -> str:
    """A value as a prompt prints it: a whole number without a point, an enum by its words."""
    match x:
        case str():
            return x
        case bool():
            return "true" if x else "false"
        case int():
            return str(x)
        case float():
            return str(whole(x))
        case None:
            return "none"
        case EnumValue():
            return x.words
    return _json.dumps(plain(x), ensure_ascii=False)


def plain(x: Value) -> Any:
    """A value as JSON has it: an enum by its words, a candidate as its value, a tally as its answers and weights."""
    match x:
        case None | bool() | int() | str():
            return x
        case float():
            return whole(x)
        case EnumValue():
            return x.words
        case tuple():
            return [plain(v) for v in x]
        case RecordValue():
            return {n: plain(v) for n, v in x.fields}
        case Verdict():
            return {"ok": x.ok, "score": x.score, "feedback": x.feedback}
        case Tally():
            return [[plain(g.value), whole(g.weight)] for g in x.ranked()]
        case View():
            return plain(x.candidate)
        case Candidate():
            return plain(x.reading) if x.parsed else None
        case Pool():
            return [plain(c) for c in x.candidates if c.parsed]
        case Message():
            return {"role": x.role, "content": x.shown}
        case Blob():
            return str(x)
        case Asked():
            return [plain(m) for m in x.messages]
        case Model():
            return x.label or x.shown
        case dict():
            return {str(k): plain(v) for k, v in x.items()}
        case list():
            return [plain(v) for v in x]
    return str(x)
