"""Places as editors count them: a line, and units of UTF-16 (or what was agreed on) in it.

A line ends with a line feed, a carriage return, or both; nothing else ends one, whatever Unicode says.
"""

from __future__ import annotations

import bisect
import re
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = re.compile(r"\r\n|\n|\r")


class Lines:
    """The lines of one text."""

    def __init__(self, text: str, encoding: Encoding = "utf-16") -> None:
        self.text = text
        self.encoding = encoding
        ends = list(_LINE_END.finditer(text))
        self.starts = [0, *(m.end() for m in ends)]
        self.stops = [*(m.start() for m in ends), len(text)]

    def position(self, offset: int) -> tuple[int, int]:
        """0-based line and units of an offset."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect.bisect_right(self.starts, offset) - 1
        return line, self.units(self.text[self.starts[line] : offset])

    def offset(self, line: int, units: int) -> int:
        """The offset of a position; one behind the end of its line is that end, one in a character its beginning."""
        if line < 0:
            return 0
        if line >= len(self.starts):
            return len(self.text)
        start, stop = self.starts[line], self.stops[line]
        if self.encoding == "utf-32" or self.text[start:stop].isascii():
            return max(start, min(start + units, stop))
        at = start
        while at < stop:
            units -= self.units(self.text[at])
            if units < 0:
                break
            at += 1
        return at

    def units(self, text: str) -> int:
        """How many units a text is."""
        if self.encoding == "utf-32" or text.isascii():
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(1 for c in text if c > "\uffff")
