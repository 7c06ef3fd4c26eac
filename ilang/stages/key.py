"""Values as keys: when two answers are the same. Text compares trimmed, numbers as numbers, candidates by identity."""

from __future__ import annotations

from collections.abc import Hashable

from ilang.base.candidate import Candidate, Pool, View
from ilang.base.value import Blob, EnumValue, RecordValue, Value, Verdict


def key(value: Value) -> Hashable:
    """A hashable stand-in: equal for two values just where they are the same answer."""
    match value:
        case bool():
            return ("bool", value)
        case int() | float():
            return ("number", value)
        case str():
            return ("text", value.strip())
        case None:
            return ("none",)
        case EnumValue():
            return ("enum", value.type.name, value.member)
        case tuple():
            return ("list", tuple(key(v) for v in value))
        case RecordValue():
            return ("record", tuple((n, key(v)) for n, v in value.fields))
        case Verdict():
            return ("verdict", value.ok, value.score, value.feedback.strip())
        case Candidate():
            return ("candidate", value.identity)
        case View():
            return ("candidate", value.candidate.identity)
        case Pool():
            return ("pool", tuple(c.identity for c in value.candidates))
        case Blob():
            return ("blob", value.kind, value.digest)
    return ("other", repr(value))


def same(a: Value, b: Value) -> bool:
    """`==`: text compares letter by letter here, numbers as numbers."""
    if isinstance(a, bool) != isinstance(b, bool):
        return False
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, RecordValue) and isinstance(b, RecordValue):
        names = {n for n, _ in a.fields} | {n for n, _ in b.fields}
        return all(same(a.get(n), b.get(n)) for n in names)
    if isinstance(a, View):
        a = a.candidate
    if isinstance(b, View):
        b = b.candidate
    if isinstance(a, Candidate) and isinstance(b, Candidate):
        return a.identity is b.identity
    return bool(a == b)
