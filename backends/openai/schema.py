"""Writes a JSON Schema as `response_format`, strict only where strict is legal.

OpenAI enforces a schema only under `strict`, and takes it under `strict` only if its root is an
object and every object closes (`additionalProperties: false`) and requires all it names. A schema
is brought into that form where this only narrows it: objects are closed, an optional property
is required and may be null instead. Servers that enforce any schema (llama.cpp, vLLM) get it as it is.
"""

from __future__ import annotations

from typing import Any

import msgspec

Schema = dict[str, Any]

_NAME = "answer"

_UNKNOWN = ("allOf", "not", "oneOf", "if", "then", "else", "patternProperties", "dependentRequired", "dependentSchemas")
"""Keywords that OpenAI's strict form does not know."""


def response_format(schema: str, *, official: bool) -> Schema | None:
    """The field `response_format`; None where OpenAI would refuse the schema in any form (its root is no object)."""
    given = msgspec.json.decode(schema)
    if not official:
        return _written(given, strict=is_strict(given))
    if given.get("type") != "object":
        return None
    narrowed = narrow(given)
    return _written(narrowed, strict=True) if is_strict(narrowed) else _written(given, strict=False)


def narrow(schema: Any) -> Any:
    """The schema with every object closed and every property required; others may be null.

    >>> narrow({"type": "object", "properties": {"a": {"type": "string"}}})["required"]
    ['a']
    >>> narrow({"type": "object", "properties": {"a": {"type": "string"}}})["properties"]["a"]
    {'anyOf': [{'type': 'string'}, {'type': 'null'}]}
    """
    if isinstance(schema, list):
        return [narrow(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    new = {key: _narrow_part(key, part) for key, part in schema.items()}
    if "properties" in new:
        required = new.get("required", [])
        new["properties"] = {
            name: part if name in required or _takes_null(part) else {"anyOf": [part, {"type": "null"}]}
            for name, part in new["properties"].items()
        }
        new["required"] = list(new["properties"])
        new.setdefault("additionalProperties", False)
    return new


def is_strict(schema: Any) -> bool:
    """Whether OpenAI takes it under `strict`, its root aside."""
    if isinstance(schema, list):
        return all(is_strict(part) for part in schema)
    if not isinstance(schema, dict):
        return True
    if any(key in schema for key in _UNKNOWN):
        return False
    if schema.get("type") == "object" or "properties" in schema:
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(properties):
            return False
    return all(_is_strict_part(key, part) for key, part in schema.items())


_MAPS = ("properties", "$defs", "definitions")
"""Keywords whose value maps names to schemas: the names are no keywords."""

_PLAIN = ("enum", "const", "default", "examples", "required")
"""Keywords whose value is data and no schema."""


def _narrow_part(key: str, part: Any) -> Any:
    if key in _PLAIN:
        return part
    if key in _MAPS:
        return {name: narrow(inner) for name, inner in part.items()}
    return narrow(part)


def _is_strict_part(key: str, part: Any) -> bool:
    if key in _PLAIN:
        return True
    if key in _MAPS:
        return all(is_strict(inner) for inner in part.values())
    return is_strict(part)


def _takes_null(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    kind = schema.get("type")
    return (
        kind == "null"
        or (isinstance(kind, list) and "null" in kind)
        or None in schema.get("enum", ())
        or any(_takes_null(part) for part in schema.get("anyOf", ()))
    )


def _written(schema: Any, *, strict: bool) -> Schema:
    return {"type": "json_schema", "json_schema": {"name": _NAME, "schema": schema, "strict": strict}}
