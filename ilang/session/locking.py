"""The lock of a program: which revision of each model answered, so that a later run can refuse another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.session.runs import Run, all_runs

SCHEMA = 1


def lock_file(program: str) -> Path:
    """`vote.inf` -> `vote.inf.lock`, beside it."""
    path = Path(program)
    return path.with_name(path.name + ".lock")


def last_run(program: str) -> Run:
    """The last run of a program that had draws. Raises IlangError."""
    place = str(Path(program).absolute())
    for run in reversed(all_runs()):
        if run.about.get("program") == place and run.about.get("revisions"):
            return run
    raise IlangError(
        Diagnostic(
            "no-such-run",
            f"no run of {program} is kept in which a model answered",
            help=f"`ilang run {program}` makes one",
        )
    )


def locked_by(run: Run) -> dict[str, list[str]]:
    """By model the revisions that answered in a run."""
    models = run.about.get("models")
    revisions = run.about.get("revisions")
    assert isinstance(models, Mapping) and isinstance(revisions, Mapping)
    found: dict[str, set[str]] = {}
    for name, some in revisions.items():
        found.setdefault(str(models.get(name, name)), set()).update(map(str, some))
    return {model: sorted(some) for model, some in sorted(found.items())}


def write_lock(path: Path, run: Run) -> dict[str, list[str]]:
    """Writes it; what is in it. Raises IlangError."""
    models = locked_by(run)
    try:
        path.write_text(json.dumps({"schema": SCHEMA, "models": models}, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise IlangError(Diagnostic("unwritable-file", f"{path}: {error.strerror or error}")) from error
    return models


def read_lock(path: Path) -> dict[str, list[str]]:
    """What may answer, by model. Raises IlangError where there is no lock, or none that can be read."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise IlangError(
            Diagnostic("no-lock", f"there is no {path}", help="`ilang lock` makes it from the last run")
        ) from None
    except (OSError, ValueError) as error:
        raise IlangError(
            Diagnostic("no-lock", f"{path} cannot be read: {error}", help="`ilang lock` makes it anew")
        ) from None
    models = data.get("models") if isinstance(data, dict) and data.get("schema") == SCHEMA else None
    if not isinstance(models, dict) or not all(isinstance(some, list) for some in models.values()):
        raise IlangError(Diagnostic("no-lock", f"{path} is no lock of this version", help="`ilang lock` makes it anew"))
    return {str(model): [str(one) for one in some] for model, some in models.items()}
