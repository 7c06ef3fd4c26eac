"""An archive: draws (and results of Python) of a store in one file, to be shared, kept with a paper, replayed.

It is a gzip file of lines of JSON, in the order of addresses and without a clock of its own, so equal stores give
equal bytes: first what it is, then a line for each draw and each result, last how many there are and the SHA-256 of
all lines before. It is read twice: nothing is imported before all of it is found to be whole.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.draws.address import Address
from ilang.draws.disk_store import DiskStore
from ilang.draws.entry import Damaged, Entry, from_data, to_data
from ilang.draws.result import Result

FORMAT = "ilang-draws"
VERSION = 1
LONGEST = 2**28
"""Bytes of one line; a longer one is a trap."""

SWELLS = 2000
"""Times that a file may swell when it is unpacked; one that does more is a trap. Texts swell some ten times."""

AT_ONCE = 500
"""Draws that are imported in one transaction."""


class Head(msgspec.Struct, frozen=True):
    """The first line."""

    format: str
    version: int


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draw at its address, or a result under its key; in the last line the counts and the checksum."""

    key: str = ""
    index: int = 0
    draw: msgspec.Raw = msgspec.Raw(b"")
    result: Result | None = None
    draws: int = 0
    results: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What an archive holds, and how much of it was new where it was imported."""

    draws: int
    results: int
    new: int = 0


def write_archive(path: Path, store: DiskStore, wanted: Callable[[str], bool] = lambda source: True) -> Held:
    """Writes what the store has of the models that are `wanted`. Raises IlangError.

    The file takes its name when it is whole.
    """
    made = path.with_name(f".{path.name}.{os.getpid()}")
    draws = results = 0
    try:
        with made.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
            digest = hashlib.sha256()

            def write(line: Head | Line) -> None:
                data = msgspec.json.encode(line) + b"\n"
                digest.update(data)
                file.write(data)

            write(Head(FORMAT, VERSION))
            for address, entry in store.entries():
                if wanted(entry.source):
                    draws += 1
                    write(Line(key=address.key, index=address.index, draw=msgspec.Raw(to_data(entry))))
            for key, one in store.results():
                if wanted(one.source):
                    results += 1
                    write(Line(key=key.hex(), result=one))
            write(Line(draws=draws, results=results, sha256=digest.hexdigest()))
        os.replace(made, path)
    except OSError as error:
        made.unlink(missing_ok=True)
        why = error.strerror or str(error)
        raise IlangError(Diagnostic("unwritable-file", f"{path}: {why}"), exit_code=1) from error
    return Held(draws, results)


def read_archive(path: Path, store: DiskStore | None) -> Held:
    """Puts what an archive holds into a store, where it is not there yet; None: it is only checked. Raises IlangError
    where the archive is not whole, and then nothing was put."""
    last = _checked(path)
    new = 0
    if store is not None:
        draws: list[tuple[Address, Entry]] = []
        results: list[tuple[bytes, Result]] = []
        for line in _content(path):
            if line.result is not None:
                results.append((bytes.fromhex(line.key), line.result))
            else:
                draws.append((Address(line.key, line.index), from_data(bytes(line.draw))))
            if len(draws) + len(results) >= AT_ONCE:
                new += _put(store, draws, results)
        new += _put(store, draws, results)
    return Held(last.draws, last.results, new)


def _put(store: DiskStore, draws: list[tuple[Address, Entry]], results: list[tuple[bytes, Result]]) -> int:
    """How many were not there."""
    there = len(store.get_many([address for address, _ in draws])) + len(store.get_results([key for key, _ in results]))
    new = len(draws) + len(results) - there
    if draws:
        store.put_many(draws)
    if results:
        store.put_results(results)
    draws.clear()
    results.clear()
    return new


def _checked(path: Path) -> Line:
    """The last line of an archive, now that all of it was read. Raises IlangError."""
    digest = hashlib.sha256()
    last: Line | None = None
    begun, draws, results = False, 0, 0
    for raw in _raw(path):
        if last is not None:
            raise damaged(path, "there is more behind its checksum")
        if not begun:
            _head(path, raw)
            begun = True
        else:
            line = _line(path, raw)
            if line.sha256:
                last = line
                continue
            draws += line.result is None
            results += line.result is not None
        digest.update(raw)
    if last is None:
        raise damaged(path, "its end is missing")
    if last.sha256 != digest.hexdigest():
        raise damaged(path, "its checksum does not fit what is in it")
    if (draws, results) != (last.draws, last.results):
        raise damaged(path, "it does not hold as much as it says")
    return last


def _content(path: Path) -> Iterable[Line]:
    lines = _raw(path)
    next(lines)
    for raw in lines:
        line = _line(path, raw)
        if not line.sha256:
            yield line


def _raw(path: Path) -> Iterator[bytes]:
    """Its lines. Raises IlangError."""
    try:
        most = 2**20 + SWELLS * path.stat().st_size
        with gzip.open(path, "rb") as file:
            read = 0
            while line := file.readline(LONGEST + 1):
                read += len(line)
                if len(line) > LONGEST or read > most:
                    raise damaged(path, "it is larger than such a file can be")
                yield line
    except FileNotFoundError:
        raise IlangError(Diagnostic("no-such-file", f"there is no {path}")) from None
    except gzip.BadGzipFile:
        raise IlangError(_none(path)) from None
    except EOFError:
        raise damaged(path, "its end is missing") from None
    except OSError as error:
        raise IlangError(Diagnostic("unreadable-file", f"{path}: {error.strerror or error}")) from error
    except Exception as error:
        if isinstance(error, IlangError):
            raise
        raise damaged(path, str(error)) from error  # zlib's own


def _head(path: Path, raw: bytes) -> None:
    try:
        head = msgspec.json.decode(raw, type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise IlangError(_none(path)) from None
    if head.format != FORMAT:
        raise IlangError(_none(path))
    if head.version > VERSION:
        raise IlangError(
            Diagnostic(
                "archive-newer",
                f"{path} was written by a newer ilang (its version is {head.version}; this one reads {VERSION})",
                help="upgrade ilang",
            )
        )


def _line(path: Path, raw: bytes) -> Line:
    """A line that could be imported. Raises IlangError."""
    try:
        line: Line = msgspec.json.decode(raw, type=Line)
        if line.sha256:
            return line
        key = bytes.fromhex(line.key)
        if len(key) != 32 or line.key != key.hex() or not 0 <= line.index < 2**32:
            raise damaged(path, "it has an address that is none")
        if line.result is None:
            from_data(bytes(line.draw))
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, Damaged) as error:
        raise damaged(path, f"a line of it is no draw ({error})") from None
    return line


def _none(path: Path) -> Diagnostic:
    return Diagnostic("not-an-archive", f"{path} is no archive of draws", help="`ilang cache export FILE` makes one")


def damaged(path: Path, why: str) -> IlangError:
    """An archive that is not as it was written."""
    told: dict[str, Any] = {"help": "get the file again; nothing of it was imported"}
    return IlangError(Diagnostic("archive-damaged", f"{path} is not whole: {why}", **told), exit_code=1)
