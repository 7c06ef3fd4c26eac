"""Converts values to what Python code sees, and what it gives back to values.

Text, numbers and bools go as they are, a list as a list, a record as a dict, an enum as its member's
name. What comes back is held against the type that its place expects.
"""

from __future__ import annotations

import math
from typing import Any

from ilang.base.candidate import Candidate, Pool, Unread, View
from ilang.base.ranges import DIGITS, NESTED
from ilang.base.type import (
    ANY,
    BOOL,
    INT,
    MESSAGE,
    NUMBER,
    TEXT,
    VERDICT,
    Basic,
    Enum,
    Function,
    ListOf,
    Optional,
    Record,
    Type,
    Var,
)
from ilang.base.value import Blob, EnumValue, Message, RecordValue, Value, Verdict, whole
from ilang.run.reading import double, from_json, read_enum
from ilang.stages.fields import value_of
from ilang.stages.stage import CannotGive


def to_python(value: Value) -> Any:
    """A value as Python code sees it."""
    match value:
        case tuple():
            return [to_python(v) for v in value]
        case RecordValue():
            return {n: to_python(v) for n, v in value.fields}
        case EnumValue():
            return value.member
        case Blob():
            return value.data
        case View() | Candidate():
            return to_python(value_of(value))
        case Pool():
            return [to_python(c.reading) for c in value.candidates if c.parsed]
        case Message():
            return {"role": value.role, "content": value.content}
    return value


def to_value(result: Any, type_: Type) -> Value:
    """A Python result as a value of a type. Raises TypeError, worded as "a str where ...", where it is none."""
    return _to_value(result, type_, 0)


def _to_value(result: Any, type_: Type, depth: int) -> Value:
    wrong = TypeError(f"{named(result)}, not {type_}")
    result = _plain(result)
    match type_:
        case Optional(item):
            return None if result is None else _to_value(result, item, depth)
        case ListOf(item):
            if isinstance(result, str | bytes | dict) or not hasattr(result, "__iter__"):
                raise wrong
            return tuple(_to_value(x, item, depth + 1) for x in result)
        case Enum():
            if isinstance(result, EnumValue) and result.type == type_:
                return result
            found = read_enum(result, type_) if isinstance(result, str) else Unread("")
            if isinstance(found, Unread):
                raise wrong
            return found
        case Record():
            if type_ == VERDICT:
                return to_verdict(result)
            if isinstance(result, RecordValue):
                result = dict(result.fields)
            if not isinstance(result, dict):
                raise wrong
            fields = []
            for f in type_.fields:
                if f.name not in result and not isinstance(f.type, Optional):
                    raise TypeError(f"a mapping without `{f.name}`, not {type_}")
                fields.append((f.name, _to_value(result.get(f.name), f.type, depth + 1)))
            return RecordValue(type_.name, tuple(fields))
        case Function() | Var():
            return to_any(result, depth)
        case Basic():
            pass
        case _:
            raise wrong
    if type_ == ANY:
        return to_any(result, depth)
    if type_ == TEXT and isinstance(result, str):
        return result
    if type_ == BOOL and isinstance(result, bool):
        return result
    if type_ in (NUMBER, INT) and isinstance(result, float) and not math.isfinite(result):
        raise CannotGive(f"a Python function gave {result}, which is no number")
    if type_ in (NUMBER, INT) and isinstance(result, int | float) and not isinstance(result, bool):
        number = whole(result)
        if type_ == INT and not isinstance(number, int):
            raise wrong
        return number
    if type_ == MESSAGE and isinstance(result, dict) and isinstance(result.get("content"), str):
        return Message(str(result.get("role", "user")), result["content"])
    raise wrong


def to_verdict(result: Any) -> Verdict:
    """A bool, a number (at least 0.5 passes), a mapping or an object with `ok` as a Verdict."""
    result = _plain(result)
    if isinstance(result, bool):
        return Verdict(result)
    if isinstance(result, int | float):
        return Verdict(result >= 0.5, double(result))
    if isinstance(result, Verdict):
        return result
    if isinstance(result, RecordValue):
        result = dict(result.fields)
    if isinstance(result, dict) and isinstance(result.get("ok"), bool):
        found = from_json(result, VERDICT)
        assert isinstance(found, Verdict)
        return found
    if isinstance(getattr(result, "ok", None), bool):
        score = getattr(result, "score", None)
        return Verdict(result.ok, None if score is None else double(score), str(getattr(result, "feedback", "") or ""))
    raise TypeError(f"{named(result)}, not a Verdict, a bool, a number or a mapping with `ok`")


def to_any(result: Any, depth: int = 0) -> Value:
    """A Python result where no type is expected. Raises TypeError for what is none, or nested too deep."""
    if depth > NESTED:
        raise TypeError(f"a value that is nested more than {NESTED} deep, or holds itself")
    result = _plain(result)
    match result:
        case None | bool() | int() | str() | Verdict() | RecordValue() | EnumValue():
            return result
        case float():
            if not math.isfinite(result):
                raise CannotGive(f"a Python function gave {result}, which is no number")
            return whole(result)
        case dict():
            return RecordValue("", tuple((str(k), to_any(v, depth + 1)) for k, v in result.items()))
        case list() | tuple():
            return tuple(to_any(x, depth + 1) for x in result)
    if isinstance(getattr(result, "ok", None), bool):
        return to_verdict(result)
    raise TypeError(f"{named(result)}, which is no value of the language")


def _plain(result: Any) -> Any:
    """A number of numpy as Python's own. Raises TypeError for one that nobody could print."""
    if isinstance(result, int) and abs(result) >= 10**DIGITS:
        raise TypeError(f"a whole number of more than {DIGITS:,} digits")
    if type(result).__module__ == "numpy" and hasattr(result, "item") and getattr(result, "ndim", 1) == 0:
        return result.item()
    return result


def named(result: Any) -> str:
    """What a result is, in words."""
    return "none" if result is None else f"a {type(result).__name__}"
