"""The file of answers: a line of JSON for each row, in order, and beside it what the run was.

    {"row": 0, "id": null, "input": {"question": "2+2"}, "value": 4, "status": "answered", "worth": {}, "error": null}

There is no clock and no payment in it, so equal runs write equal bytes. A line is written whole with one call; of a run
that was killed at any byte, whole lines are left and at most one that is torn, which is cut off when it goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError

SIDE = ".run.json"
"""Beside the answers: what they are the answers of."""

FORM = 1

_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a row; `error` is a diagnostic as data."""

    row: int
    id: Any
    input: Mapping[str, Any]
    value: Any
    status: str
    worth: Mapping[str, Any]
    error: Any

    def data(self) -> dict[str, Any]:
        """The same by name, in the order of the file."""
        return {
            "row": self.row,
            "id": self.id,
            "input": dict(self.input),
            "value": self.value,
            "status": self.status,
            "worth": dict(self.worth),
            "error": self.error,
        }

    def line(self) -> bytes:
        """Its line in the file."""
        return _encode(self.data()).encode("utf-8", "surrogatepass") + b"\n"


def side_of(out: Path) -> Path:
    return out.with_name(out.name + SIDE)


def write_side(out: Path, run: Mapping[str, Any]) -> None:
    """Says beside the answers what they are the answers of."""
    made = side_of(out).with_name(f".{out.name}{SIDE}.{os.getpid()}")
    made.write_text(json.dumps({"form": FORM, **run}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(made, side_of(out))


def read_side(out: Path) -> dict[str, Any] | None:
    """What the answers are the answers of; None where that is not told."""
    try:
        found = json.loads(side_of(out).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("form") == FORM else None


def earlier(out: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The whole lines of a file of answers, each with what it says; it ends before the first that is torn."""
    with out.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            try:
                data = json.loads(line)
            except ValueError:
                return
            if not isinstance(data, dict) or not isinstance(data.get("row"), int):
                return
            yield line, data


class AnswersFile:
    """Lines that are appended. What stands behind `keep` bytes is cut off first: a torn line, or what is done anew."""

    def __init__(self, path: Path, keep: int = 0) -> None:
        """Raises IlangError where it cannot be written."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
            os.ftruncate(self._file, keep)
            os.lseek(self._file, keep, os.SEEK_SET)
        except OSError as error:
            raise unwritable(path, error) from error

    def write(self, line: bytes) -> None:
        """One line, whole. Raises IlangError."""
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            raise unwritable(self.path, error) from error

    def close(self) -> None:
        """All that was written is on the disk then."""
        try:
            os.fsync(self._file)
        except OSError:
            pass  # no file that can be synchronised: a pipe, a device
        os.close(self._file)


def unwritable(path: Path, error: OSError) -> IlangError:
    why = error.strerror or str(error)
    return IlangError(
        Diagnostic(
            "unwritable-file",
            f"cannot write {path}: {why}",
            help="what was drawn is kept: the same command goes on from there",
        ),
        1,
    )
