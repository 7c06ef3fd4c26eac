"""Words that several problems are told in: names that are meant, lists of names, types with their article."""

from __future__ import annotations

from collections.abc import Iterable

from ilang.base.type import (
    ANY,
    MODEL,
    NONE,
    Function,
    RequestOf,
    TallyOf,
    Type,
)
from ilang.check.near import near


def meant(name: str, known: Iterable[str], otherwise: str = "") -> str:
    close = near(name, known)
    return f"did you mean `{close}`?" if close else otherwise


def listed(names: Iterable[str], most: int = 12) -> str:
    all_names = list(dict.fromkeys(names))
    more = f" and {len(all_names) - most} more" if len(all_names) > most else ""
    return ", ".join(all_names[:most]) + more


def one_line(text: str, most: int = 60) -> str:
    """A text as it can stand in a message: on one line, and cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."


def a(type_: Type) -> str:
    """The type with its article."""
    word = str(type_)
    if "[" in word or "(" in word:
        return word
    return f"an {word}" if word[:1].lower() in "aeiou" else f"a {word}"


def gets(have: Type) -> str:
    """What a place gets, in words."""
    match have:
        case RequestOf():
            return "a request"
        case TallyOf():
            return "a tally"
        case Function():
            return "a function"
        case _ if have == ANY:
            return "what a Python function gives"
        case _ if have == NONE:
            return "none"
        case _ if have == MODEL:
            return "a model"
    return str(have)
