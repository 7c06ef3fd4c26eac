"""Makes a value that fits a JSON Schema, from a hash. Knows only the schema.

Understands type (also a list of types), properties, required, items, enum, const, anyOf, oneOf, $ref into
the schema itself, and the bounds on numbers, lengths and lists. Anything else may be violated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ilang_backends.sim.chance import uniform, whole

VOCABULARY = (
    "amber birch cedar delta ember fjord grove harbor inlet juniper kestrel lagoon meadow nectar orchid prairie "
    "quartz river summit tundra umber valley willow yarrow zephyr"
).split()
DEEP = 8
"""Below this many levels optional fields are left out and lists are as short as they may be."""


@dataclass(frozen=True, slots=True)
class Filler:
    """Fills in one schema. `given` holds values for fields of these names, at the top."""

    root: Any
    given: Mapping[str, Any]

    def value(self, *key: object) -> Any:
        """The value that belongs to this key."""
        return self._value(self.root, key, 0)

    def _value(self, schema: Any, key: tuple[object, ...], depth: int) -> Any:
        if not isinstance(schema, Mapping):
            return _words(key, 0, 40)
        if "$ref" in schema:
            return self._value(self._target(str(schema["$ref"])), key, depth + 1) if depth < 64 else None
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return _chosen(schema["enum"], key)
        for union in ("anyOf", "oneOf"):
            if schema.get(union):
                branches = [b for b in schema[union] if b.get("type") != "null"] or schema[union]
                return self._value(branches[0] if depth > DEEP else _chosen(branches, key), key, depth + 1)
        return self._typed(_type(schema), schema, key, depth)

    def _typed(self, kind: str, schema: Mapping[str, Any], key: tuple[object, ...], depth: int) -> Any:
        match kind:
            case "object":
                required = schema.get("required", ())
                made = {
                    name: self._value(of, (*key, name), depth + 1)
                    for name, of in schema.get("properties", {}).items()
                    if depth <= DEEP or name in required
                }
                return {name: self.given.get(name, value) for name, value in made.items()} if depth == 0 else made
            case "array":
                least = int(schema.get("minItems", 0 if depth > DEEP else 1))
                most = min(int(schema.get("maxItems", least + 2)), least if depth > DEEP else least + 2)
                count = whole(least, max(least, most), "items", key)
                return [self._value(schema.get("items", {}), (*key, k), depth + 1) for k in range(count)]
            case "boolean":
                return uniform("bool", key) < 0.5
            case "integer":
                low, high = _bounds(schema, step=1)
                return whole(int(-(-low // 1)), int(high // 1), "int", key)
            case "number":
                low, high = _bounds(schema, step=0)
                rounded = round(low + (high - low) * uniform("number", key), 2)
                return rounded if low <= rounded <= high else low
            case "null":
                return None
            case _:
                return _words(key, int(schema.get("minLength", 0)), int(schema.get("maxLength", 60)))

    def _target(self, reference: str) -> Any:
        here = self.root
        for part in reference.lstrip("#/").split("/") if reference.strip("#/") else ():
            name = part.replace("~1", "/").replace("~0", "~")
            here = here.get(name, {}) if isinstance(here, Mapping) else {}
        return here


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        return next((str(k) for k in kind if k != "null"), "null")
    return str(kind)


def _bounds(schema: Mapping[str, Any], *, step: int) -> tuple[float, float]:
    """The range that a number may take; a strict bound is moved in by `step`, or a hundredth."""
    inward = step or 0.01
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None and "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + inward
    if high is None and "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - inward
    if low is None:
        low = 0 if high is None or high >= 0 else high - 100
    return low, max(low, low + 100 if high is None else high)


def _chosen(among: Any, key: tuple[object, ...]) -> Any:
    return among[whole(0, len(among) - 1, "one", key)]


def _words(key: tuple[object, ...], least: int, most: int) -> str:
    """One to three words, at least and at most so many characters."""
    count = whole(1, 3, "words", key)
    text = " ".join(VOCABULARY[whole(0, len(VOCABULARY) - 1, "word", key, k)] for k in range(count))
    while len(text) < least:
        text += " " + VOCABULARY[len(text) % len(VOCABULARY)]
    return text[:most].strip() if most >= least and len(text[:most].strip()) >= least else text[:most]
