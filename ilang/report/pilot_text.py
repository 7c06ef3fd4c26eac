"""What a pilot says, for people and as data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ilang.report.count import counted, usd_text
from ilang.report.table import table_text
from ilang.session.pilot import SURE, Forecast, Pilot

NAMES = {
    "calls": "calls",
    "draws": "draws",
    "input_tokens": "tokens in",
    "output_tokens": "tokens out",
    "usd": "USD",
}


def pilot_text(pilot: Pilot) -> Iterator[str]:
    """The lines."""
    statuses = ", ".join(f"{n:,} {status}" for status, n in sorted(pilot.statuses.items()))
    verb = "was" if pilot.whole == 1 else "were"
    yield f"{pilot.rows:,} of {counted(pilot.whole, 'row')} {verb} run: {statuses or 'none'}"
    yield f"paid for them: {usd_text(pilot.paid.usd)}, {counted(pilot.paid.draws, 'new draw')}"
    rows = [(f"all {counted(pilot.whole, 'row')}", "expected", f"{SURE:.0%} interval")]
    rows += [(NAMES[name], *_cells(one, name)) for name, one in pilot.worth.items()]
    yield table_text(rows, right=(1,))


def _cells(one: Forecast | None, name: str) -> tuple[str, str]:
    if one is None:
        return "unknown", ""
    low, high = _number(one.low, name), "?" if one.high == math.inf else _number(one.high, name)
    return _number(one.expected, name), f"{low}..{high}"


def _number(n: float, name: str) -> str:
    return f"{n:,.4g}" if name == "usd" else f"{n:,.0f}"


def pilot_data(pilot: Pilot) -> dict[str, Any]:
    """`ilang run --pilot --json`: `high` is null where there is no interval, an amount where a price is not known."""
    return {
        "schema": 1,
        "command": "run",
        "pilot": pilot.rows,
        "rows": pilot.whole,
        "statuses": dict(sorted(pilot.statuses.items())),
        "paid": asdict(pilot.paid),
        "sure": SURE,
        "worth": {name: None if one is None else _data(one) for name, one in pilot.worth.items()},
        "error": None,
    }


def _data(one: Forecast) -> dict[str, float | None]:
    high = None if one.high == math.inf else round(one.high, 6)
    return {"low": round(one.low, 6), "expected": round(one.expected, 6), "high": high}
