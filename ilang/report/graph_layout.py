"""layout(picture) -> Sheet: where each box stands, and how each line goes.

A part is laid out by itself, its inner parts before it; a box with parts then is one big box. What a body is given
stands at the upper edge of its box, so that a line goes straight to where it is used. All lengths are in pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ilang.base.noun import noun
from ilang.report.graph_columns import GAP, Room, columns_of
from ilang.report.graph_layers import Layers, Spot, layers_of
from ilang.report.graph_picture import Box, Line, Part, Picture
from ilang.report.graph_rows import LINE, Row, rows_of, small_width, type_text, width_of

PAD = 12.0
"""Between the edge of a box and its text, or the boxes in it."""

STEM = 18.0
"""A line's first piece, beside which the type stands."""

_BEND = 10.0
_LANE = 26.0
"""Room at the right for the line of a loop."""

_PORTS = 15.0
"""Height of the row with the parameters' names."""

Point = tuple[float, float]


@noun
class Port:
    """The name of a parameter, at the middle of where its line comes in."""

    name: str
    x: float


@noun
class Placed:
    """A box with its place. `stem`: where lines leave it, None where none does; `depth`: how many boxes it is in."""

    box: Box
    rows: tuple[Row, ...]
    x: float
    y: float
    width: float
    height: float
    ports: tuple[Port, ...]
    stem: float | None
    depth: int = 0

    @property
    def text_top(self) -> float:
        """Where the text begins."""
        return self.y + (_PORTS if self.ports else 0.0)


@noun
class Path:
    """A line with its points: between two that stand above each other it is straight, else it swings over.

    A `loop` goes along straight pieces with its corners.
    """

    line: Line
    points: tuple[Point, ...]
    loop: bool = False


@noun
class Sheet:
    """The picture with all places. Outer boxes stand before those inside."""

    title: str
    width: float
    height: float
    boxes: tuple[Placed, ...]
    paths: tuple[Path, ...]


def layout(picture: Picture) -> Sheet:
    """The sheet of a picture."""
    laid = _Laid(picture.part, (Row(picture.title, True),), (), inner=False)
    boxes, paths = laid.moved(0.0, 0.0)
    return Sheet(picture.title, laid.width, laid.height, tuple(boxes), tuple(paths))


@dataclass(slots=True)
class _Size:
    """A box of the part: its size, where lines come in (by source's spot), and what is laid out inside."""

    width: float
    height: float
    out: float
    rows: tuple[Row, ...] = ()
    ports: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    inside: list[tuple[float, _Laid]] = field(default_factory=list)


class _Laid:
    """A part with all places, from its own upper left corner. `head`: the text at its upper left."""

    def __init__(self, part: Part, head: tuple[Row, ...], first: Sequence[str], *, inner: bool = True) -> None:
        self.part = part
        self.head = head
        self.boxes = {box.key: box for box in part.boxes}
        self.owner = {inner.key: box.key for box in part.boxes for p in box.parts for inner in p.boxes}
        self.sizes: dict[str, _Size] = {}
        self.layers = self._layers(first, fixed=inner)
        self.index = {spot: n for layer in self.layers.order for n, spot in enumerate(layer)}
        self.before = self._before()
        self.leaves = {line.source for line in part.lines}
        for box in part.boxes:
            self.sizes[box.key] = self._size(box)
        if head:
            self.sizes[""] = _Size(width_of(head) + 4, len(head) * LINE, 0.0)
        self._place()

    def end(self, line: Line) -> str:
        """The box of this part that a line leads to."""
        return self.owner.get(line.target, line.target)

    def _layers(self, first: Sequence[str], *, fixed: bool) -> Layers:
        inputs = [box.key for box in self.part.boxes if box.kind == "input"]
        order = [x for x in first if x in inputs]
        order += [x for x in inputs if x not in order]
        if self.part.again:
            order.remove(self.part.again)
            order.append(self.part.again)
        top = ["", *order] if self.head else order
        pairs = dict.fromkeys((line.source, self.end(line)) for line in self.part.lines)
        return layers_of([*top[: len(top) - len(order)], *self.boxes], list(pairs), top, self.part.leave, fixed=fixed)

    def _before(self) -> dict[tuple[str, str], Spot]:
        """For each source and target the spot in the layer above the target through which the line comes."""
        found: dict[tuple[str, str], Spot] = {}
        for spot, (target, layer) in self.layers.joints:
            if not layer:
                found[spot[0], target] = spot
        return found

    # ---- sizes -------------------------------------------------------------------

    def _size(self, box: Box) -> _Size:
        rows = rows_of(box)
        if box.parts:
            return self._with_parts(box, rows)
        coming = [line for line in self.part.lines if line.target == box.key]
        coming.sort(key=lambda line: self.index[self.before[line.source, box.key]])
        named = any(line.name for line in coming)
        text = width_of(rows) + 2 * PAD
        taken = sum(small_width(line.name) + 10 for line in coming) if named else 16.0 * len(coming)
        width = max(text, taken + 8, 36.0)
        size = _Size(width, max(len(rows), 1) * LINE + 8 + (_PORTS if named else 0), width / 2, rows)
        spare = (width - 8 - taken) / max(len(coming), 1)
        at = 4.0
        for line in coming:
            wide = spare + (small_width(line.name) + 10 if named else 16.0)
            size.ports[line.source, line.name] = (line.name, at + wide / 2)
            at += wide
        return size

    def _with_parts(self, box: Box, rows: tuple[Row, ...]) -> _Size:
        inside: list[tuple[float, _Laid]] = []
        at, height = 0.0, 0.0
        for n, part in enumerate(box.parts):
            sources = {
                line.target: self.index[self.before[line.source, box.key]]
                for line in self.part.lines
                if self.end(line) == box.key
            }
            keys = [x.key for x in part.boxes if x.kind == "input"]
            keys.sort(key=lambda key: sources.get(key, len(self.index)))
            laid = _Laid(part, (Row(part.title, True),) if n and part.title else rows if not n else (), keys)
            inside.append((at, laid))
            at += laid.width
            height = max(height, laid.height)
        out = inside[0][1].leave_x
        return _Size(at, height, out, rows, {}, inside)

    # ---- places --------------------------------------------------------------------

    def _enters(self, source: str, target: str) -> float:
        """From the left side of a box, where the lines of a source come in."""
        size = self.sizes[target]
        if size.inside:
            ends = [
                self._inner_x(target, line.target)
                for line in self.part.lines
                if line.source == source and self.end(line) == target
            ]
        else:
            ends = [x for (key, _), (_, x) in size.ports.items() if key == source]
        return sum(ends) / len(ends)

    def _inner_x(self, target: str, key: str) -> float:
        """From the left side of a box with parts, the middle of a box at its upper edge."""
        for at, laid in self.sizes[target].inside:
            if key in laid.middle:
                return at + laid.middle[key]
        raise KeyError(key)

    def _place(self) -> None:
        rooms: dict[Spot, Room] = {}
        layer_of = {spot: n for n, layer in enumerate(self.layers.order) for spot in layer}
        heights: list[float] = []
        for layer in self.layers.order:
            tall = 0.0
            for spot in layer:
                if spot[1]:
                    rooms[spot] = Room(_BEND, _BEND / 2)
                    continue
                size = self.sizes[spot[0]]
                box = self.boxes.get(spot[0])
                beside = small_width(type_text(box)) + 8 if box is not None and spot[0] in self.leaves else 0.0
                rooms[spot] = Room(max(size.width, size.out + beside), size.out)
                tall = max(tall, size.height + (STEM if beside else 0.0))
            heights.append(tall)
        enters = {(a, b): _BEND / 2 if b[1] else self._enters(a[0], b[0]) for a, b in self.layers.joints}
        x = columns_of(self.layers, rooms, enters)
        if self.head:
            self._put_head(x, rooms)
        left = min(x.values())
        x = {spot: at - left + PAD for spot, at in x.items()}
        y: list[float] = []
        at = PAD
        swings = [0.0] * len(heights)
        for one, other in self.layers.joints:
            n = layer_of[one]
            swings[n] = max(swings[n], abs(x[one] + rooms[one].out - x[other] - enters[one, other]))
        for tall, swing in zip(heights, swings, strict=True):
            y.append(at)
            at += tall + 24 + min(swing * 0.12, 44)
        self.width = max(at_ + rooms[spot].width for spot, at_ in x.items()) + PAD + (_LANE if self.part.again else 0)
        self.height = y[-1] + heights[-1] + PAD
        self.x, self.y, self.heights, self.layer_of = x, y, heights, layer_of
        self.middle = {k: x[k, 0] + self.sizes[k].width / 2 for k, b in self.boxes.items() if b.kind == "input"}
        self.leave_x = x[self.part.leave, 0] + self.sizes[self.part.leave].width / 2

    def _put_head(self, x: dict[Spot, float], rooms: Mapping[Spot, Room]) -> None:
        """The text of the box stands at the left of the first layer, and at the left side of all."""
        rest = [spot for spot in x if spot != ("", 0)]
        beside = [x[spot] for spot in self.layers.order[0] if spot != ("", 0)]
        least = min(x[spot] for spot in rest)
        x["", 0] = min([least, *(at - rooms["", 0].width - GAP for at in beside)])

    # ---- what is drawn -----------------------------------------------------------------

    def moved(self, dx: float, dy: float, depth: int = 0) -> tuple[list[Placed], list[Path]]:
        """All boxes and lines, the part's corner being at (dx, dy)."""
        boxes: list[Placed] = []
        paths: list[Path] = []
        for box in self.part.boxes:
            size = self.sizes[box.key]
            left, top = dx + self.x[box.key, 0], dy + self.y[self.layer_of[box.key, 0]]
            ports = (
                tuple(Port(name, left + x) for name, x in size.ports.values())
                if any(n for n, _ in size.ports.values())
                else ()
            )
            stem = left + size.out if box.key in self.leaves else None
            boxes.append(Placed(box, size.rows, left, top, size.width, size.height, ports, stem, depth))
            for at, laid in size.inside:
                inner, more = laid.moved(left + at, top, depth + 1)
                boxes += inner
                paths += more
        paths += [self._path(line, dx, dy) for line in self.part.lines]
        if self.part.again:
            paths.append(self._loop(dx, dy))
        return boxes, paths

    def _path(self, line: Line, dx: float, dy: float) -> Path:
        source, target = line.source, self.end(line)
        size = self.sizes[source]
        first, last = self.layer_of[source, 0], self.layer_of[target, 0]
        x = self.x[source, 0] + size.out
        points = [(x, self.y[first] + size.height), (x, self.y[first] + self.heights[first])]
        for n in range(first + 1, last):
            x = self.x[source, n] + _BEND / 2
            points += [(x, self.y[n]), (x, self.y[n] + self.heights[n])]
        inner = self.sizes[target]
        if inner.inside:
            x = self.x[target, 0] + self._inner_x(target, line.target)
            points += [(x, self.y[last]), (x, self.y[last] + PAD)]
        else:
            x = self.x[target, 0] + inner.ports[source, line.name][1]
            points.append((x, self.y[last]))
        return Path(line, tuple(_joined((dx + a, dy + b) for a, b in points)))

    def _loop(self, dx: float, dy: float) -> Path:
        """From what a round gives back to the pool that it begins with, along the right side."""
        leave, again = self.sizes[self.part.leave], self.sizes[self.part.again]
        lane = dx + self.width - PAD
        low = dy + self.y[-1] + leave.height / 2
        high = dy + self.y[0] + again.height / 2
        start = dx + self.x[self.part.leave, 0] + leave.width
        end = dx + self.x[self.part.again, 0] + again.width
        line = Line(self.part.leave, self.part.again)
        return Path(line, ((start, low), (lane, low), (lane, high), (end, high)), loop=True)


def _joined(points: Iterator[Point]) -> Iterator[Point]:
    """Without points that stand where the one before them stands."""
    last: Point | None = None
    for x, y in points:
        point = (round(x, 1), round(y, 1))
        if point != last:
            yield point
        last = point
