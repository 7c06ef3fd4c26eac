"""The runs that a user has made: a folder for each, with what it was (`run.json`) and what happened (`trace.jsonl`).

They lie in the user's state folder, readable by the user alone; the newest are kept. Of models and arguments only
what may be told is written: no key, no header, no address of a server.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.session.state import state_folder

KEPT = 200
"""Runs that are kept; the oldest beyond them go."""

LARGEST = 1_000_000_000
"""Bytes that all traces may take; beyond them the oldest runs go, but never the last."""

SCHEMA = 1
_SAME = ("program", "pipeline")
_NAME = re.compile(r"r([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Run:
    """A run: `name` is r1, r2 ... and `about` what `run.json` says of it."""

    name: str
    folder: Path
    about: Mapping[str, Any]

    @property
    def trace(self) -> Path:
        return self.folder / "trace.jsonl"

    def lines(self, kind: str | None = None) -> Iterator[dict[str, Any]]:
        """The lines of its trace, or those of a kind; one that was torn by a kill is passed over."""
        try:
            file = self.trace.open("r", encoding="utf-8", errors="replace")
        except OSError:
            return
        with file:
            for text in file:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if isinstance(line, dict) and (kind is None or line.get("t") == kind):
                    yield line


def runs_folder() -> Path:
    """Where they lie; it need not be there yet."""
    return state_folder() / "runs"


def all_runs() -> list[Run]:
    """All that are kept, the oldest first."""
    found = []
    for number, folder in _numbered():
        try:
            about = json.loads((folder / "run.json").read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(about, dict):
            found.append(Run(f"r{number}", folder, about))
    return found


def find_run(name: str) -> Run:
    """`r7`, `7`, `@last`, `@-2` (the one before it). Raises IlangError where there is none."""
    known = all_runs()
    back = {"@last": 1}.get(name) or (int(name[2:]) if re.fullmatch(r"@-\d{1,6}", name) else None)
    found: Run | None = None
    if back is not None:
        found = known[-back] if 1 <= back <= len(known) else None
    else:
        wanted = name if name.startswith("r") else f"r{name}"
        found = next((run for run in known if run.name == wanted), None)
    if found is not None:
        return found
    if not known:
        why = f"there is no run {name}: none is kept"
        raise IlangError(Diagnostic("no-such-run", why, help="`ilang run` makes one"))
    told = f"{known[0].name} to {known[-1].name} are kept; `@last` is the last, `@-2` the one before it"
    raise IlangError(Diagnostic("no-such-run", f"there is no run {name}", help=told))


def before(run: Run) -> Run | None:
    """The last run of the same pipeline before this one."""
    earlier = (one for one in reversed(all_runs()) if number_of(one) < number_of(run))
    return next((one for one in earlier if all(one.about.get(k) == run.about.get(k) for k in _SAME)), None)


def number_of(run: Run) -> int:
    return int(run.name[1:])


def begin(about: Mapping[str, Any]) -> Run | None:
    """A new run; None where nothing can be written, for that keeps no program from running."""
    place = runs_folder()
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
        numbers = [number for number, _ in _numbered()]
        number = 1 + max(numbers, default=0)
        while True:
            folder = place / f"r{number}"
            try:
                folder.mkdir(mode=0o700)
                break
            except FileExistsError:
                number += 1
        for old in _too_many(place, sorted(numbers)):
            shutil.rmtree(place / f"r{old}", ignore_errors=True)
        run = Run(folder.name, folder, {"schema": SCHEMA, "run": folder.name, **about})
        describe(run, {})
    except OSError:
        return None
    return run


def _too_many(place: Path, numbers: list[int]) -> list[int]:
    """Those of the runs that go as another one comes."""
    size, kept = 0, 1
    for at, number in reversed(list(enumerate(numbers))):
        with contextlib.suppress(OSError):
            size += (place / f"r{number}" / "trace.jsonl").stat().st_size
        kept += 1
        if kept > KEPT or (size > LARGEST and at < len(numbers) - 1):
            return numbers[: at + 1]
    return []


def describe(run: Run, more: Mapping[str, Any]) -> None:
    """Writes what the run is, and what there is to say of it by now. Raises OSError."""
    made = run.folder / ".run.json"
    with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump({**run.about, **more}, file, ensure_ascii=False, default=str)
    os.replace(made, run.folder / "run.json")


def _numbered() -> list[tuple[int, Path]]:
    try:
        names = os.listdir(runs_folder())
    except OSError:
        return []
    found = [(int(match[1]), runs_folder() / name) for name in names if (match := _NAME.fullmatch(name))]
    return sorted(found)
