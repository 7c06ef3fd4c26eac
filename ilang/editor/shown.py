"""Declarations as an editor shows them: one line of ilang, and the documentation beside them."""

from __future__ import annotations

import json

from ilang.base.type import CandidateOf, Enum, Record, Type
from ilang.check.found import Found
from ilang.check.program import ModelDeclaration
from ilang.report.signature_text import signature_text


def model_text(model: ModelDeclaration) -> str:
    """`model solver = openai("gpt-4.1-mini")`; without its settings."""
    if model.model is None:
        return f"model {model.name}"
    return f"model {model.name} = {model.model.provider}({json.dumps(model.model.id, ensure_ascii=False)})"


def type_text(type_: Type) -> str:
    """A record or enum with its fields or members; another type by its name."""
    if isinstance(type_, Record) and type_.name:
        return f"record {type_.name} {{ {', '.join(f'{f.name}: {f.type}' for f in type_.fields)} }}"
    if isinstance(type_, Enum):
        return f"enum {type_.name} {{ {', '.join(name for name, _ in type_.members)} }}"
    return str(type_)


def found_text(found: Found) -> str:
    """What was found, in a line of ilang; of several declarations each in a line."""
    match found.kind:
        case "callee":
            return "\n".join(signature_text(s) for s in found.signatures)
        case "model":
            return model_text(found.model) if found.model is not None else f"model {found.name}"
        case "type":
            return type_text(found.owner) if found.owner is not None else found.name
        case "member":
            return f"{found.owner}.{found.name}"
        case "field":
            owner = "it" if isinstance(found.owner, CandidateOf) else str(found.owner)
            return f"{owner}.{found.name}" + (f": {found.type}" if found.type is not None else "")
        case "library":
            return f"use {found.name}"
        case "file":
            return found.path or found.name
    return f"{found.name}: {found.type}" if found.type is not None else found.name
