"""Puts the boxes of a part in layers, and in an order that crosses few lines.

After Sugiyama, Tagawa and Toda (1981). A line goes down by one layer at a time: where it passes a layer it
has a bend there, which takes room as a box does. Lines from one box share their bends. The order of a layer
is found by going down and up, each time by the mean place of what a box is joined to; the best of all is kept.
No choice depends on anything but the part, so equal parts get equal layers.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise

from ilang.base.noun import noun

_SWEEPS = 12

Spot = tuple[str, int]
"""A box by its key, its layer being 0 here; or a bend: the key of the box that its line comes from, and its layer."""


@noun
class Layers:
    """The order of each layer, and the joints: from a spot to one in the next layer."""

    order: tuple[tuple[Spot, ...], ...]
    joints: tuple[tuple[Spot, Spot], ...]


def layers_of(
    boxes: Sequence[str], lines: Sequence[tuple[str, str]], first: Sequence[str], last: str, *, fixed: bool
) -> Layers:
    """The layers of boxes, of which no line leads back to where it came from.

    The boxes of `first`, which no line leads to, are the topmost layer (with `fixed`, in that order), the box `last`
    is the last one alone.
    """
    depth = _depths(boxes, lines, first, last)
    layers: list[dict[Spot, None]] = [{} for _ in range(max(depth.values()) + 1)]
    for key in dict.fromkeys((*first, *boxes)):
        layers[depth[key]][key, 0] = None
    joints: dict[tuple[Spot, Spot], None] = {}
    for source, target in lines:
        at: Spot = (source, 0)
        for layer in range(depth[source] + 1, depth[target]):
            bend = (source, layer)
            layers[layer][bend] = None
            joints[at, bend] = None
            at = bend
        joints[at, (target, 0)] = None
    return Layers(tuple(map(tuple, _ordered([list(x) for x in layers], list(joints), fixed=fixed))), tuple(joints))


def _depths(boxes: Sequence[str], lines: Sequence[tuple[str, str]], first: Sequence[str], last: str) -> dict[str, int]:
    """Each box stands below all that it reads; one that reads nothing stands above the first that reads it."""
    into: dict[str, list[str]] = {}
    out: dict[str, list[str]] = {}
    for source, target in lines:
        into.setdefault(target, []).append(source)
        out.setdefault(source, []).append(target)
    top = set(first)
    depth: dict[str, int] = {}
    order = [key for key in boxes if key not in into]
    waits = {key: len(sources) for key, sources in into.items()}
    for key in order:  # it grows: a box follows when all that it reads has come
        depth[key] = 0 if key in top else max((depth[x] for x in into.get(key, ())), default=0) + 1
        for target in out.get(key, ()):
            waits[target] -= 1
            if not waits[target]:
                order.append(target)
    for key in reversed(order):
        if key not in top and key not in into and out.get(key):
            depth[key] = min(depth[x] for x in out[key]) - 1
    depth[last] = max((d for key, d in depth.items() if key != last), default=0) + 1
    return depth


def _ordered(layers: list[list[Spot]], joints: Sequence[tuple[Spot, Spot]], *, fixed: bool) -> list[list[Spot]]:
    above: dict[Spot, list[Spot]] = {}
    below: dict[Spot, list[Spot]] = {}
    for source, target in joints:
        above.setdefault(target, []).append(source)
        below.setdefault(source, []).append(target)
    best = [list(layer) for layer in layers]
    least = crossings(best, below)
    for sweep in range(_SWEEPS):
        if not least:
            break
        down = sweep % 2 == 0
        places = range(1, len(layers)) if down else range(len(layers) - 2, 0 if fixed else -1, -1)
        for n in places:
            _sort(layers[n], layers[n - 1 if down else n + 1], above if down else below)
        found = crossings(layers, below)
        if found < least:
            best, least = [list(layer) for layer in layers], found
    return best


def _sort(layer: list[Spot], other: Sequence[Spot], joined: dict[Spot, list[Spot]]) -> None:
    """Sorts a layer by the mean place of what each spot is joined to; one that is joined to nothing stays."""
    place = {spot: n for n, spot in enumerate(other)}
    at = {spot: n for n, spot in enumerate(layer)}

    def mean(spot: Spot) -> float:
        places = [place[x] for x in joined.get(spot, ())]
        return sum(places) / len(places) if places else float(at[spot])

    layer.sort(key=lambda spot: (mean(spot), at[spot]))


def crossings(layers: Sequence[Sequence[Spot]], below: dict[Spot, list[Spot]]) -> int:
    """How many joints cross."""
    count = 0
    for upper, lower in pairwise(layers):
        place = {spot: n for n, spot in enumerate(lower)}
        seen: list[int] = []
        for spot in upper:
            ends = sorted(place[x] for x in below.get(spot, ()))
            count += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return count
