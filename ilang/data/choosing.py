"""Which rows of a data set are run: a sample of so many, those that meet a condition, the first so many."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from ilang.data.row import Row

Meets = Callable[[Row], Row | None]
"""The row; None where it does not meet the condition; the row with an error where that cannot be told."""


def chosen(
    rows: Iterable[Row],
    *,
    limit: int | None = None,
    sample: int | None = None,
    seed: int = 0,
    where: Meets | None = None,
) -> Iterator[Row]:
    """First the condition, then the sample, then the limit; in the order of the data, and with its numbers."""
    found: Iterable[Row] = rows
    if where is not None:
        found = (row for one in found if (row := one if one.error is not None else where(one)) is not None)
    if sample is not None:
        found = sampled(found, sample, seed)
    return islice(found, limit)


def sampled(rows: Iterable[Row], n: int, seed: int) -> Iterator[Row]:
    """n rows drawn without replacement, each set of n as likely as any other (algorithm R: Vitter, 1985); the same for
    the same seed. All rows are read before the first is given; n of them are held."""
    rng = random.Random(seed)
    held: list[Row] = []
    for seen, row in enumerate(rows):
        if seen < n:
            held.append(row)
        elif (at := rng.randrange(seen + 1)) < n:
            held[at] = row
    return iter(sorted(held, key=lambda row: row.number))
