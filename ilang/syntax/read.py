"""Read a source from a file. Knows files and their encoding, not what the text means."""

from __future__ import annotations

import codecs
import os
import sys

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.syntax import limits


def read_stdin() -> Source:
    """The source on standard input; what it uses lies in the current folder. Raises IlangError like `read_source`."""
    name = "standard input"
    try:
        data = b"" if sys.stdin is None else sys.stdin.buffer.read(limits.SOURCE_BYTES + 1)
    except (OSError, ValueError) as problem:
        raise IlangError(_unreadable(name, problem)) from None
    if len(data) > limits.SOURCE_BYTES:
        raise IlangError(limits.source_too_large(name, len(data)))
    return _source(name, data, os.path.abspath("standard_input.inf"))


def read_source(path: str) -> Source:
    """The source in a file, in UTF-8, a byte order mark left out and line ends as `\\n`.

    Raises IlangError: `no-such-file`, `is-a-folder`, `unreadable-file`, `source-too-large`, `not-utf8`.
    """
    try:
        if os.path.isdir(path):
            raise IlangError(_is_a_folder(path))
        with open(path, "rb") as file:
            data = file.read(limits.SOURCE_BYTES + 1)
            if len(data) > limits.SOURCE_BYTES:
                raise IlangError(limits.source_too_large(path, max(len(data), os.fstat(file.fileno()).st_size)))
    except FileNotFoundError:
        raise IlangError(_no_such_file(path)) from None
    except (OSError, ValueError) as problem:
        raise IlangError(_unreadable(path, problem)) from None
    return _source(path, data, os.path.abspath(path))


def _source(path: str, data: bytes, place: str) -> Source:
    mark = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    try:
        text = data[mark:].decode("utf-8")
    except UnicodeDecodeError as problem:
        raise IlangError(_not_utf8(path, data, mark + problem.start)) from None
    return Source(path, text.replace("\r\n", "\n"), place)


def _is_a_folder(path: str) -> Diagnostic:
    programs = sorted(name for name in os.listdir(path) if name.endswith(".inf"))
    example = f": `{os.path.join(path, programs[0])}`" if programs else ""
    return Diagnostic("is-a-folder", f"`{path}` is a folder", help=f"name a file in it{example}")


def _no_such_file(path: str) -> Diagnostic:
    near = _nearest(path)
    return Diagnostic(
        "no-such-file",
        f"there is no file `{path}`",
        help=f"did you mean `{near}`?" if near else "look for a misspelling; names are relative to the current folder",
    )


def _nearest(path: str) -> str | None:
    """The file in the same folder whose name is most alike, programs first."""
    import difflib

    folder, name = os.path.split(path)
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return None
    programs = [other for other in names if other.endswith(".inf")]
    for some in (programs, names):
        for wanted in (name, name + ".inf"):
            if near := difflib.get_close_matches(wanted, some, 1, 0.7):
                return os.path.join(folder, near[0])
    return None


def _unreadable(path: str, problem: OSError | ValueError) -> Diagnostic:
    reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    return Diagnostic(
        "unreadable-file",
        f"`{path}` cannot be read: {reason}",
        help="check the name and the file's permissions",
    )


def _not_utf8(path: str, data: bytes, offset: int) -> Diagnostic:
    line = data.count(b"\n", 0, offset) + 1
    return Diagnostic(
        "not-utf8",
        f"`{path}` is not UTF-8: byte {offset} (0x{data[offset]:02X}), in line {line}",
        help="save it as UTF-8; most editors offer that when saving",
    )
