"""Turns a JSON Schema into the grammar that llama.cpp holds a text to.

Only what ilang's own types make is taken; any other keyword is refused rather than ignored,
since a grammar that llama.cpp cannot read would end the process.
"""

from __future__ import annotations

import json
from typing import Any

from ilang.backend.protocol import BackendFault

_KEYWORDS = frozenset(
    "type properties required additionalProperties items enum const anyOf oneOf minItems maxItems "
    "title description $schema default examples".split()
)
_TYPES = frozenset("object array string number integer boolean null".split())


def grammar_of(schema: str) -> str:
    """The grammar (GBNF, root rule `root`) of a JSON Schema given as text. Raises BackendFault."""
    from cyllama.utils.json_schema_to_grammar import json_schema_to_grammar

    try:
        tree = json.loads(schema)
        _check(tree)
        return str(json_schema_to_grammar(tree))
    except (ValueError, TypeError, KeyError) as error:
        raise BackendFault("bad-request", f"the embedded model cannot be held to this schema: {error}") from None


def _check(node: Any) -> None:
    """Raise ValueError where a schema says something that would not be enforced."""
    if not isinstance(node, dict):
        raise ValueError("a schema must be an object")
    unknown = sorted(node.keys() - _KEYWORDS)
    if unknown:
        raise ValueError(f"`{unknown[0]}` is not supported")
    kind = node.get("type")
    kinds = kind if isinstance(kind, list) else [kind] if kind is not None else []
    if not _TYPES.issuperset(kinds):
        raise ValueError(f"there is no type `{kind}`")
    for child in node.get("properties", {}).values():
        _check(child)
    for child in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        _check(child)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            _check(node[key])
