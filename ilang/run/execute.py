"""await execute(graph, inputs, world) -> Result: one run of one graph, on the plain or the concurrent evaluator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ilang.base.diagnostic import Diagnostic
from ilang.base.value import Tally, Value
from ilang.graph.node import Graph
from ilang.run.budget import Budget
from ilang.run.concurrent import Concurrent
from ilang.run.failure import RunFailed, fault_diagnostic
from ilang.run.sequential import Sequential
from ilang.run.sites import Sites
from ilang.run.world import Reports, World
from ilang.run.worth import Worth
from ilang.stages.drawn import CUT_OFF
from ilang.stages.stage import CannotGive, NothingLeft, Unsupported

Status = Literal["answered", "abstained", "budget", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run gave: the value (None where it abstained or failed), and what there is to tell."""

    status: Status
    value: Value
    worth: Worth
    tally: Tally | None = None
    error: Diagnostic | None = None
    warnings: tuple[str, ...] = ()
    reports: Reports = field(default_factory=Reports)
    closed: tuple[Budget, ...] = ()  # the budgets that refused a draw
    why: str = ""  # of one that abstained: what had nothing to give


async def execute(
    graph: Graph, inputs: Sequence[Value], world: World, *, optional: bool, sites: Sites | None = None
) -> Outcome:
    """Side by side. `optional`: the pipeline declares `T?`, so that nothing-left is an abstention."""
    return await execute_on(Concurrent(world, sites), graph, inputs, world, optional=optional)


async def execute_plainly(graph: Graph, inputs: Sequence[Value], world: World, *, optional: bool) -> Outcome:
    """One thing after the other: the reference."""
    return await execute_on(Sequential(world), graph, inputs, world, optional=optional)


async def execute_on(
    evaluator: Concurrent | Sequential, graph: Graph, inputs: Sequence[Value], world: World, *, optional: bool
) -> Outcome:
    """On this evaluator."""
    value: Value = None
    error: Diagnostic | None = None
    why = ""
    try:
        value = await evaluator.run(graph, inputs)
    except NothingLeft as nothing:
        told = nothing_left(nothing, world)
        if optional:
            why = told.message
        else:
            error = replace(told, span=nothing.span)
    except CannotGive as problem:
        why = f"the result cannot be computed: {problem.why}"
        error = Diagnostic("cannot-give", why, problem.span, help="guard it with `if`")
    except RunFailed as failed:
        error = failed.diagnostic
    except Unsupported as missing:
        error = unsupported(missing)
    status: Status = "answered" if value is not None else "abstained"
    if world.closed:
        status = "budget"
    if error is not None:
        status = "failed"
    return Outcome(
        status,
        value,
        world.spent.worth(),
        world.tally if error is None else None,
        error,
        warnings(world),
        world.reports,
        tuple(world.closed),
        why,
    )


def unsupported(missing: Unsupported) -> Diagnostic:
    """A part of the language that does not run yet."""
    return Diagnostic(
        "not-supported",
        f"{missing.what} is checked, but does not run in this version",
        help="the CHANGELOG says what runs",
    )


def nothing_left(nothing: NothingLeft, world: World) -> Diagnostic:
    """Why there is no answer: a fault, or replies that did not parse, with examples of them."""
    reports = world.reports
    if reports.faults:
        fault = min(reports.faults, key=lambda f: (f.kind, f.message))  # which came first is chance
        made = fault_diagnostic(fault, "no draw could be had")
        return Diagnostic(made.code, made.message, help=made.help or "run it again: what came is kept")
    if world.closed:
        return Diagnostic(
            "budget-spent",
            f"`{nothing.stage}` has nothing to give: {min(world.closed, key=lambda b: b.place).words()}",
            help="raise the limit, declare the result as `T?`, or end the pipeline with `otherwise(...)`",
        )
    unparsed = reports.counts.get("unparsed", 0)
    if unparsed:
        whys = reports.whys["unparsed"]
        why = max(sorted(whys), key=lambda w: whys[w])
        return Diagnostic(
            "nothing-parsed",
            f"`{nothing.stage}` has nothing to give: "
            f"{unparsed} repl{'y' if unparsed == 1 else 'ies'} could not be read",
            help=(
                f"{why}; raise `max_tokens`"
                if why.startswith(CUT_OFF)
                else f"{why}; ask for the form in the prompt, change `answer`, or take a stronger model"
            ),
            notes=tuple(f"a reply: {one_line(text)}" for text in reports.examples("unparsed")),
        )
    return Diagnostic(
        "nothing-left",
        f"`{nothing.stage}` has nothing to give" + (f": {nothing.why}" if nothing.why else ""),
        help="declare the result as `T?`, or end the pipeline with `otherwise(...)`",
    )


def one_line(text: str, most: int = 160) -> str:
    """A reply in a message: on one line, at most so long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."


def warnings(world: World) -> tuple[str, ...]:
    """What was passed over, counted."""
    counts, made = world.reports.counts, []
    words = {
        "unparsed": "repl{y} could not be read",
        "not-given": "judgement{s} could not be made",
        "missing": "draw{s} could not be had",
        "refused": "draw{s} refused by a budget",
        "best-failed": "answer{s} taken by `best` failed the check",
    }
    for what, text in words.items():
        n = counts.get(what, 0)
        if n:
            whys = world.reports.whys[what]
            why = max(sorted(whys), key=lambda w: whys[w])
            plural = text.replace("{y}", "y" if n == 1 else "ies").replace("{s}", "" if n == 1 else "s")
            made.append(f"{n} {plural}" + (f" ({why})" if why and what != "best-failed" else ""))
    for why in sorted(world.reports.whys.get("dropped", ())):
        made.append(why)
    return tuple(made)
