"""What a run over rows says at its end, for people and as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic
from ilang.report.count import counted, seconds_text, usd_text
from ilang.report.diagnostic_data import diagnostic_data
from ilang.report.escape import visible
from ilang.report.votes import undrawn_text
from ilang.session.bill import worth_cost

if TYPE_CHECKING:
    from ilang.session.data_run import DataRun
    from ilang.session.runner import Runner

STATUSES = ("answered", "abstained", "budget", "failed")
MOST_WARNINGS = 5


def rows_text(made: DataRun, run: Runner, seconds: float) -> Iterator[str]:
    """The lines of the summary."""
    tallied, paid = made.tallied, run.paid
    parts = [f"{tallied.statuses[s]:,} {s}" for s in STATUSES if tallied.statuses[s]]
    yield f"{counted(tallied.rows, 'row')}: {', '.join(parts) or 'none done'}"
    if tallied.kept:
        yield f"{tallied.kept:,} of {counted(tallied.rows, 'row')} were done before, 0 draws paid again for them"
        if tallied.failed and not made.options.redo_failed:
            yield "rows that failed are kept as they are: `ilang retry` does them again"
    worth = worth_cost(tallied.worth)
    yield f"{counted(paid.draws, 'new draw')}, {counted(paid.calls, 'call')}, {seconds_text(seconds)}"
    yield f"paid   {usd_text(paid.usd)}, {counted(paid.input_tokens + paid.output_tokens, 'token')}"
    yield f"worth  {usd_text(worth.usd)}, {counted(worth.input_tokens + worth.output_tokens, 'token')}"
    if tallied.undrawn:
        yield undrawn_text(tallied.undrawn)
    for said in run.told():
        yield f"warning: {visible(said)}"
    for said, n in tallied.warnings.most_common(MOST_WARNINGS):
        yield f"warning: in {counted(n, 'row')}: {visible(said)}"


def summary_data(made: DataRun, run: Runner, stopped: Diagnostic | None) -> dict[str, Any]:
    """`ilang run --data --out FILE --json`: one object.

        {"schema": 1, "command": "run", "rows": 100, "kept": 0, "statuses": {"answered": 98, "failed": 2},
         "paid": {...}, "worth": {...}, "undrawn": 0, "warnings": ["..."], "out": "answers.jsonl", "error": null}

    `kept`: rows that were done before. `error` says why the run stopped before its end.
    """
    tallied = made.tallied
    return {
        "schema": 1,
        "command": "run",
        "rows": tallied.rows,
        "kept": tallied.kept,
        "statuses": dict(sorted(tallied.statuses.items())),
        "paid": asdict(run.paid),
        "worth": asdict(worth_cost(tallied.worth)),
        "undrawn": tallied.undrawn,
        "warnings": [*run.told(), *sorted(tallied.warnings)],
        "out": str(made.options.out),
        "error": None if stopped is None else diagnostic_data(stopped),
    }
