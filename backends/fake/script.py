"""What a fake model says: replies by prompt, read from a list, a text or a file.

A script is an ordered tuple of (part of the prompt, replies); the first whose part occurs in any message
of a request answers it, and `*` answers what no other does. As a file it is one JSON object,

    {"capital of France": ["Paris", "Lyon"], "*": ["I do not know"]}

or JSON Lines of such objects, read in order (`.jsonl`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ilang.backend.protocol import BackendFault
from ilang.backend.request import Request

Script = tuple[tuple[str, tuple[str, ...]], ...]
ANY = "*"


def same_for_all(replies: Iterable[str]) -> Script:
    """One list of replies, from its start for every request."""
    return ((ANY, tuple(replies)),)


def from_setting(text: str) -> Script:
    """The setting `replies`: a JSON list of texts; any other text is the one reply."""
    try:
        told = json.loads(text)
    except ValueError:
        return same_for_all([text])
    return same_for_all(_texts(told, "`replies`")) if isinstance(told, list) else same_for_all([text])


def from_file(path: str) -> Script:
    """The setting `script`. Raises BackendFault where there is no such file, or it is no script."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BackendFault("bad-request", f"the script {path} cannot be read: {type(error).__name__}") from error
    found: list[tuple[str, tuple[str, ...]]] = []
    for told in _values(text, path):
        if not isinstance(told, dict):
            raise _fault(path, "is no JSON object from parts of a prompt to lists of replies")
        found += [(part, _texts(replies, f"{path}, {part!r}")) for part, replies in told.items()]
    return tuple(found)


def replies_to(script: Script, request: Request) -> tuple[str, ...]:
    """The replies foreseen for this request, `()` where there are none."""
    text = "\n".join(message.content for message in request.messages)
    by_part = (replies for part, replies in script if part != ANY and part in text)
    return next(by_part, next((replies for part, replies in script if part == ANY), ()))


def _values(text: str, path: str) -> list[Any]:
    try:
        return [json.loads(text)]
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise _fault(path, f"is neither JSON nor JSON Lines: {error}") from error


def _texts(told: Any, where: str) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(reply, str) for reply in told):
        raise _fault(where, "is no list of texts")
    return tuple(told)


def _fault(where: str, what: str) -> BackendFault:
    return BackendFault("bad-request", f"{where} {what}", help='like {"part of a prompt": ["reply", ...], "*": [...]}')
