"""Addresses: the fixed place of a draw, made of (run seed, request content, index).

Addresses are a public promise: whatever changes one makes users pay again, so it is a major
version with a migration (golden addresses stand in a test). Content is canonical JSON: sorted
names, no white space, ASCII with escapes, text exactly as given (no Unicode normalisation), and
one spelling for equal numbers (1 and 1.0). A field of `Request` that equals its default is not
sent and therefore not part of it; a field that `Request` gains later takes part by itself.

Knows requests. Does not know stores, and asks no provider: identities are given to it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import NamedTuple

from ilang.backend.request import Request
from ilang.base.value import EnumValue, Message, RecordValue
from ilang.draws.draw import Ask

VERSION = "ilang-draw/1"
SEEDS = 2**31
INDICES = 2**20
"""A request has at least so many indices whose provider seeds, base + index, stay below 2**31."""

_PART_DIGITS = 12
_FIXED_PARTS = ("model", "seed", "settings", "schema")
_NOT_SETTINGS = {"model", "messages", "n", "seed", "schema", "extra"}
_SETTINGS = tuple((f.name, f.default) for f in fields(Request) if f.name not in _NOT_SETTINGS)
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


class Address(NamedTuple):
    """Where a draw lies: the request's key (64 hex digits) and the index, from 0.

    A tuple, for it is looked up in dictionaries many times a draw.
    """

    key: str
    index: int  # type: ignore[assignment]  # hides the method of tuple, which nobody needs


def content(ask: Ask, identity: str, seed: int) -> bytes:
    """The canonical JSON of everything that decides what index 0, 1, 2 ... of this request are.

    `identity` is what the provider says of itself (`Provider.identity`), `seed` the run's. The
    call's `n` and its own `seed` are no part of it, nor is the prompt's name or the model's label.
    """
    request = ask.request
    whole: dict[str, object] = {
        "version": VERSION,
        "run_seed": seed,
        "provider": identity,
        "model": request.model,
        "messages": [[m.role, _said(m)] for m in request.messages],
        "settings": _settings(request),
    }
    if request.schema is not None:
        whole["schema"] = request.schema
    return _canonical(whole)


def request_key(ask: Ask, identity: str, seed: int) -> str:
    """The SHA-256 of `content`, in hexadecimal."""
    return hashlib.sha256(content(ask, identity, seed)).hexdigest()


def base_seed(key: str) -> int:
    """The provider's seed of index 0; index i has `provider_seed(key, i)`."""
    digest = hashlib.sha256(b"ilang-seed/1:" + key.encode()).digest()
    return int.from_bytes(digest[:8], "big") % (SEEDS - INDICES)


def provider_seed(key: str, index: int) -> int:
    """base + index; below 2**31 (past `INDICES` it may come round to 0)."""
    return (base_seed(key) + index) % SEEDS


def parts(ask: Ask, identity: str, seed: int) -> tuple[str, ...]:
    """A short hash for each part of the content: model, seed, settings, schema, then each message.

    Kept with a draw, so that it can be said later which part of a request differs.
    """
    request = ask.request
    fixed = ([identity, request.model], seed, _settings(request), request.schema)
    said = (
        _canonical([m.role, _said(m)]) if m.parts else f"{m.role}\n{m.content}".encode("utf-8", "surrogatepass")
        for m in request.messages
    )
    return tuple(hashlib.sha256(part).hexdigest()[:_PART_DIGITS] for part in (*map(_canonical, fixed), *said))


def differing(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the parts in which two requests differ: `model`, `settings`, `message 2` ..."""
    names = []
    for at in range(max(len(old), len(new))):
        if old[at : at + 1] != new[at : at + 1]:
            fixed = at < len(_FIXED_PARTS)
            names.append(_FIXED_PARTS[at] if fixed else f"message {at - len(_FIXED_PARTS) + 1}")
    return tuple(names)


def _said(message: Message) -> object:
    """A message's text; where it holds blobs the parts in their order, a blob by its kind and its bytes' hash."""
    if not message.parts:
        return message.content
    return [part if isinstance(part, str) else {part.kind: part.mime, "sha256": part.digest} for part in message.parts]


def _settings(request: Request) -> dict[str, object]:
    sent: dict[str, object] = {}
    for name, default in _SETTINGS:
        value = getattr(request, name)
        if value != default:
            sent[name] = _plain(value)
    if request.extra:
        sent["extra"] = {name: _plain(value) for name, value in request.extra}
    return sent


def _plain(value: object) -> object:
    """The value in terms of JSON, equal numbers alike."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"a setting must be a finite number, not {value}")
        return int(value) if value.is_integer() else value
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, RecordValue):
        return {name: _plain(item) for name, item in value.fields}
    if isinstance(value, EnumValue):
        return value.words
    raise TypeError(f"a setting cannot be a {type(value).__name__}")


def _canonical(value: object) -> bytes:
    return _encode(value).encode("ascii")
