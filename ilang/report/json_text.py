"""Writes JSON: one object, on one line or laid out for reading."""

from __future__ import annotations

import json
from typing import Any


def object_text(data: Any) -> str:
    """A command's `--json` object, on one line, with a line break at its end."""
    return value_text(data) + "\n"


def value_text(value: Any) -> str:
    """A value on one line. What UTF-8 cannot hold (half a character) is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False)
    return text


def laid_out(value: Any) -> str:
    """A value over several lines, for people."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
