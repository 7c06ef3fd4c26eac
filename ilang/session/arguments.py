"""Reads the arguments of an entry pipeline: text from the command line, values from Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ilang.base.candidate import Unread
from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.type import (
    BOOL,
    FILE,
    IMAGE,
    INT,
    MESSAGE,
    MODEL,
    NONE,
    NUMBER,
    TEXT,
    Candidates,
    Enum,
    Function,
    ListOf,
    Optional,
    Record,
    RequestOf,
    TallyOf,
    Type,
    Var,
)
from ilang.base.value import Message, Value, whole
from ilang.check.near import near
from ilang.check.program import Pipeline
from ilang.run.python_value import to_value
from ilang.run.reading import from_json, read_enum
from ilang.session.blobs import blob, read_blob
from ilang.session.models import read_model


class Absent:
    """An argument that was not given: its default is taken."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Data:
    """An argument that is given as data where the others are texts: `name:=JSON`."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromFile:
    """An argument that is given as a file: its name, its bytes, and how they are read as a text."""

    path: str
    data: bytes
    text: Callable[[], str]


def from_file(name: str, given: FromFile, type_: Type) -> Value:
    """A file's text as a value; its bytes where the parameter is an image or a file. Raises IlangError."""
    plain = type_.item if isinstance(type_, Optional) else type_
    return blob(name, given.data, str(plain)) if plain in (IMAGE, FILE) else from_text(name, given.text(), type_)


def runnable(pipeline: Pipeline) -> Diagnostic | None:
    """Why a pipeline cannot be run by itself; None where it can."""
    for p in pipeline.signature.params:
        type_ = p.type.item if isinstance(p.type, Optional) else p.type
        if p.default is None and isinstance(type_, Function | RequestOf | Candidates | TallyOf):
            return Diagnostic(
                "not-runnable",
                f"`{pipeline.signature.name}` takes {p.type} as `{p.name}`, which only a program can give",
                pipeline.signature.span,
                help=f"write a small pipeline that calls `{pipeline.signature.name}`, and run that",
            )
    result = pipeline.signature.result
    if holds_calls(result):
        return Diagnostic(
            "not-runnable",
            f"`{pipeline.signature.name}` gives {result}, which only a program can use",
            pipeline.signature.span,
            help="end it with `ask`, `sample(...) | vote`, or a call, that gives a value",
        )
    return None


def holds_calls(type_: Type) -> bool:
    """Whether a value of the type is, or holds, something still to be called or asked."""
    match type_:
        case Function() | RequestOf():
            return True
        case Optional(item) | ListOf(item) | Candidates(item) | TallyOf(item):
            return holds_calls(item)
        case Record(fields=fields):
            return any(holds_calls(field.type) for field in fields)
    return False


def match(pipeline: Pipeline, given: Mapping[str, Any]) -> list[tuple[str, Type, Any]]:
    """Each parameter with what was given for it. Raises IlangError for unknown and missing ones."""
    params = pipeline.signature.params
    problems: list[Diagnostic] = []
    known = [p.name for p in params]
    for name in given:
        if name not in known:
            close = near(name, known)
            problems.append(
                Diagnostic(
                    "unknown-argument",
                    f"`{pipeline.signature.name}` has no parameter `{name}`",
                    help=f"did you mean `{close}`?" if close else f"it takes: {signature_text(pipeline)}",
                )
            )
    for p in params:
        if p.name not in given and p.default is None:
            problems.append(
                Diagnostic(
                    "missing-argument",
                    f"`{pipeline.signature.name}` needs `{p.name}` ({p.type})",
                    help=f"give it: {p.name}=...   it takes: {signature_text(pipeline)}",
                )
            )
    if problems:
        raise IlangError(problems)
    return [(p.name, p.type, given.get(p.name, ABSENT)) for p in params]


def signature_text(pipeline: Pipeline) -> str:
    """`question: text, n: int = ...`."""
    return ", ".join(
        f"{p.name}: {p.type}" + (" (optional)" if p.default is not None else "") for p in pipeline.signature.params
    )


def from_text(name: str, text: str, type_: Type) -> Value:
    """A command line's text as a value of the parameter's type. Raises IlangError."""
    if isinstance(type_, Optional):
        return None if text == "none" else from_text(name, text, type_.item)
    stripped = text.strip()
    if type_ == TEXT or isinstance(type_, Var):
        return text
    if type_ in (INT, NUMBER):
        try:
            number = int(stripped.replace("_", "")) if type_ == INT else whole(float(stripped.replace("_", "")))
        except (ValueError, OverflowError):
            raise wrong(name, text, type_, "16" if type_ == INT else "0.5") from None
        if number != number or number in (float("inf"), float("-inf")):
            raise wrong(name, text, type_, "0.5")
        return number
    if type_ == BOOL:
        if stripped.lower() not in ("true", "false", "yes", "no"):
            raise wrong(name, text, type_, "true")
        return stripped.lower() in ("true", "yes")
    if isinstance(type_, Enum):
        found = read_enum(stripped, type_)
        if isinstance(found, Unread):
            raise wrong(name, text, type_, type_.members[0][0])
        return found
    if type_ == MODEL:
        return read_model(text, name)
    if type_ in (IMAGE, FILE):
        return read_blob(name, text, str(type_))
    if isinstance(type_, Record | ListOf) or type_ == MESSAGE:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise IlangError(
                Diagnostic(
                    "bad-argument",
                    f"`{name}` needs {type_} as JSON: {problem}",
                    help=f"for example {name}='{sample(type_)}'",
                )
            ) from None
        return from_data(name, data, type_)
    raise IlangError(Diagnostic("bad-argument", f"`{name}` needs {type_}, which only a program can give"))


def from_data(name: str, data: Any, type_: Type) -> Value:
    """JSON data, or a Python value, as a value of the parameter's type. Raises IlangError."""
    if isinstance(type_, Optional):
        return None if data is None else from_data(name, data, type_.item)
    if type_ in (IMAGE, FILE):
        return blob(name, data, str(type_)) if isinstance(data, bytes) else read_blob(name, data, str(type_))
    if type_ == MODEL and isinstance(data, str):
        return read_model(data, name)
    if type_ == MESSAGE:
        return _message(name, data)
    if isinstance(type_, ListOf):
        if not isinstance(data, list | tuple):
            raise wrong(name, data, type_, sample(type_))
        return tuple(from_data(f"{name}[{i}]", x, type_.item) for i, x in enumerate(data))
    if isinstance(type_, Record) and isinstance(data, dict):
        unknown = next((k for k in data if type_.field(k) is None), None)
        if unknown is not None:
            close = near(unknown, [f.name for f in type_.fields])
            raise IlangError(
                Diagnostic(
                    "bad-argument",
                    f"`{name}`: {type_} has no field `{unknown}`",
                    help=f"did you mean `{close}`?" if close else "",
                )
            )
        found = from_json(data, type_, f"`{name}`")
        if isinstance(found, Unread):
            raise IlangError(Diagnostic("bad-argument", found.why, help=f"for example {sample(type_)}"))
        return found
    try:
        return to_value(data, type_)
    except TypeError:
        raise wrong(name, data, type_, sample(type_)) from None


ROLES = ("system", "user", "assistant")


def _message(name: str, data: Any) -> Message:
    """`{"role": "user", "content": "..."}`, or a Message. Raises IlangError with what is wrong in it."""
    if isinstance(data, Message):
        return data
    why = ""
    if not isinstance(data, dict):
        why = "is no object"
    elif data.get("role") not in ROLES:
        why = f"has the role {json.dumps(data.get('role'), default=str)}; there are: {', '.join(ROLES)}"
    elif not isinstance(data.get("content"), str):
        why = "has no text as its `content`"
    elif unknown := sorted(set(map(str, data)) - {"role", "content"}):
        why = f"has a field `{unknown[0]}` that no message has"
    if why:
        example = f"for example {sample(MESSAGE)}"
        raise IlangError(Diagnostic("bad-argument", f"`{name}` {why}", help=example))
    return Message(data["role"], data["content"])


def wrong(name: str, given: Any, type_: Type, example: str) -> IlangError:
    shown = repr(given) if len(repr(given)) < 60 else repr(given)[:57] + "..."
    return IlangError(
        Diagnostic("bad-argument", f"`{name}` needs {type_}, not {shown}", help=f"for example {name}={example}")
    )


def sample(type_: Type) -> str:
    """A value of a type as JSON, for a help line."""
    return json.dumps(_sample(type_), ensure_ascii=False)


def _sample(type_: Type) -> Any:
    match type_:
        case Optional(item):
            return _sample(item)
        case ListOf(item):
            return [_sample(item)]
        case Record(_, fields):
            return {f.name: _sample(f.type) for f in fields}
        case Enum(_, members):
            return members[0][0]
    basic: dict[Type, Any] = {TEXT: "...", INT: 1, NUMBER: 0.5, BOOL: True, NONE: None}
    if type_ == MESSAGE:
        return {"role": "user", "content": "..."}
    return basic.get(type_, "...")
