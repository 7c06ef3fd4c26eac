"""Holds two runs over the same rows against each other: which rows were won, which lost, and whether that is chance."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import comb
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.data.reading import STDIN, rows
from ilang.session.paid_again import sources_of
from ilang.session.runs import Run


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of the rows that both runs have: `won` are good in the second alone, `lost` in the first alone, `changed` have
    another value or status. `p`: how likely a difference of that size, or a larger one, would be by chance."""

    both: int
    good: tuple[int, int]
    won: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)

    @property
    def p(self) -> float:
        return sign_test(len(self.won), len(self.lost))

    @property
    def differs(self) -> bool:
        return bool(self.won or self.lost or self.changed)


def compared(first: Run, second: Run, truth: str | None) -> Comparison:
    """`truth`: the field of the rows with the right answer, so that a row is good that gives it; left out, a row is
    good that was answered. Raises IlangError where there are no such rows."""
    mine, theirs = _rows(first), _rows(second)
    right = _truths(first, truth) if truth is not None else None
    both = sorted(mine.keys() & theirs.keys())
    if not both:
        raise IlangError(Diagnostic("no-rows", f"{first.name} and {second.name} have no rows in common"))
    won: list[int] = []
    lost: list[int] = []
    changed: list[int] = []
    good = [0, 0]
    for number in both:
        a, b = mine[number], theirs[number]
        was, now = (is_good(one, right, number) for one in (a, b))
        good[0] += was
        good[1] += now
        if was != now:
            (won if now else lost).append(number)
        if (a.get("value"), a.get("status")) != (b.get("value"), b.get("status")):
            changed.append(number)
    return Comparison(len(both), (good[0], good[1]), won, lost, changed)


def sign_test(won: int, lost: int) -> float:
    """The two-sided p of McNemar's exact test (1947): of so many rows that differ, each is as likely won as lost."""
    n, few = won + lost, min(won, lost)
    if not n:
        return 1.0
    return float(min(1.0, 2 * sum(comb(n, k) for k in range(few + 1)) / 2**n))


def is_good(row: Mapping[str, Any], right: Mapping[int, Any] | None, number: int) -> bool:
    """Whether a row's answer is the right one; where no right ones are given, whether it has one."""
    if right is None:
        return row.get("status") == "answered"
    return row.get("value") is not None and number in right and alike(row["value"], right[number])


def alike(value: Any, truth: Any) -> bool:
    """Whether an answer is the right one: as numbers where both are, else as texts."""
    try:
        return float(str(value).replace(",", "")) == float(str(truth).replace(",", ""))
    except ValueError:
        return str(value).strip() == str(truth).strip()


def changed_lines(first: Run, second: Run) -> Iterator[str]:
    """The lines of the program that differ, as a unified difference."""
    old, new = sources_of(first), sources_of(second)
    for name in dict.fromkeys([*old, *new]):
        a, b = old.get(name, "").splitlines(), new.get(name, "").splitlines()
        yield from difflib.unified_diff(a, b, f"{name} ({first.name})", f"{name} ({second.name})", lineterm="", n=1)


def _rows(run: Run) -> dict[int, dict[str, Any]]:
    return {int(line.get("row", 0)): line for line in run.lines("row")}


def _truths(run: Run, name: str) -> dict[int, Any]:
    files = run.about.get("data")
    if not isinstance(files, list) or STDIN in files:
        raise IlangError(
            Diagnostic(
                "no-rows", f"the rows of {run.name} cannot be read again", help="--truth needs a run with --data FILE"
            )
        )
    found = {row.number: row.fields[name] for row in rows(files) if name in row.fields}
    if not found:
        raise IlangError(Diagnostic("no-such-field", f"the rows of {run.name} have no field `{name}` (--truth)"))
    return found
