"""A key, kept from every text that a user may see."""

from __future__ import annotations

import re

HIDDEN = "[key]"

_LIMIT = 300
"""Characters of somebody else's text that a message repeats."""

_LOOKS_SECRET = re.compile(
    r"\b(?:sk|pk|rk|key|hf|gsk|xai)[-_][\w*.-]{6,}"  # as providers write their keys, whole or masked
    r"|\bBearer\s+\S+"
    r"|[\w-]*\*{3,}[\w*-]*",  # anything that the server masked itself
    re.IGNORECASE,
)

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


class Secret:
    """Holds a key. Its `repr` does not show it, and `clean` takes it out of what a server wrote."""

    __slots__ = ("_key",)

    def __init__(self, key: str) -> None:
        self._key = key

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def reveal(self) -> str:
        """The key itself: for the SDK alone."""
        return self._key

    def clean(self, text: str) -> str:
        """`text` on one line, short, without control characters, this key, and whatever looks like one."""
        if len(self._key) >= 4:
            text = text.replace(self._key, HIDDEN)
        text = _LOOKS_SECRET.sub(HIDDEN, text)
        text = " ".join(_UNSEEN.sub(" ", text).split())
        return text if len(text) <= _LIMIT else text[: _LIMIT - 3] + "..."
