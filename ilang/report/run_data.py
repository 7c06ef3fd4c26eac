"""The contract of `ilang run --json`: one object, always, whatever became of the run.

    {
      "schema": 1,              # raised when a field is taken away or changes its meaning; fields are only added
      "command": "run",
      "value": ...,             # the answer: text, number, bool, list or object; null where there is none
      "status": "answered",     # "answered", "abstained" (the answer is none), "budget", "failed"
      "pipeline": "main",       # the pipeline that ran; null where it did not come to that
      "seed": 0,                # the run's seed
      "paid":  {"calls", "draws", "input_tokens", "cached_tokens", "output_tokens", "usd", "seconds"},
      "worth": {the same},      # what it would have cost without the store; "seconds" is null
      "tally": [[answer, weight], ...],   # the votes that fed the value, heaviest first; null where there were none
      "undrawn": 0,             # draws not made, for they could not have changed the value
      "warnings": ["..."],
      "error": null             # or a diagnostic: see `diagnostic_data`
    }

`paid` is what this run cost; input tokens include the cached ones; `usd` is null where a price is
not known, and 0 only where a draw costs nothing; `seconds` is the time that the run took. The exit
code says the same as without `--json`: 0 answered or abstained, 1 failed, 2 an error in the program
or in how it was called, 3 a budget was spent, 130 interrupted. With the last four (and with 1 where
the run did not end) `status` is "budget" for 3 and else "failed", and `error` says why.

A run that did not begin has paid nothing: every number of `paid` and `worth` is 0. Of one that was
interrupted it is not known what it would have been worth: every number of `worth` is null. Where a
program has several errors, `error` is the first, and a note of it counts the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from ilang.base.diagnostic import Diagnostic
from ilang.report.diagnostic_data import diagnostic_data
from ilang.session.result import Cost, Result

SCHEMA = 1


def run_data(result: Result) -> dict[str, Any]:
    """A run that ended, well or not."""
    return {
        "schema": SCHEMA,
        "command": "run",
        "value": result.value,
        "status": result.status,
        "pipeline": result.pipeline,
        "seed": result.seed,
        "paid": asdict(result.paid),
        "worth": asdict(result.worth),
        "tally": None if result.tally is None else [[answer, weight] for answer, weight in result.tally],
        "undrawn": result.undrawn,
        "warnings": list(result.warnings),
        "error": None if result.error is None else diagnostic_data(result.error),
    }


def failed_run_data(
    problems: Sequence[Diagnostic], seed: int = 0, pipeline: str | None = None, paid: Cost | None = None
) -> dict[str, Any]:
    """A run that did not begin, or (where `paid` is given) was cut short."""
    worth: dict[str, Any] = asdict(Cost(seconds=0.0)) if paid is None else dict.fromkeys(asdict(Cost()))
    return {
        "schema": SCHEMA,
        "command": "run",
        "value": None,
        "status": "failed",
        "pipeline": pipeline,
        "seed": seed,
        "paid": asdict(paid if paid is not None else Cost(seconds=0.0)),
        "worth": worth,
        "tally": None,
        "undrawn": 0,
        "warnings": [],
        "error": diagnostic_data(first_of(problems)),
    }


def first_of(problems: Sequence[Diagnostic]) -> Diagnostic:
    """The first of several problems, with a note that counts the others."""
    first, others = problems[0], len(problems) - 1
    if not others:
        return first
    return replace(first, notes=(*first.notes, f"and {others} more: `ilang check` shows all"))
