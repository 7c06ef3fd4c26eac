"""The JSON Schema of a type: what a backend enforces where it can."""

from __future__ import annotations

import json
from typing import Any

from ilang.base.type import VERDICT, Basic, Enum, ListOf, Optional, Record, Type

_BASIC = {"text": "string", "int": "integer", "number": "number", "bool": "boolean"}


def schema_text(type_: Type) -> str | None:
    """Canonical JSON of the type's schema; None where its replies are not JSON."""
    if not isinstance(type_, Record | ListOf):
        return None
    return json.dumps(schema(type_), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def schema(type_: Type) -> dict[str, Any]:
    """The schema of one type."""
    match type_:
        case Basic(name) if name in _BASIC:
            return {"type": _BASIC[name]}
        case Enum(_, members):
            return {"type": "string", "enum": [words for _, words in members]}
        case ListOf(item):
            return {"type": "array", "items": schema(item)}
        case Optional(item):
            inner = schema(item)
            return {"anyOf": [inner, {"type": "null"}]}
        case Record():
            properties = {}
            for f in type_.fields:
                kind = f.type.item if isinstance(f.type, Optional) else f.type
                properties[f.name] = schema(kind) | ({"description": f.note} if f.note else {})
            required = [f.name for f in type_.fields if not isinstance(f.type, Optional)]
            if type_ == VERDICT:
                required = ["ok"]
            return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {}


def readable(type_: Type) -> bool:
    """Whether a text can be read as a value of this type."""
    match type_:
        case Basic(name):
            return name in _BASIC
        case Enum():
            return True
        case ListOf(item) | Optional(item):
            return readable(item)
        case Record():
            return all(readable(f.type) for f in type_.fields)
    return False
