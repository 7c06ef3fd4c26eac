"""What a server says when it refuses a call: the few words of its error that decide what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as a server wrote it. `text` may hold anything, a key included: clean it before it is shown."""

    status: int
    text: str = ""
    code: str = ""
    kind: str = ""

    @property
    def words(self) -> str:
        """Code, kind and text in lower case, to look for words in."""
        return f"{self.code} {self.kind} {self.text}".lower()


def refusal_of(status: int, body: bytes) -> Refusal:
    """Reads `{"error": {...}}` (OpenAI), `{"message": ...}` (vLLM), `{"detail": ...}` (FastAPI), or plain text."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refusal(status, _plain(body))
    return _read(status, found)


def refusal_in(error: Any) -> Refusal:
    """The same of an error that came under status 200, in a stream or from a gateway; its code may be a status."""
    found = _read(0, {"error": error})
    return Refusal(int(found.code) if found.code.isdigit() else 0, found.text, found.code, found.kind)


def _read(status: int, found: Any) -> Refusal:
    if isinstance(found, dict) and "error" in found:
        found = found["error"]
    if not isinstance(found, dict):
        return Refusal(status, _text(found))
    return Refusal(
        status,
        text=_text(found.get("message") or found.get("detail")),
        code=_text(found.get("code")),
        kind=_text(found.get("type")),
    )


def _text(part: Any) -> str:
    if part is None or isinstance(part, str):
        return part or ""
    return msgspec.json.encode(part).decode()


def _plain(body: bytes) -> str:
    text = body.decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else text  # a page of a proxy says nothing worth repeating
