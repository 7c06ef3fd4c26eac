"""Suggests the name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name spelled most like this one, or None."""
    names = [k for k in known if k != name]
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if found:
        return found[0]
    low = {k.lower(): k for k in names}
    return low.get(name.lower())
