"""Forms calls: which draws of one request go out in company, and with what seed.

A backend with `n` gets equal requests as one call, at most `max_n` wide; one without gets a call
for each. A seed goes along where it decides what is drawn: always in a call of one, in a wider one
only where choice j has seed + j (`child_seeds`). There only runs of consecutive indices go
together, so that a draw is the same alone and in any company. Nothing here sends anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ilang.backend.capabilities import Capabilities
from ilang.backend.request import Request
from ilang.draws.address import provider_seed


def companies(key: str, indices: Sequence[int], able: Capabilities) -> list[tuple[int, ...]]:
    """Divide the indices of the request with this key into those that go out in one call each."""
    if not able.n:
        return [(index,) for index in indices]
    widest = able.max_n or len(indices)
    if not _seeds_children(able):
        return [tuple(indices[at : at + widest]) for at in range(0, len(indices), widest)]
    runs: list[list[int]] = []
    for index in sorted(indices):
        if runs and len(runs[-1]) < widest and _follows(key, runs[-1][-1], index):
            runs[-1].append(index)
        else:
            runs.append([index])
    return [tuple(run) for run in runs]


def request_of(request: Request, key: str, company: Sequence[int], able: Capabilities) -> Request:
    """The request to send for these indices, with the seed that they may carry."""
    seeded = able.seed and (len(company) == 1 or _seeds_children(able))
    return replace(request, n=len(company), seed=provider_seed(key, company[0]) if seeded else None)


def _seeds_children(able: Capabilities) -> bool:
    return able.seed and able.child_seeds


def _follows(key: str, index: int, other: int) -> bool:
    return other == index + 1 and provider_seed(key, other) != 0
