"""What each deterministic operation gives for the values of its inputs. No draw, no function call, no order here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from ilang.base.candidate import Candidate, Pool, View
from ilang.base.type import ListOf, Record
from ilang.base.value import Asked, Blob, Message, Reader, RecordValue, Value
from ilang.graph import node as g
from ilang.run.python_value import to_value, to_verdict
from ilang.stages.fields import candidate_field, record_field, tally_field, value_of
from ilang.stages.pure import show, sized
from ilang.stages.stage import CannotGive

Plain = g.FieldOp | g.ListOp | g.RecordOp | g.TextOp | g.RenderOp | g.ConvertOp


def compute(op: Plain, values: Sequence[Value]) -> Value:
    """What a plain operation gives. Raises CannotGive."""
    match op:
        case g.FieldOp():
            return field(op, values[0])
        case g.ListOp():
            return tuple(values)
        case g.RecordOp():
            return record(op, values)
        case g.TextOp(parts):
            return text(parts, values)
        case g.RenderOp():
            return render(op, values)
        case g.ConvertOp():
            return convert(op, values[0])
    assert_never(op)


def field(op: g.FieldOp, value: Value) -> Value:
    """`value.name`."""
    match op.owner:
        case "candidate":
            return candidate_field(value, op.name)
        case "tally":
            return tally_field(value, op.name)
        case "record" | "message":
            return record_field(value, op.name)
    if isinstance(value, RecordValue):
        return value.get(op.name)
    raise CannotGive(f"there is no field `{op.name}` in {show(value)}")


def record(op: g.RecordOp, values: Sequence[Value]) -> Value:
    """A record with its fields in declared order."""
    given = dict(zip(op.names, values, strict=True))
    assert isinstance(op.type, Record)
    return RecordValue(op.type.name, tuple((f.name, given.get(f.name)) for f in op.type.fields))


def text(parts: Sequence[str | None], values: Sequence[Value]) -> str:
    """The parts with each None replaced by the next value, printed. Raises CannotGive for none in a hole."""
    given = iter(values)
    made = []
    for part in parts:
        if part is not None:
            made.append(part)
            continue
        value = next(given)
        if value is None:
            raise CannotGive("a hole of a prompt would print none")
        made.append(show(value))
    whole = "".join(made)
    sized(whole)
    return whole


def message(role: str, parts: Sequence[str | None], values: Sequence[Value]) -> Message:
    """A message; its holes are filled with what the values print, and with blobs."""
    if not any(isinstance(value, Blob) for value in values):
        return Message(role, text(parts, values))
    if role != "user":
        raise CannotGive("an image or a file can stand in a user's message only")
    given, made = iter(values), [""]
    held: list[str | Blob] = []
    for part in parts:
        value = part if part is not None else next(given)
        if isinstance(value, Blob):
            held += [made[-1], value]
            made.append("")
        else:
            made[-1] += text((None,), (value,))
    return Message(role, "".join(made), tuple(part for part in (*held, made[-1]) if part != ""))


def render(op: g.RenderOp, values: Sequence[Value]) -> Value:
    """A prompt's request, text or messages."""
    messages: list[Message] = []
    reader: Reader | None = None
    schema = op.schema
    at = 0
    for role, parts in op.parts:
        holes = sum(1 for p in parts if p is None)
        given = values[at : at + holes]
        if role == "include":
            included = given[0]
            if isinstance(included, Asked):
                messages.extend(included.messages)
                if op.reads == at:
                    reader, schema = included.reader, included.schema
            else:
                messages.extend(included)
        else:
            messages.append(message(role, parts, given))
        at += holes
    if op.shape == "text":
        if messages[0].parts:
            raise CannotGive("a text cannot hold an image or a file; give the prompt a result type: `-> text`")
        return messages[0].content
    if messages and messages[-1].role == "assistant" and not messages[-1].content:
        messages.pop()
    if op.shape == "messages":
        return tuple(messages)
    if reader is None:
        assert op.type is not None
        reader = Reader(op.extract, op.argument, op.type)
    return Asked(op.prompt, tuple(messages), reader, schema)


def convert(op: g.ConvertOp, value: Value) -> Value:
    """A conversion that the checker wrote out."""
    match op.how:
        case "value":
            return value_of(value)
        case "value_or_text":
            c: Candidate = value.candidate if isinstance(value, View) else value
            return c.reading if c.parsed else c.text
        case "values":
            return tuple(c.reading for c in value.candidates if c.parsed)
        case "candidates":
            return tuple(View(c, value, i) for i, c in enumerate(value.candidates))
        case "verdict":
            return to_verdict(value)
        case "checked":
            return checked(value, op)


def checked(value: Value, op: g.ConvertOp) -> Value:
    """A value from Python, held against the type of its place."""
    try:
        if isinstance(value, Pool) and isinstance(op.type, ListOf):
            value = tuple(c.reading for c in value.candidates if c.parsed)
        if isinstance(value, RecordValue):
            value = dict(value.fields)
        return to_value(value, op.type)
    except TypeError as problem:
        raise CannotGive(f"a Python function gave {problem}") from None
