"""Where each spot of a layer stands from left to right: as near as may be to what it is joined to.

Going over the layers, each spot wishes to stand straight below or above its neighbours. Within a layer the wishes are
granted as far as the order and the room that each takes allow: the least sum of squared distances, which is an
isotonic regression and found exactly by pooling neighbours (Ayer and others, 1955). At the end long lines are made
straight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from ilang.base.noun import noun
from ilang.report.graph_layers import Layers, Spot

GAP = 18.0
"""Between two spots of a layer."""

_SWEEPS = 32
_EVEN = 16
"""Sweeps at the end that weigh both sides alike."""


@noun
class Room:
    """What a spot takes: its width, and from its left side where lines leave it."""

    width: float
    out: float


def columns_of(
    layers: Layers, rooms: Mapping[Spot, Room], enters: Mapping[tuple[Spot, Spot], float]
) -> dict[Spot, float]:
    """The left side of each spot. `enters`: from a spot's left side, where the line of a joint comes in."""
    x: dict[Spot, float] = {}
    for layer in layers.order:
        at = 0.0
        for spot in layer:
            x[spot] = at
            at += rooms[spot].width + GAP
    above: dict[Spot, list[Spot]] = {}
    below: dict[Spot, list[Spot]] = {}
    for source, target in layers.joints:
        above.setdefault(target, []).append(source)
        below.setdefault(source, []).append(target)
    last = len(layers.order) - 1
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        less = 0.3 if sweep < _SWEEPS - _EVEN else 1.0
        for n in range(last + 1) if down else range(last, -1, -1):
            wishes = []
            for spot in layers.order[n]:
                total = weight = 0.0
                for other in above.get(spot, ()):
                    pull = _pull(spot, other) * (1.0 if down else less)
                    total += pull * (x[other] + rooms[other].out - enters[other, spot])
                    weight += pull
                for other in below.get(spot, ()):
                    pull = _pull(spot, other) * (less if down else 1.0)
                    total += pull * (x[other] + enters[spot, other] - rooms[spot].out)
                    weight += pull
                wishes.append((total / weight, weight) if weight else (x[spot], 0.01))
            x |= _granted(layers.order[n], wishes, rooms)
    _straighten(layers, rooms, x)
    return x


def _straighten(layers: Layers, rooms: Mapping[Spot, Room], x: dict[Spot, float]) -> None:
    """Puts the bends of one line above each other, as many at a time as the room beside them lets."""
    beside: dict[Spot, tuple[Spot | None, Spot | None]] = {}
    for layer in layers.order:
        around = (None, *layer, None)
        beside |= {spot: (around[n], around[n + 2]) for n, spot in enumerate(layer)}
    lines: dict[str, list[Spot]] = {}
    for layer in layers.order:
        for spot in layer:
            if spot[1]:
                lines.setdefault(spot[0], []).append(spot)
    for bends in lines.values():
        run: list[Spot] = []
        low, high = -inf, inf
        for bend in bends:
            left, right = beside[bend]
            least = -inf if left is None else x[left] + rooms[left].width + GAP
            most = inf if right is None else x[right] - GAP - rooms[bend].width
            if run and max(low, least) > min(high, most):
                _set(run, low, high, x)
                run, low, high = [], -inf, inf
            run.append(bend)
            low, high = max(low, least), min(high, most)
        _set(run, low, high, x)


def _set(run: Sequence[Spot], low: float, high: float, x: dict[Spot, float]) -> None:
    mean = sum(x[bend] for bend in run) / len(run)
    x |= dict.fromkeys(run, min(max(mean, low), high))


def _pull(one: Spot, other: Spot) -> float:
    """How much two spots wish to stand in one line: bends most of all, a box and a bend least."""
    return (3.0, 1.0, 8.0)[bool(one[1]) + bool(other[1])]


def _granted(
    layer: Sequence[Spot], wishes: Sequence[tuple[float, float]], rooms: Mapping[Spot, Room]
) -> dict[Spot, float]:
    offsets, at = [], 0.0
    for spot in layer:
        offsets.append(at)
        at += rooms[spot].width + GAP
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for (wish, weight), offset in zip(wishes, offsets, strict=True):
        pools.append((wish - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, v, m), (b, w, n) = pools[-2:]
            pools[-2:] = [((a * v + b * w) / (v + w), v + w, m + n)]
    means = [mean for mean, _, count in pools for _ in range(count)]
    return {spot: mean + offset for spot, mean, offset in zip(layer, means, offsets, strict=True)}
