"""A pilot: some rows of a data set, drawn at random, are run, and say what all of them will come to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, variance
from typing import Any

from ilang.data.answers import Answer
from ilang.data.choosing import sampled
from ilang.data.reading import expand
from ilang.data.row import Row
from ilang.session.data_run import DataOptions, meant_rows
from ilang.session.result import Cost
from ilang.session.rows import Binding, Tallied, run_rows
from ilang.session.runner import Runner

AMOUNTS = ("calls", "draws", "input_tokens", "output_tokens", "usd")

SURE = 0.95
"""How often an interval holds what it is about, where rows are alike enough for a mean to be normal."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What all rows are expected to come to, and an interval for it."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pilot:
    """`rows` of `whole` were run; what they paid; what all will be worth, by amount (None: a price is not known)."""

    rows: int
    whole: int
    paid: Cost
    statuses: Mapping[str, int]
    worth: Mapping[str, Forecast | None]


async def pilot(run: Runner, constants: Mapping[str, Any], options: DataOptions, n: int) -> Pilot:
    """Runs n of the rows that are meant. Their draws are kept, so that a run over all does not pay for them again.

    Raises IlangError where there are no rows, or they do not fit.
    """
    binding = Binding(run.pipeline, constants, options.mapped, options.id)
    seen = [0]

    def counted(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            seen[0] += 1
            yield row

    answers: list[Answer] = []
    tallied = Tallied()
    some = list(sampled(counted(meant_rows(expand(options.data), binding, options)), n, options.sample_seed))
    await run_rows(
        run,
        ((row, None) for row in some),
        binding,
        write=answers.append,
        keep=lambda kept: None,
        tallied=tallied,
        independent=options.independent,
        patient=options.patient,
    )
    worth = {name: _of(name, answers, seen[0]) for name in AMOUNTS}
    return Pilot(len(answers), seen[0], run.paid, Counter(one.status for one in answers), worth)


def _of(name: str, answers: Sequence[Answer], whole: int) -> Forecast | None:
    values = [one.worth.get(name) for one in answers]
    known = [float(value) for value in values if value is not None]
    return forecast(known, whole) if len(known) == len(values) and known else None


def forecast(values: Sequence[float], whole: int) -> Forecast:
    """The sum over `whole` rows of which these are a sample drawn without replacement, with Student's interval.

    N (mean +- t s sqrt((1 - n/N) / n)), t with n - 1 degrees of freedom; nothing that was seen is left out. Of one row
    there is no interval: its `high` is infinite, unless it is all there is.
    """
    n, seen = len(values), math.fsum(values)
    expected = whole * fmean(values)
    if n >= whole:
        return Forecast(seen, seen, seen)
    if n < 2:
        return Forecast(expected, seen, math.inf)
    spread = math.sqrt(variance(values) * (1 - n / whole) / n)
    half = whole * student(n - 1) * spread
    return Forecast(expected, max(seen, expected - half), expected + half)


def student(degrees: int) -> float:
    """The two-sided quantile of Student's t for `SURE`: Hill's series in 1/degrees (1970), exact for 1 and 2."""
    p = (1 + SURE) / 2
    if degrees == 1:
        return math.tan(math.pi * (p - 0.5))
    if degrees == 2:
        return (2 * p - 1) * math.sqrt(2 / (1 - (2 * p - 1) ** 2))
    z = NormalDist().inv_cdf(p)
    v = float(degrees)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / v ** (i + 1) for i, term in enumerate(terms))
