"""What `ilang explain` says to people: a line for each stage, the sum, and what is to be known of both."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from ilang.estimate.assumptions import WORDS, Assumptions
from ilang.estimate.item import Usd
from ilang.estimate.plan import Line, Plan, dearest
from ilang.estimate.range import Range
from ilang.estimate.sum import Sum
from ilang.report.count import counted
from ilang.report.escape import visible_line
from ilang.report.explain_data import way
from ilang.report.table import table_text

HEAD = ("stage", "at", "calls", "draws", "tokens in", "tokens out", "USD", "")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def plan_text(plan: Plan, assume: Assumptions, passes: Iterable[tuple[str, bool, Sum]]) -> str:
    """All of it. An amount is `low..expected..high`, or one number where it is known; `?` where nothing bounds it."""
    lines = list(plan.lines.values())
    notes = Notes(assume)
    rows: list[tuple[str, ...]] = [HEAD]
    rows += [(visible_line(shown(line, lines)), place(line), *amounts(line.worth), notes.of(line)) for line in lines]
    rows.append(("in all", "", *amounts(plan.worth), ""))
    made = [table_text(rows, right=(2, 3, 4, 5, 6)), ""]
    if not lines:
        made = ["no model is asked", ""]
    made += [*notes.lines(), *facts(plan, lines), *(pass_line(*one) for one in passes)]
    return "\n".join(made).rstrip("\n") + "\n"


def facts(plan: Plan, lines: list[Line]) -> Iterator[str]:
    """What is paid now, where most of it goes, and how long it takes."""
    if plan.rows != 1:
        yield f"rows: {plan.rows:,}"
    if plan.failing:
        failing = plan.failing.total()
        rows = counted(failing + plan.rows, "row", "rows")
        yield f"{failing:,} of {rows} cannot be run: {', '.join(plan.failing)}"
    if plan.known:
        known = counted(plan.known, "draw that is known before the run", "draws that are known before the run")
        yield f"store: {plan.stored:,} of {known} {'is' if plan.known == 1 else 'are'} already paid for"
    yield f"to be paid: {sum_line(plan.paid)}"
    top = dearest(lines)
    if top is not None and len(lines) > 1:
        yield f"most of it: {visible_line(' > '.join(way(top[0])))}, {top[1]:.0%} of what is expected"
    if plan.wait.way:
        steps = ", ".join(f"{visible_line(name)}" + (f" x {amount(n)}" if n != 1 else "") for name, n in plan.wait.way)
        high = "without a bound" if plan.wait.high == math.inf else f"at most {amount(plan.wait.high)}"
        yield f"one behind the other: {counted_calls(plan.wait.usual)} expected, {high}: {steps}"


def sum_line(one: Sum) -> str:
    """`0..8..16 calls, ...`."""
    usd = "USD unknown" if one.usd is None else f"{usd_text(one.usd)} USD"
    return (
        f"{usd}, {range_text(one.calls)} calls, {range_text(one.draws)} draws, "
        f"{range_text(one.input)} tokens in, {range_text(one.output)} out"
    )


def counted_calls(n: float) -> str:
    return f"{amount(n)} {'call' if n == 1 else 'calls'}"


def pass_line(name: str, changed: bool, saved: Sum) -> str:  # noqa: FBT001
    """What a pass did and saves."""
    if not changed:
        return f"pass {name}: nothing to do"
    parts = [
        f"{amount(n)} {what}"
        for n, what in ((saved.calls.usual, "calls"), (saved.draws.usual, "draws"), (saved.output.usual, "tokens out"))
        if n
    ]
    return f"pass {name}: changed the graph, " + (f"saves {', '.join(parts)} a row" if parts else "saves no draw")


class Notes:
    """The assumptions that lines rest on, each under a letter, and why some have no bound."""

    def __init__(self, assume: Assumptions) -> None:
        self._assume = assume
        self._letters: dict[str, str] = {}
        self._said: dict[str, None] = {}

    def of(self, line: Line) -> str:
        """The last cell of a line."""
        names = [*sorted(line.assumed | line.spoken), *sorted(line.measured)]
        for name in names:
            if name not in self._letters:
                self._letters[name] = letter(len(self._letters))
        for why in line.unbounded:
            self._said[f"no bound at {place(line)}: {visible_line(why)}"] = None
        shown_ = " ".join(self._letters[name] for name in names)
        if line.unbounded:
            return f"unbounded {shown_}".rstrip()
        return f"assumed {shown_}" if names else "bounded"

    def lines(self) -> Iterator[str]:
        """What they stand for."""
        yield from self._said
        for name, mark in self._letters.items():
            if name in WORDS:
                yield f"{mark}  {self._assume.words(name)} ({self._assume.flag(name)})"
            else:
                yield f"{mark}  {visible_line(name)}"
        if self._said or self._letters:
            yield ""


def letter(n: int) -> str:
    """a, b ... z, aa ..."""
    return LETTERS[n] if n < len(LETTERS) else letter(n // len(LETTERS) - 1) + LETTERS[n % len(LETTERS)]


def shown(line: Line, lines: list[Line]) -> str:
    """A stage's name, with the way to it where there are several."""
    if len({one.site.way for one in lines}) == 1:
        return line.site.name
    return " > ".join((*line.site.way[1:], line.site.name))


def place(line: Line) -> str:
    """`12:5`, behind the file's name where there are several."""
    span = line.site.span
    if span is None:
        return ""
    row, column = span.source.line_column(span.start)
    return f"{Path(span.source.name).name}:{row}:{column}"


def amounts(one: Sum) -> tuple[str, ...]:
    """The cells of a line."""
    return (
        range_text(one.calls),
        range_text(one.draws),
        range_text(one.input),
        range_text(one.output),
        "unknown" if one.usd is None else usd_text(one.usd),
    )


def range_text(one: Range) -> str:
    """`16`, `0..8..16`, `0..8..?`."""
    if one.low == one.high:
        return amount(one.low)
    return f"{amount(one.low)}..{amount(one.usual)}..{amount(one.high)}"


def usd_text(usd: Usd) -> str:
    """The same of dollars."""
    if usd[0] == usd[2]:
        return dollars(float(usd[0]))
    return "..".join(dollars(float(one)) for one in usd)


def amount(n: float) -> str:
    """A number of things."""
    if n == math.inf:
        return "?"
    return f"{n:,.0f}" if n >= 10 or n == int(n) else f"{n:.1f}"


def dollars(n: float) -> str:
    """`0.0042`, `12.50`."""
    if n == math.inf:
        return "?"
    return "0" if not n else f"{n:,.2f}" if n >= 1 else f"{n:.2g}" if n >= 0.0001 else f"{n:.1e}"
