"""The law of schemas."""

from __future__ import annotations

import json
from typing import Any

from ilang.backend.laws.book import LawBook
from ilang.base.value import Message

KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


class ShapingLaws(LawBook):
    """Where a schema is enforced, every reply fits it."""

    def test_a_reply_fits_its_schema(self) -> None:
        """Each of four replies is JSON, with every required field, each of its declared type and no other field."""
        self.needs("schema")
        shape = json.loads(self.schema)
        seeds = (11, 12, 13, 14) if self.declared.seed else (None,) * 4
        messages = (Message("user", self.schema_prompt),)
        asked = [self.request(messages=messages, schema=self.schema, max_tokens=256, seed=seed) for seed in seeds]
        for reply in self.ask(*asked):
            _fits(reply.choices[0].text, shape)


def _fits(text: str, shape: Any) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        raise AssertionError(f"no JSON: {text!r}") from None
    assert isinstance(value, dict), f"no JSON object: {text!r}"
    fields = shape["properties"]
    missing = set(shape["required"]) - value.keys()
    assert not missing, f"{', '.join(sorted(missing))} missing in {text!r}"
    assert not value.keys() - fields.keys(), f"a field too many in {text!r}"
    for name, given in value.items():
        kind = KINDS.get(fields[name].get("type", ""), object)
        right = isinstance(given, kind) and (kind is bool or not isinstance(given, bool))
        assert right, f"{name} is no {fields[name]['type']} in {text!r}"
