"""What differs between two runs, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ilang.report.count import usd_text
from ilang.report.escape import visible_line
from ilang.report.table import table_text
from ilang.session.comparing import Comparison
from ilang.session.runs import Run

SHOWN = 20
"""Rows that are named."""


def diff_text(first: Run, second: Run, found: Comparison, lines: Sequence[str], *, truth: str | None) -> str:
    """All of it."""
    good = "right" if truth is not None else "answered"
    table = [["run", good, "new draws", "paid", "worth"]]
    table += [_line(run, n, found.both) for run, n in zip((first, second), found.good, strict=True)]
    parts = [table_text(table, right={1, 2}), "\n".join(_rows(found))]
    if lines:
        parts.append("\n".join(visible_line(line) for line in lines))
    return "\n\n".join(parts)


def _line(run: Run, good: int, both: int) -> list[str]:
    cells = [run.name, f"{good:,} of {both:,}"]
    for name in ("paid", "worth"):
        cost = run.about.get(name)
        known = isinstance(cost, Mapping)
        if name == "paid":
            cells.append(f"{cost['draws']:,}" if isinstance(cost, Mapping) else "")
        cells.append(usd_text(cost["usd"]) if known and isinstance(cost, Mapping) else "")
    return cells


def _rows(found: Comparison) -> Iterator[str]:
    if not found.differs:
        yield f"all {found.both:,} rows gave the same"
        return
    for word, some in (("won", found.won), ("lost", found.lost)):
        named = ", ".join(map(str, some[:SHOWN])) + (f" and {len(some) - SHOWN} more" if len(some) > SHOWN else "")
        yield f"{word} {len(some):,}" + (f": rows {named}" if some else "")
    chance = "could well be chance" if found.p >= 0.05 else "is hardly chance"
    yield f"p = {found.p:.3g} (McNemar's exact test): the difference {chance}"
    if len(found.changed) > len(found.won) + len(found.lost):
        yield f"{len(found.changed):,} rows gave another value or status"
