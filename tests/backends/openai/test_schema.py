"""Schemas as they are sent: strict where that is legal, narrowed only where nothing else is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ilang_backends.openai.schema import is_strict, narrow, response_format

TEXT = {"type": "string"}
CLOSED: dict[str, Any] = {
    "type": "object",
    "properties": {"a": TEXT},
    "required": ["a"],
    "additionalProperties": False,
}


def sent(schema: Any, official: bool) -> Any:
    written = response_format(json.dumps(schema), official=official)
    return None if written is None else (written["json_schema"]["schema"], written["json_schema"]["strict"])


@pytest.mark.parametrize("official", [True, False])
def test_a_closed_schema_goes_as_it_is(official: bool) -> None:
    assert sent(CLOSED, official) == (CLOSED, True)


def test_an_open_one_is_closed_for_openai_alone() -> None:
    given = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}
    assert sent(given, official=True) == (CLOSED, True)
    assert sent(given, official=False) == (given, False)


def test_an_optional_property_may_be_null_instead() -> None:
    found = narrow({"type": "object", "properties": {"a": TEXT, "b": {"type": ["number", "null"]}}, "required": ["a"]})
    assert found["required"] == ["a", "b"]
    assert found["properties"]["b"] == {"type": ["number", "null"]}
    found = narrow({"type": "object", "properties": {"a": TEXT}})
    assert found["properties"]["a"] == {"anyOf": [TEXT, {"type": "null"}]}


def test_what_is_inside_is_narrowed_too() -> None:
    inner = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}
    given = {
        "type": "object",
        "properties": {"items": {"type": "array", "items": inner}, "one": {"$ref": "#/$defs/properties"}},
        "required": ["items", "one"],
        "$defs": {"properties": inner},
    }
    found, strict = sent(given, official=True)
    assert strict
    assert found["properties"]["items"]["items"] == CLOSED
    assert found["$defs"]["properties"] == CLOSED


def test_a_property_may_have_a_keywords_name() -> None:
    given = CLOSED | {"properties": {"required": TEXT, "not": TEXT, "properties": TEXT}}
    given["required"] = ["required", "not", "properties"]
    assert sent(given, official=True) == (given, True)


def test_data_is_not_taken_for_a_schema() -> None:
    given = CLOSED | {"properties": {"a": {"enum": [{"properties": {}}], "default": {"not": 1}}}}
    assert narrow(given) == given
    assert is_strict(given)


@pytest.mark.parametrize(
    "schema",
    [
        CLOSED | {"properties": {"a": {"oneOf": [TEXT]}}},
        CLOSED | {"properties": {"a": {"type": "object", "additionalProperties": TEXT}}},
        {"type": "object"},
    ],
)
def test_what_strict_does_not_know_is_asked_for_without_it(schema: Any) -> None:
    assert sent(schema, official=True) == (schema, False)


@pytest.mark.parametrize("schema", [{"type": "array", "items": TEXT}, {"anyOf": [CLOSED]}, {"type": "number"}])
def test_openai_is_not_asked_for_a_root_that_it_refuses(schema: Any) -> None:
    assert sent(schema, official=True) is None
    assert sent(schema, official=False) == (schema, True)
