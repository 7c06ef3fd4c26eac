"""Runs a pipeline over the rows of a data set: side by side, in a bounded window, answers in the order of the rows."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.value import Value
from ilang.check.near import near
from ilang.check.program import Pipeline
from ilang.data.answers import Answer
from ilang.data.row import Row
from ilang.run.execute import Outcome
from ilang.run.from_store import Waits, at_once
from ilang.run.turn import Turn
from ilang.run.worth import Worth
from ilang.session.bill import worth_cost
from ilang.session.result import to_data
from ilang.session.runner import Runner

HOPELESS = 20
"""So many rows that fail for one cause, one behind the other, and the run stops."""

SUSPICIOUS = 4
"""So many, and no more rows are begun than it takes to be sure."""

TURN = 0.005
"""Seconds for which rows come from the store before the event loop has its turn."""

WINDOW = 256
"""Rows that are begun and not written, at most."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Which field of a row each parameter takes, and what the command line gives for all rows."""

    pipeline: Pipeline
    constants: Mapping[str, Any]
    mapped: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None

    def input_of(self, row: Row) -> dict[str, Any]:
        """The arguments that come from the row, by parameter."""
        found = {}
        for p in self.pipeline.signature.params:
            name = self.mapped.get(p.name, p.name)
            if p.name not in self.constants and name in row.fields:
                found[p.name] = row.fields[name]
        return found

    def id_of(self, row: Row) -> Any:
        """What tells the row from others, for people."""
        return row.fields.get(self.id if self.id is not None else "id")

    def check(self, first: Row) -> None:
        """Raises IlangError where the data have no field for a parameter that needs one."""
        problems = []
        for p in self.pipeline.signature.params:
            name = self.mapped.get(p.name, p.name)
            if (
                p.name in self.constants
                or name in first.fields
                or (p.default is not None and p.name not in self.mapped)
            ):
                continue
            close = near(name, first.fields)
            fields = ", ".join(map(str, first.fields)) or "none"
            problems.append(
                Diagnostic(
                    "no-such-field",
                    f"the rows have no field `{name}` for the parameter `{p.name}`: {p.type}",
                    help=f"--map {p.name}={close}?   fields: {fields}"
                    if close
                    else f"--map {p.name}=FIELD   fields: {fields}",
                )
            )
        if self.id is not None and self.id not in first.fields:
            problems.append(Diagnostic("no-such-field", f"the rows have no field `{self.id}` (--id)"))
        if problems:
            raise IlangError(problems)


@dataclass(slots=True)
class Tallied:
    """What came of the rows so far. `kept`: rows that an earlier run had answered."""

    rows: int = 0
    kept: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    worth: Worth = field(default_factory=Worth)
    undrawn: int = 0
    first_failure: Diagnostic | None = None
    stopped: Diagnostic | None = None

    @property
    def failed(self) -> int:
        return self.statuses["failed"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that an earlier run has answered: its line, and what it says."""

    line: bytes
    data: Mapping[str, Any]


Sink = Callable[[Answer], None]
KeptSink = Callable[[Kept], None]


@dataclass(frozen=True, slots=True)
class Done:
    """A row that has been run."""

    answer: Answer
    outcome: Outcome | None
    error: Diagnostic | None


async def run_rows(
    run: Runner,
    rows: Iterable[tuple[Row, Kept | None]],
    binding: Binding,
    *,
    write: Sink,
    keep: KeptSink,
    tallied: Tallied,
    independent: bool = False,
    patient: bool = False,
    slow_source: bool = False,
    window: int = WINDOW,
) -> None:
    """Runs the rows that are not kept. `write` and `keep` get them all in order.

    `independent`: equal rows draw apart. `patient`: goes on however many fail. `slow_source`: the next row may be long
    in coming. Raises IlangError where the run as a whole cannot go on: the store fails, a file cannot be read.
    """
    source = iter(rows)
    if run.options.plainly:
        window = 1  # one thing after the other, rows too
    waiting: deque[asyncio.Task[Done] | Done | Kept] = deque()
    held: list[Done] = []  # rows that failed for one cause, not written yet: the run may be hopeless
    more, good, turn = True, 0, 0.0
    whole, run.graph = run.graph, await run.same_for_all(binding.constants)
    try:
        while more or waiting:
            # as long as it may be hopeless, few rows are at stake
            room = HOPELESS if len(held) > SUSPICIOUS and not patient else HOPELESS + 4 * good
            while more and len(waiting) < min(window, room):
                found = await asyncio.to_thread(_next, source) if slow_source else _next(source)
                if found is None:
                    more = False
                    break
                row, kept = found
                waiting.append(kept or _begun(run, row, binding, independent=independent))
                if isinstance(waiting[0], Done):
                    break
                if slow_source and isinstance(waiting[0], asyncio.Task) and waiting[0].done():
                    break
            if not waiting:
                break
            first = waiting.popleft()
            if isinstance(first, Kept):
                _flush(held, write, tallied)
                tallied.rows += 1
                tallied.kept += 1
                good += 1
                tallied.statuses[str(first.data.get("status"))] += 1
                tallied.worth += worth_of(first.data.get("worth"))
                keep(first)
                continue
            if isinstance(first, Done):
                done = first
                if time.monotonic() >= turn:  # others have theirs
                    await asyncio.sleep(0)
                    turn = time.monotonic() + TURN
            else:
                done = await first
            if spent(run, done.outcome):
                _flush(held, write, tallied)
                tallied.stopped = budget_spent(run, row_number=done.answer.row)
                return
            if held and (done.error is None or cause(done.error) != cause(held[0].error)):
                _flush(held, write, tallied)
            held.append(done)
            if done.error is None:
                good += 1
                _flush(held, write, tallied)
            elif len(held) >= HOPELESS and not patient:
                tallied.stopped = hopeless(held)
                tallied.first_failure = tallied.first_failure or held[0].error
                held.clear()
                return
        _flush(held, write, tallied)
    finally:
        left = [one for one in waiting if isinstance(one, asyncio.Task)]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        run.graph = whole


def _next(source: Iterator[tuple[Row, Kept | None]]) -> tuple[Row, Kept | None] | None:
    return next(source, None)


def _begun(run: Runner, row: Row, binding: Binding, *, independent: bool) -> asyncio.Task[Done] | Done:
    """The row under way; its place under the run's budget is taken now. It is done where the store has all for it."""
    place = run.place()
    done = _from_store(run, row, binding, independent=independent) if place is None and row.error is None else None
    if done is not None:
        return done
    task = asyncio.ensure_future(_run_row(run, row, binding, place, independent=independent))
    task.add_done_callback(lambda _: run.leave(place))
    return task


def _from_store(run: Runner, row: Row, binding: Binding, *, independent: bool) -> Done | None:
    given = binding.input_of(row)
    try:
        inputs = at_once(_inputs(run, row, binding, given))
    except (Waits, IlangError):
        return None
    outcome = run.from_store(inputs, seed=run.options.seed + row.number if independent else None, row=row.number)
    return None if outcome is None else _done(row, binding, given, outcome, None)


async def _inputs(run: Runner, row: Row, binding: Binding, given: Mapping[str, Any]) -> list[Value]:
    return await run.inputs({**binding.constants, **given}, texts=lambda name: row.texts or name in binding.constants)


async def _run_row(run: Runner, row: Row, binding: Binding, place: Turn | None, *, independent: bool) -> Done:
    given = binding.input_of(row)
    seed = run.options.seed + row.number if independent else None
    outcome: Outcome | None = None
    error = row.error
    if error is None:
        try:
            inputs = await _inputs(run, row, binding, given)
        except IlangError as problem:
            error = problem.diagnostics[0]
        else:
            outcome = await run.evaluate(inputs, seed=seed, place=place, row=row.number)
            error = outcome.error
    return _done(row, binding, given, outcome, error)


def _done(
    row: Row, binding: Binding, given: Mapping[str, Any], outcome: Outcome | None, error: Diagnostic | None
) -> Done:
    worth = worth_data(outcome.worth if outcome is not None else Worth())
    value = to_data(outcome.value) if outcome is not None else None
    status = outcome.status if outcome is not None else "failed"
    shown = None if error is None else error_data(error)
    return Done(Answer(row.number, binding.id_of(row), plain(given), value, status, worth, shown), outcome, error)


def _flush(held: list[Done], write: Sink, tallied: Tallied) -> None:
    for done in held:
        tallied.rows += 1
        tallied.statuses[done.answer.status] += 1
        if done.outcome is not None:
            tallied.worth += done.outcome.worth
            tallied.undrawn += done.outcome.reports.counts.get("undrawn", 0)
            for said in done.outcome.warnings:
                tallied.warnings[said] += 1
        if done.error is not None and tallied.first_failure is None:
            tallied.first_failure = done.error
        write(done.answer)
    held.clear()


def spent(run: Runner, outcome: Outcome | None) -> bool:
    """Whether the run's budget refused something to this row."""
    return run.purse is not None and outcome is not None and run.purse in outcome.closed


def budget_spent(run: Runner, row_number: int) -> Diagnostic:
    """Why a run over rows ends before its last row: this one, and those behind it, are not answered yet."""
    assert run.purse is not None
    return Diagnostic(
        "budget-spent",
        f"{run.purse.words()}: row {row_number:,} and those behind it are not answered",
        help="what came is kept: the same command goes on from there, with a budget of its own",
    )


def cause(error: Diagnostic | None) -> tuple[str, str]:
    """What rows that fail alike have in common."""
    return ("", "") if error is None else (error.code, error.message)


def hopeless(held: list[Done]) -> Diagnostic:
    """Why a run stops."""
    error = held[0].error
    assert error is not None
    return Diagnostic(
        "run-paused",
        f"{len(held)} rows in a row failed for one cause: {error.message}",
        help="mend the cause, and the same command goes on with these rows; `--keep-going` does not stop",
        notes=(error.help,) if error.help else (),
    )


_COUNTS = ("calls", "draws", "input_tokens", "output_tokens")


def worth_data(worth: Worth) -> dict[str, Any]:
    """Worth as a row tells it: no clock, and no payment."""
    return {**{name: getattr(worth, name) for name in _COUNTS}, "usd": worth_cost(worth).usd}


def worth_of(data: Any) -> Worth:
    """The worth that a row of an earlier run told."""
    if not isinstance(data, dict):
        return Worth()
    usd = data.get("usd")
    calls, draws, prompt, output = (int(data.get(name) or 0) for name in _COUNTS)
    return Worth(calls, draws, prompt, output, None if usd is None else Fraction(usd).limit_denominator(10**12))


def error_data(error: Diagnostic) -> dict[str, Any]:
    """A row's diagnostic: what is wrong, and the way out."""
    return {"code": error.code, "message": error.message, "help": error.help or None}


PLAIN = (str, int, bool, type(None))
"""What JSON gives back as it is."""


def plain(given: Mapping[str, Any]) -> Any:
    """The input as JSON gives it back, so that it can be compared with what was written."""
    if all(type(value) in PLAIN for value in given.values()):
        return dict(given)
    return json.loads(json.dumps(dict(given), ensure_ascii=False, default=str))
