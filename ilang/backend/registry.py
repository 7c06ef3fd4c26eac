"""Finds providers by entry point; imports only the one that is named."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING

from ilang.backend.protocol import Provider

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "ilang.backends"

SAMPLING: dict[str, str] = {
    "temperature": "number",
    "top_p": "number",
    "max_tokens": "int",
    "stop": "text",
    "logprobs": "bool",
    "top_logprobs": "int",
}
"""Settings that any model's declaration and any stage that samples may give, with their types."""

DECLARED: dict[str, str] = {
    "prices": "text",
    "retries": "int",
    "patience": "number",
    "fallback": "model",
}
"""Settings that any model's declaration may give. They are no part of an address, which names the model asked."""

CONNECTING = frozenset((*SAMPLING, *DECLARED))
"""Settings in which two models may differ and still be one at their backend."""


@cache
def _entries() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # 30 ms: only where a backend is named

    return {entry.name: entry for entry in entry_points(group=GROUP)}


def names() -> tuple[str, ...]:
    """All providers installed, sorted."""
    return tuple(sorted(_entries()))


@cache
def find(name: str) -> Provider | None:
    """The provider of that name, or None where none is installed."""
    entry = _entries().get(name)
    return entry.load() if entry is not None else None


def near(name: str) -> str | None:
    """The installed name that is spelled most like this one."""
    found = difflib.get_close_matches(name, names(), n=1)
    return found[0] if found else None
