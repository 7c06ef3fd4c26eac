"""The chain task of `methods.md` 6.1: a hidden deviation d that walks while a problem is solved.

At each of L steps, with probability `slip`, d changes by one of DELTAS; the answer is right when d = 0
at the end. One thing is added, so that hopeless problems exist: a change that would bring d back to 0
happens only with probability `undo`, else d stays. In 6.1 `undo` is 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

DELTAS: Mapping[int, float] = {+1: 0.3, -1: 0.25, +2: 0.15, -2: 0.1, +10: 0.1, -10: 0.1}
"""What one slip does, and how often."""


@dataclass(frozen=True, slots=True)
class Skill:
    """How a model fares on one problem: P(a step slips), P(a slip that would undo the deviation happens)."""

    slip: float
    undo: float = 1.0


@lru_cache(maxsize=4096)
def moves(skill: Skill, off: int) -> tuple[tuple[int, float], ...]:
    """Where one step leads from deviation `off`, and with which probability; staying comes first. Sums to 1."""
    back = DELTAS.get(-off, 0.0) if off else 0.0
    led = [(off, 1.0 - skill.slip + skill.slip * back * (1.0 - skill.undo))]
    led += [(off + by, skill.slip * often * (skill.undo if off + by == 0 else 1.0)) for by, often in DELTAS.items()]
    return tuple((where, p) for where, p in led if p > 0.0)


@lru_cache(maxsize=4096)
def ends(skill: Skill, off: int, steps: int) -> tuple[tuple[int, float], ...]:
    """The deviation after so many further steps: (d, probability), the nearest to 0 first."""
    now: dict[int, float] = {off: 1.0}
    for _ in range(steps):
        then: defaultdict[int, float] = defaultdict(float)
        for d, p in now.items():
            for where, q in moves(skill, d):
                then[where] += p * q
        now = then
    return tuple(sorted(now.items(), key=lambda end: (abs(end[0]), end[0])))


def accuracy(skill: Skill, steps: int) -> float:
    """P(d = 0 after `steps` steps)."""
    return dict(ends(skill, 0, steps)).get(0, 0.0)


@lru_cache(maxsize=4096)
def skill_for(wanted: float, steps: int) -> Skill:
    """The skill whose accuracy is exactly `wanted`.

    All by `slip` while `undo` = 1, which reaches down to a few hundredths (0.036 for 8 steps); a worse
    problem has `slip` = 1 and ever less `undo`.
    """
    returns, refusals = _polynomials(steps)
    if wanted >= _value(refusals, 1.0):
        return Skill(slip=_solve(returns, wanted, rising=False))
    return Skill(slip=1.0, undo=_solve(refusals, wanted, rising=True))


def _solve(polynomial: Sequence[float], wanted: float, *, rising: bool) -> float:
    """The x in [0, 1] with polynomial(x) = wanted, by halving; `rising` tells the sign at the ends."""
    low, high = 0.0, 1.0
    for _ in range(52):
        middle = (low + high) / 2.0
        if (_value(polynomial, middle) < wanted) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _value(polynomial: Sequence[float], x: float) -> float:
    """In Bernstein form: sum of c_k C(n, k) x^k (1 - x)^(n - k), which never cancels."""
    row = list(polynomial)
    while len(row) > 1:
        row = [(1.0 - x) * a + x * b for a, b in pairwise(row)]
    return row[0]


@lru_cache(maxsize=64)
def _polynomials(steps: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The accuracy as a Bernstein polynomial in `slip` (undo = 1), and in `undo` (slip = 1).

    The first's k-th coefficient is P(k slips add up to 0).
    """
    sums: dict[int, float] = {0: 1.0}
    returns = [1.0]
    for _ in range(steps):
        then: defaultdict[int, float] = defaultdict(float)
        for d, p in sums.items():
            for by, often in DELTAS.items():
                then[d + by] += p * often
        sums = then
        returns.append(sums.get(0, 0.0))
    return tuple(returns), _refusals(steps)


def _refusals(steps: int) -> tuple[float, ...]:
    """Bernstein coefficients of the accuracy in `undo` where every step slips, by carrying them through the walk.

    A step multiplies by `undo` (a return that happens), by 1 - `undo` (one that does not) or by 1 =
    undo + (1 - undo). In scaled form (coefficient times C(n, k)) these are shifts, so nothing cancels.
    """
    now: dict[int, list[float]] = {0: [1.0]}
    for n in range(steps):
        then: dict[int, list[float]] = {}
        for d, row in now.items():
            for by, often in DELTAS.items():
                refused = then.setdefault(d if d + by == 0 else d + by, [0.0] * (n + 2))
                done = then.setdefault(d + by, [0.0] * (n + 2))
                for k, c in enumerate(row):
                    refused[k] += often * c
                    done[k + 1] += often * c
        now = then
    row, binomial = now.get(0, [0.0] * (steps + 1)), 1.0
    out = []
    for k, c in enumerate(row):
        out.append(c / binomial)
        binomial = binomial * (steps - k) / (k + 1)
    return tuple(out)
