"""Remembers commands of runs over rows, in a file that only their user can read, so that they can be given again."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.session.state import state_folder

MOST = 200
"""Runs that are remembered."""


def remembered() -> Path:
    """The file, of the user's state."""
    return state_folder() / "rows.json"


def remember(out: Path, words: Sequence[str]) -> None:
    """The words of a command whose answers go to `out`. What cannot be written is not remembered."""
    place = remembered()
    one = {"out": str(out.absolute()), "words": list(words), "directory": os.getcwd()}
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        others = [run for run in _known(place) if run.get("out") != one["out"]]
        made = place.with_name(f".{place.name}.{os.getpid()}")
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump([one, *others][:MOST], file)
        os.replace(made, place)
    except OSError:
        return


def recalled(out: str | None) -> tuple[list[str], str]:
    """The words and the directory of the last run, or of the last whose answers went to `out`. Raises IlangError."""
    for run in _known(remembered()):
        words, directory = run.get("words"), run.get("directory")
        if (out is None or run.get("out") == str(Path(out).absolute())) and isinstance(words, list) and words:
            return [str(word) for word in words], str(directory)
    raise IlangError(
        Diagnostic(
            "no-such-run",
            "no run over rows is remembered" if out is None else f"no run is remembered whose answers went to {out}",
            help="give its command again, with --redo-failed",
        )
    )


def _known(place: Path) -> list[dict[str, object]]:
    try:
        found = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
