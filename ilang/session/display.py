"""as_html: a value as a notebook shows it. What renders stands above this room, and is found by its name."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def as_html(how: str, what: Any) -> str:
    """`how`: the function of `ilang.report.html` that shows it."""
    shown: str = getattr(import_module("ilang.report.html"), how)(what)
    return shown
