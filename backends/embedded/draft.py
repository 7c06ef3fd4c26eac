"""The text of one choice as it grows, token by token, until a stop string stands in it."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class Draft:
    """Joins the bytes of tokens to text and watches for stop strings.

    A character may be spread over several tokens and a stop string too. Bytes that are no
    UTF-8 become U+FFFD; a character that the end cuts short is left out.

    >>> draft = Draft(["\\n\\n"])
    >>> [draft.add(piece) for piece in (b"4\\xe2\\x82", b"\\xac\\n", b"\\nmore")]
    [False, False, True]
    >>> draft.text, draft.stop_text
    ('4€', '\\n\\n')
    """

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._reach = max((len(stop) for stop in self._stops), default=0)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.text = ""
        self.stop_text = ""

    def add(self, piece: bytes) -> bool:
        """Append a token's bytes. True where a stop string now ends the text; the earliest does."""
        fresh = self._decoder.decode(piece)
        start = max(0, len(self.text) - self._reach + 1)
        self.text += fresh
        found = [(at, stop) for stop in self._stops if (at := self.text.find(stop, start)) >= 0]
        if not found:
            return False
        at, self.stop_text = min(found, key=lambda one: one[0])
        self.text = self.text[:at]
        return True
