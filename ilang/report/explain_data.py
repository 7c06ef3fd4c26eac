"""What `ilang explain --json` says: a plan as data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ilang.base.span import Span
from ilang.estimate.assumptions import Assumptions
from ilang.estimate.item import Usd
from ilang.estimate.plan import Line, Plan, dearest
from ilang.estimate.range import Range
from ilang.estimate.sum import Sum


def plan_data(plan: Plan, assume: Assumptions, passes: Iterable[tuple[str, bool, Sum]]) -> dict[str, Any]:
    """`{"rows", "failing", "stages", "worth", "paid", "store", "dearest", "longest", "passes"}`.

    An amount is `{"low", "expected", "high"}`; `high` is null where nothing bounds it. `usd` is null where a price is
    not known.
    """
    lines = list(plan.lines.values())
    top = dearest(lines)
    return {
        "rows": plan.rows,
        "failing": dict(plan.failing),
        "stages": [line_data(line, assume) for line in lines],
        "worth": sum_data(plan.worth),
        "paid": sum_data(plan.paid),
        "store": {"known": plan.known, "stored": plan.stored},
        "dearest": None if top is None else {"way": way(top[0]), "share": round(top[1], 4)},
        "longest": {
            "expected": number(plan.wait.usual),
            "high": bounded(plan.wait.high),
            "way": [{"stage": name, "calls": number(n)} for name, n in plan.wait.way],
        },
        "passes": [
            {"pass": name, "changed": changed, "saved": expected_data(saved)} for name, changed, saved in passes
        ],
    }


def line_data(line: Line, assume: Assumptions) -> dict[str, Any]:
    """A stage. Each of its amounts is `bounded`, `assumed` or `unbounded`; `assumed` says what, with the flag that
    changes it, `unbounded` why."""
    made = sum_data(line.worth)
    names = {
        "calls": line.assumed,
        "draws": line.assumed,
        "input_tokens": line.assumed | line.spoken,
        "output_tokens": line.assumed | line.spoken,
    }
    for name, one in (
        ("calls", line.worth.calls),
        ("draws", line.worth.draws),
        ("input_tokens", line.worth.input),
        ("output_tokens", line.worth.output),
    ):
        made[name]["mark"] = mark(one, names[name])
    if made["usd"] is not None:
        usd_high = line.worth.usd[2] if line.worth.usd is not None else math.inf
        made["usd"]["mark"] = mark(Range(0, 0, float(usd_high)), line.assumed | line.spoken)
    return {
        "stage": line.site.stage,
        "prompt": line.site.prompt or None,
        "way": list(line.site.way),
        "at": place_data(line.site.span),
        "models": list(line.models),
        **made,
        "paid": sum_data(line.paid),
        "assumed": [
            {"name": name, "words": assume.words(name), "flag": assume.flag(name)}
            for name in sorted(line.assumed | line.spoken)
        ],
        "measured": sorted(line.measured),
        "unbounded": list(line.unbounded),
    }


def mark(one: Range, assumed: Iterable[str]) -> str:
    """How an amount is known."""
    if one.high == math.inf:
        return "unbounded"
    return "assumed" if one.low != one.high and any(True for _ in assumed) else "bounded"


def sum_data(one: Sum) -> dict[str, Any]:
    return {
        "calls": range_data(one.calls),
        "draws": range_data(one.draws),
        "input_tokens": range_data(one.input),
        "output_tokens": range_data(one.output),
        "usd": usd_data(one.usd),
    }


def expected_data(one: Sum) -> dict[str, Any]:
    """What is expected alone."""
    return {
        "calls": number(one.calls.usual),
        "draws": number(one.draws.usual),
        "input_tokens": number(one.input.usual),
        "output_tokens": number(one.output.usual),
        "usd": None if one.usd is None else float(one.usd[1]),
    }


def range_data(one: Range) -> dict[str, Any]:
    return {"low": number(one.low), "expected": number(one.usual), "high": bounded(one.high)}


def usd_data(usd: Usd | None) -> dict[str, Any] | None:
    if usd is None:
        return None
    return {"low": float(usd[0]), "expected": float(usd[1]), "high": bounded(float(usd[2]))}


def bounded(n: float) -> int | float | None:
    """A number; None where there is no bound."""
    return None if n == math.inf else number(n)


def number(n: float) -> int | float:
    """Whole where it is."""
    if n == math.inf:
        return 10**15
    return int(n) if n == int(n) else round(float(n), 6)


def way(line: Line) -> list[str]:
    """The names from the entry to a stage."""
    return [*line.site.way, line.site.name]


def place_data(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    line, column = span.source.line_column(span.start)
    return {"file": Path(span.source.name).name, "line": line, "column": column}
