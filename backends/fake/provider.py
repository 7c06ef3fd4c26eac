"""The provider `fake`: `fake("any name", replies=...)` or `script=...`. Imports nothing heavy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Backend, BackendFault, SettingKind
from ilang.backend.request import Request
from ilang.base.value import Model
from ilang_backends.fake import words
from ilang_backends.fake.abilities import CAPABILITIES
from ilang_backends.fake.script import Script, from_file, from_setting

SETTINGS: dict[str, SettingKind] = {
    "replies": SettingKind(
        "text",
        sent=True,
        doc='What it says: a JSON list of texts, `replies="[\\"3\\", \\"4\\"]"`; any other text is the one reply. '
        "Every request begins at the first.",
    ),
    "script": SettingKind(
        "text",
        sent=True,
        doc='A JSON or JSON Lines file from parts of a prompt to lists of replies; "*" for all others.',
    ),
    "delay": SettingKind("number", doc="Seconds that a call waits before it answers. Default 0."),
}


class FakeProvider:
    """Opens `fake("any name", ...)`. Models with two names are two."""

    name: str = "fake"
    settings: Mapping[str, SettingKind] = SETTINGS

    def capabilities(self, model: Model) -> Capabilities:
        return CAPABILITIES

    def identity(self, model: Model) -> str:
        """`fake`; with a script also a digest of the file, so that an edited script is another model."""
        path = model.setting("script")
        if path is None:
            return "fake"
        try:
            return "fake:" + hashlib.blake2b(Path(str(path)).read_bytes(), digest_size=6).hexdigest()
        except OSError:
            return "fake:unread"

    def most_prompt_tokens(self, request: Request) -> int:
        """A word is a token."""
        return sum(words.count(message.content) for message in request.messages)

    async def open(self, model: Model) -> Backend:
        from ilang_backends.fake.backend import FakeBackend

        delay: Any = model.setting("delay", 0.0)
        if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0.0 <= delay < 1e9:
            raise BackendFault("bad-request", f"`delay` of a fake model is a number of seconds, not {delay!r}")
        return FakeBackend(_script(model), delay=float(delay))


def _script(model: Model) -> Script:
    """What the file says, then what `replies` says for all that the file does not foresee."""
    path, replies = model.setting("script"), model.setting("replies")
    script = from_file(str(path)) if path is not None else ()
    if replies is not None:
        script += from_setting(str(replies))
    return script


PROVIDER = FakeProvider()
