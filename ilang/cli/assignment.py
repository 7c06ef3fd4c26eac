"""Reads `name=value` words: what is given to the parameters of a pipeline.

`name=value` is a text, to be read by the parameter's type; `name=@file` the text of a file;
`name=-` that of standard input; `name:=JSON` data. A file's or standard input's last line break is
not part of its text, as it is not of what a shell gives with `$(...)`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ilang.base.diagnostic import Diagnostic, IlangError

if TYPE_CHECKING:
    from ilang.session.arguments import Data, FromFile

_WORD = re.compile(r"([^\W\d]\w*)(:?=)(.*)", re.DOTALL)

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One word: the parameter's name, where its value comes from, and what stood behind the sign."""

    name: str
    kind: Literal["text", "file", "stdin", "json"]
    text: str


def read_assignments(words: Sequence[str]) -> tuple[Assignment, ...]:
    """The words taken apart. Raises IlangError for one that is no assignment, or gives a name again."""
    found: dict[str, Assignment] = {}
    for word in words:
        one = _assignment(word)
        if one.name in found:
            leave = f"leave out one of the two `{one.name}=`"
            raise IlangError(Diagnostic("given-twice", f"`{one.name}` is given twice", help=leave))
        found[one.name] = one
    return tuple(found.values())


def given_values(assignments: Sequence[Assignment]) -> dict[str, str | Data | FromFile]:
    """What they give, files and standard input read. Raises IlangError."""
    return {one.name: _value(one) for one in assignments}


def refuse_stdin_twice(file: str, assignments: Sequence[Assignment]) -> None:
    """Raises IlangError where standard input is wanted by more than one."""
    wanting = ["the program"] * (file == STDIN) + [f"`{one.name}`" for one in assignments if one.kind == "stdin"]
    if len(wanting) > 1:
        raise IlangError(
            Diagnostic(
                "stdin-twice",
                f"standard input can be read once, but {' and '.join(wanting)} want it",
                help="give one of them as a file: `name=@file`",
            )
        )


def stdin_bytes(most: int | None = None) -> bytes:
    """What standard input holds, no more than so many bytes of it. Raises IlangError."""
    try:
        if sys.stdin is None:
            return b""
        return sys.stdin.buffer.read(-1 if most is None else most)
    except (OSError, ValueError) as problem:
        raise IlangError(Diagnostic("unreadable-file", f"standard input cannot be read: {problem}")) from None


def not_utf8(what: str, problem: UnicodeDecodeError) -> IlangError:
    """A text that is none."""
    data: bytes = problem.object
    line = data.count(b"\n", 0, problem.start) + 1
    byte = data[problem.start]
    return IlangError(
        Diagnostic(
            "not-utf8",
            f"{what} is not UTF-8: byte {problem.start} (0x{byte:02X}), in line {line}",
            help="save it as UTF-8; most editors offer that when saving",
        )
    )


def _assignment(word: str) -> Assignment:
    found = _WORD.fullmatch(word)
    if found is None:
        raise IlangError(
            Diagnostic(
                "bad-argument",
                f"`{word if len(word) < 60 else word[:57] + '...'}` gives nothing to a parameter",
                help='write name=value, such as question="What is 2 + 2?"',
            )
        )
    name, sign, text = found.groups()
    if sign == ":=":
        return Assignment(name, "json", text)
    if text == STDIN:
        return Assignment(name, "stdin", text)
    return Assignment(name, "file", text[1:]) if text.startswith("@") else Assignment(name, "text", text)


def _value(one: Assignment) -> str | Data | FromFile:
    match one.kind:
        case "text":
            return one.text
        case "json":
            return _json(one)
        case "stdin":
            return _decoded(stdin_bytes(), f"standard input (`{one.name}`)")
        case "file":
            from ilang.session.arguments import FromFile

            data = _file(one)
            return FromFile(one.text, data, lambda: _decoded(data, f"`{one.text}`"))


def _json(one: Assignment) -> Data:
    from ilang.session.arguments import Data

    try:
        return Data(json.loads(one.text, parse_constant=_no_number))
    except (ValueError, RecursionError) as problem:
        raise IlangError(
            Diagnostic(
                "bad-argument",
                f"`{one.name}:=` needs JSON: {problem}",
                help=f"for a text write {one.name}=..., for example {one.name}={json.dumps(one.text)}",
            )
        ) from None


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _file(one: Assignment) -> bytes:
    literal = f"for a text that begins with @ write {one.name}:='\"@{one.text}\"'"
    try:
        with open(one.text, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise IlangError(
            Diagnostic("no-such-file", f"`{one.name}`: there is no file `{one.text}`", help=literal)
        ) from None
    except IsADirectoryError:
        raise IlangError(
            Diagnostic("is-a-folder", f"`{one.name}`: `{one.text}` is a folder", help="name a file in it")
        ) from None
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise IlangError(
            Diagnostic("unreadable-file", f"`{one.name}`: `{one.text}` cannot be read: {why}", help=literal)
        ) from None


def _decoded(data: bytes, what: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise not_utf8(what, problem) from None
    text = text.replace("\r\n", "\n")
    return text[:-1] if text.endswith("\n") else text
