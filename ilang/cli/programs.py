"""Finds the programs that a command is given: files, and whatever lies in folders."""

from __future__ import annotations

import os

from ilang.base.diagnostic import Diagnostic, IlangError


def programs_in(path: str) -> list[str]:
    """The file itself, or all programs in a folder, sorted. Raises IlangError for a folder without any."""
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, inner, names in os.walk(path):
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [os.path.join(folder, name) for name in names if name.endswith(".inf")]
    if not found:
        raise IlangError(
            Diagnostic("no-such-file", f"there is no program in `{path}`", help="a program's name ends in .inf")
        )
    return sorted(found)
