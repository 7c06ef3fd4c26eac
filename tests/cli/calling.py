"""Calls the command line: within this process, or as a process of its own, with pipes or on a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "programs"
COMMAND = (sys.executable, "-m", "ilang.cli.main")

BYTECODE = tempfile.TemporaryDirectory(prefix="ilang-tests-")
"""Byte code is kept between the processes of a test run, as it is in an installed package."""

ENV = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": BYTECODE.name}


@dataclass(frozen=True)
class Called:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


def program(name: str) -> str:
    """The path of a program beside these tests."""
    return str(PROGRAMS / name)


def process(*words: str, stdin: bytes = b"", env: dict[str, str] | None = None, cwd: Path = ROOT) -> Called:
    """The command as a process with pipes."""
    done = subprocess.run(
        [*COMMAND, *words],
        input=stdin,
        capture_output=True,
        env={**os.environ, **ENV, **(env or {})},
        cwd=cwd,
        timeout=120,
    )
    return Called(done.returncode, done.stdout.decode(), done.stderr.decode())


def terminal(
    *words: str, env: dict[str, str] | None = None, cwd: Path = ROOT, separate: bool = False, typed: str = ""
) -> Called:
    """The command on a terminal of 100 columns: what it shows, output and errors as they come, in `out`.

    `separate`: standard error is a pipe. `typed`: what its user types, before it asks.
    """
    master, slave = pty.openpty()
    child = subprocess.Popen(
        [*COMMAND, *words],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.PIPE if separate else slave,
        env={**os.environ, **ENV, "TERM": "xterm", "COLUMNS": "100", **(env or {})},
        cwd=cwd,
    )
    os.close(slave)
    os.write(master, typed.encode())
    shown = _read_all(master, child)
    err = child.stderr.read().decode() if child.stderr is not None else ""
    if child.stderr is not None:
        child.stderr.close()
    os.close(master)
    return Called(child.wait(60), shown.replace("\r\n", "\n"), err)


def _read_all(master: int, child: subprocess.Popen[bytes]) -> str:
    parts: list[bytes] = []
    until = time.monotonic() + 120
    while time.monotonic() < until:
        ready, _, _ = select.select([master], [], [], 0.2)
        if not ready:
            if child.poll() is not None:
                break
            continue
        try:
            part = os.read(master, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode()


def codes(called: Called) -> list[str]:
    """The codes of the diagnostics on standard error."""
    import re

    return re.findall(r"^(?:error|warning)\[([a-z0-9-]+)\]", called.err, re.MULTILINE)


def cpu_seconds(words: Sequence[str], times: int = 3) -> float:
    """Processor time of the command, user and system, the least of so many runs (behind one that is not counted)."""
    found = []
    for _ in range(times + 1):
        child = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **ENV}, cwd=ROOT
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0, words
        found.append(used.ru_utime + used.ru_stime)
    return min(found[1:])
