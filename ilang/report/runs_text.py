"""Runs as a table, and as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from ilang.report.count import usd_text
from ilang.report.escape import visible_line
from ilang.report.table import table_text
from ilang.session.runs import Run

_SHOWN = (
    *("program", "pipeline", "began", "seed", "models", "status", "error", "rows", "statuses"),
    *("paid", "worth", "data", "out", "revisions"),
)


def runs_text(runs: Sequence[Run]) -> str:
    """A line for each."""
    if not runs:
        return "no runs yet"
    rows = [["run", "began", "program", "status", "rows", "new draws", "paid"]]
    rows += [_line(run) for run in runs]
    return table_text(rows, right={4, 5})


def _line(run: Run) -> list[str]:
    about = run.about
    paid = about.get("paid")
    program = PurePath(str(about.get("program", ""))).name
    status = str(about.get("status", "cut short"))
    if about.get("error"):
        status += f" ({about['error']})"
    known = isinstance(paid, Mapping)
    return [
        run.name,
        str(about.get("began", ""))[:16].replace("T", " "),
        visible_line(f"{program}:{about.get('pipeline', '')}"),
        visible_line(status),
        f"{about.get('rows', ''):,}" if isinstance(about.get("rows"), int) else "",
        f"{paid['draws']:,}" if isinstance(paid, Mapping) else "",
        usd_text(paid["usd"]) if known and isinstance(paid, Mapping) else "",
    ]


def run_data(run: Run) -> dict[str, Any]:
    """What is told of a run by name; what is not known yet is left out."""
    return {"run": run.name, **{name: run.about[name] for name in _SHOWN if name in run.about}}
