"""The file in which it is written whose Python is trusted: a line of JSON for each answer, added at the end.

A line is added in one write, so that programs that ask at the same time lose nothing. A line that cannot be read
trusts nothing. To take trust back, delete a line, or the file.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.session.state import state_folder

_OTHERS_WRITE = 0o022


@dataclass(frozen=True, slots=True)
class TrustFile:
    """The file at a place; it need not be there yet."""

    path: Path

    def digests(self) -> frozenset[str]:
        """What is trusted. Raises IlangError where the file cannot be read, or is not the user's alone to write."""
        try:
            with open(self.path, encoding="utf-8", errors="replace") as file:
                self._see_private(os.fstat(file.fileno()))
                lines = file.readlines()
        except FileNotFoundError:
            return frozenset()
        except OSError as problem:
            raise IlangError(unreadable(self.path, problem)) from None
        found = set()
        for line in lines:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict) and isinstance(said.get("sha256"), str):
                found.add(said["sha256"])
        return frozenset(found)

    def add(self, digest: str, library: str, distribution: str, version: str, folder: str) -> None:
        """Writes down that this is trusted. Raises IlangError where it cannot be written."""
        said = {
            "sha256": digest,
            "library": library,
            "distribution": distribution,
            "version": version,
            "folder": folder,
            "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        line = json.dumps(said) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
                self._see_private(os.fstat(file.fileno()))
                if os.fstat(file.fileno()).st_size and not self._ends_a_line():
                    line = "\n" + line
                file.write(line.encode("ascii"))
        except OSError as problem:
            raise IlangError(unwritable(self.path, problem)) from None

    def _ends_a_line(self) -> bool:
        return self.path.read_bytes()[-1:] == b"\n"

    def _see_private(self, status: os.stat_result) -> None:
        if os.name == "posix" and (status.st_uid != os.getuid() or status.st_mode & _OTHERS_WRITE):
            raise IlangError(not_private(self.path))


def trust_file(environment: Mapping[str, str] = os.environ) -> TrustFile:
    """The user's: `ilang/trusted.jsonl` in `$XDG_STATE_HOME`, else in `~/.local/state`."""
    return TrustFile(state_folder(environment) / "trusted.jsonl")


def unreadable(path: Path, problem: OSError) -> Diagnostic:
    """It is there, and cannot be read."""
    return Diagnostic(
        "unreadable-file",
        f"`{path}`, where it is written whose Python you trust, cannot be read: {problem.strerror}",
        help="see to its permissions, or set XDG_STATE_HOME to another folder",
    )


def unwritable(path: Path, problem: OSError) -> Diagnostic:
    """An answer cannot be written down."""
    return Diagnostic(
        "unwritable-file",
        f"`{path}`, where it is written whose Python you trust, cannot be written: {problem.strerror}",
        help="see to its permissions, or set XDG_STATE_HOME to a folder that can be written",
    )


def not_private(path: Path) -> Diagnostic:
    """Somebody else could write into it, and so trust in the user's stead."""
    return Diagnostic(
        "trust-not-private",
        f"`{path}`, where it is written whose Python you trust, can be written by others",
        help="look at what it says, then `chmod 600` it; or delete it, and be asked again",
    )
