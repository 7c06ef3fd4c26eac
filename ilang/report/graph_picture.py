"""picture(graph, told) -> Picture: what is drawn of a graph, before anything has a place or a shape.

A person reads steps, not operations. So a box is a stage that draws or changes a pool, a prompt, a call, a branch, an
expression; what is small (a constant, a model, a field, a function that asks no model) is written inside the box
that uses it. Functions that draw, loops, parts, called pipelines and budgets have their bodies inside. A body that
several calls share is drawn once, at the first of them. Each node of each graph is in some box; `covers` says in which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ilang.base.noun import noun
from ilang.base.span import Span
from ilang.graph import node as g
from ilang.report.graph_data import answer_text, input_names, key_name, numbered
from ilang.report.graph_told import Place, Told
from ilang.report.graph_words import (
    body_words,
    constant_words,
    function_words,
    is_condition,
    is_default,
    is_prompt,
    is_small,
    is_word,
    words,
)
from ilang.stages.waves import Consumer

_PIPED = {"pool", "request", "requests", "list", "value", "tally"}
"""Parameters that a value is piped into: their lines need no name."""


@noun
class Box:
    """One thing in the picture. `kind` is its look, `gives` the type (and cost) of what comes out of it.

    `covers` are the nodes that it stands for; `parts` the bodies that are drawn in it.
    """

    key: str
    kind: str
    title: str
    notes: tuple[str, ...] = ()
    gives: str = ""
    covers: tuple[Place, ...] = ()
    span: Span | None = None
    parts: tuple[Part, ...] = ()


@noun
class Line:
    """What flows from one box to another. `name` is the parameter; `lazy`: an arm of a branch."""

    source: str
    target: str
    name: str = ""
    lazy: bool = False


@noun
class Part:
    """A body: what it is given stands first, as boxes of kind `input`; the box `leave` is what it gives."""

    title: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    leave: str
    again: str = ""
    """The box that a loop goes back to."""


@noun
class Picture:
    """The picture of one pipeline."""

    title: str
    part: Part


def picture(graph: g.Graph, told: Told, labels: Mapping[Place, str] | None = None) -> Picture:
    """The picture of a pipeline's graph. `labels` are words for the lines that leave a node: what it costs, say."""
    made = _Drawing(graph, told, labels or {})
    return Picture(graph.name, made.part(0, "", "result"))


def all_boxes(part: Part) -> Iterator[Box]:
    """The boxes of a part, and those inside them, outer ones first."""
    for box in part.boxes:
        yield box
        for inner in box.parts:
            yield from all_boxes(inner)


def all_parts(part: Part) -> Iterator[Part]:
    """A part, and those inside its boxes."""
    yield part
    for box in part.boxes:
        for inner in box.parts:
            yield from all_parts(inner)


class _Drawing:
    """A picture in the making."""

    def __init__(self, graph: g.Graph, told: Told, labels: Mapping[Place, str]) -> None:
        self.graphs = numbered(graph)
        self.numbers = {id(one): number for number, one in enumerate(self.graphs)}
        self.told = told
        self.labels = labels
        self.drawn: set[int] = set()

    def part(
        self,
        number: int,
        title: str,
        leave: str,
        given: Mapping[int, str] | None = None,
        ports: tuple[Box, ...] = (),
        *,
        again: bool = False,
    ) -> Part:
        """The part of a body. `given`: titles for the boxes of parameters; `ports`: boxes for more that comes in."""
        self.drawn.add(number)
        return _Sheet(self, number, given or {}).part(title, leave, ports, again=again)

    def gives(self, places: Sequence[Place]) -> str:
        """The type of what a box gives, which is that of the last of its nodes, and their labels."""
        type_ = self.told.types.get(places[-1])
        labels = [self.labels[place] for place in places if place in self.labels]
        return " · ".join([str(type_), *labels] if type_ is not None else labels)

    def inside(self, body: g.Graph) -> tuple[Place, ...]:
        """All nodes of a body that is written as a text, and of those in it."""
        return tuple(
            (self.numbers[id(one)], place)
            for one in sorted(g.all_graphs(body), key=lambda x: self.numbers[id(x)])
            for place in range(len(one.nodes))
        )


class _Sheet:
    """One body in the making."""

    def __init__(self, drawing: _Drawing, number: int, given: Mapping[int, str]) -> None:
        self.drawing = drawing
        self.number = number
        self.graph = drawing.graphs[number]
        self.given = given
        self.used: list[list[int]] = [[] for _ in self.graph.nodes]
        for place, node in enumerate(self.graph.nodes):
            for i in node.inputs:
                if place not in self.used[i]:
                    self.used[i].append(place)
        self.lets = {p: name for (n, p), name in drawing.told.lets.items() if n == number}
        self.written = [self._is_written(place) for place in range(len(self.graph.nodes))]
        self.stands_in = [self._stands_in(place) for place in range(len(self.graph.nodes))]
        self.lines: list[Line] = []

    def key(self, place: int) -> str:
        """The box of a node."""
        return f"n{self.number}_{self.home(place)}"

    def home(self, place: int) -> int:
        """The node in whose box a node is told."""
        while self.stands_in[place] != place:
            place = self.stands_in[place]
        return place

    def _is_written(self, place: int) -> bool:
        """Whether a node is told as a text in the boxes that use it."""
        node = self.graph.nodes[place]
        used = self.used[place]
        if not used or place == self.graph.output or place in self.lets:
            return False
        match node:
            case g.Constant() | g.Apply(g.ModelOp() | g.AlwaysOp()):
                return True
            case g.Function(body=body):
                return is_small(body)
        return len(used) == 1 and (is_word(node) or is_condition(self.graph, node))

    def _stands_in(self, place: int) -> int:
        """The node in whose box this one is: of `none passes` it is what is computed where there is some."""
        node = self.graph.nodes[place]
        if isinstance(node, g.Branch) and node.kind == "some":
            then = node.inputs[1]
            inner = self.graph.nodes[then]
            if self.used[then] == [place] and not self.written[then] and not isinstance(inner, g.Input | g.Constant):
                return then
        return place

    def part(self, title: str, leave: str, ports: tuple[Box, ...], *, again: bool) -> Part:
        inputs = {node.place: place for place, node in enumerate(self.graph.nodes) if isinstance(node, g.Input)}
        boxes = [self.input(i, inputs.get(i)) for i in range(len(self.graph.params))]
        boxes += ports
        some: dict[int, list[int]] = {}
        for place in range(len(self.graph.nodes)):
            if self.home(place) != place:
                some.setdefault(self.home(place), []).append(place)
        for place, node in enumerate(self.graph.nodes):
            if not self.written[place] and self.home(place) == place and not isinstance(node, g.Input):
                boxes.append(self.box(place, node, some.get(place, [])))
        last = f"x{self.number}"
        output = self.graph.output
        boxes.append(Box(last, "leave", leave, span=self.graph.nodes[output].span))
        self.lines.append(Line(self.source(output), last))
        return Part(title, tuple(boxes), tuple(dict.fromkeys(self.lines)), last, f"p{self.number}_0" if again else "")

    def source(self, place: int) -> str:
        """The box that a line from a node leaves."""
        node = self.graph.nodes[place]
        return f"p{self.number}_{node.place}" if isinstance(node, g.Input) else self.key(place)

    def input(self, i: int, place: int | None) -> Box:
        """The box of a parameter or a capture."""
        name = self.graph.params[i]
        said = self.given.get(i)
        covers = () if place is None else ((self.number, place),)
        gives = self.drawing.gives([(self.number, place)]) if place is not None else ""
        return Box(f"p{self.number}_{i}", "input", name if said is None else said, gives=gives, covers=covers)

    # ---- one box -----------------------------------------------------------------

    def box(self, place: int, node: g.Node, some: list[int]) -> Box:
        kind, title, notes, parts, covers = self.look(place, node)
        for one in some:
            value = self.graph.nodes[one].inputs[0]
            if not self.reads(place, value):
                self.line(value, self.key(place), "some")
        name = next((self.lets[x] for x in (*reversed(some), place) if x in self.lets), "")
        if some:
            notes = [*notes, "none passes through"]
        return Box(
            self.key(place),
            kind,
            f"{name} = {title}" if name and name != title else title,
            tuple(notes),
            self.drawing.gives([(self.number, x) for x in (place, *some)]),
            ((self.number, place), *((self.number, x) for x in some), *dict.fromkeys(covers)),
            node.span,
            tuple(parts),
        )

    def reads(self, place: int, value: int) -> bool:
        """Whether a node reads another, itself or by what is written in it."""
        stack = list(self.graph.nodes[place].inputs)
        while stack:
            one = stack.pop()
            if one == value:
                return True
            if self.written[one]:
                stack.extend(self.graph.nodes[one].inputs)
        return False

    def line(self, place: int, target: str, name: str, *, lazy: bool = False) -> None:
        self.lines.append(Line(self.source(place), target, name, lazy))

    def text(self, place: int) -> str:
        """The text of a node that is written in another's box; what has a box of its own is told by its name."""

        def leaf(at: int) -> str | None:
            node = self.graph.nodes[at]
            if isinstance(node, g.Input) or (at != place and not self.written[at]):
                return self.name(at)
            return None

        return words(self.graph, place, leaf)

    def name(self, place: int) -> str:
        """A node with a box of its own, in the text of another: its name, or a word for it."""
        node = self.graph.nodes[self.home(place)]
        if isinstance(node, g.Input):
            return self.graph.params[node.place]
        return self.lets.get(place) or self.lets.get(self.home(place)) or short(node)

    def told_inside(self, place: int) -> tuple[list[Place], list[int]]:
        """Of a node written in a box: what is covered by it, and the nodes that lines come from."""
        covers: dict[Place, None] = {}
        ends: dict[int, None] = {}
        stack = [place]
        while stack:
            one = stack.pop()
            if not self.written[one]:
                ends[one] = None
                continue
            if (self.number, one) in covers:
                continue
            covers[self.number, one] = None
            node = self.graph.nodes[one]
            for body in g.bodies(node):
                covers.update(dict.fromkeys(self.drawing.inside(body)))
            stack.extend(reversed(node.inputs))
        return list(covers), list(ends)

    def argument(self, i: int, name: str, target: str, covers: list[Place], *, lazy: bool = False) -> str:
        """The lines of one input of a node; the text that is written for it, empty where it is a line alone."""
        inside, ends = self.told_inside(i)
        covers += inside
        for end in ends:
            self.line(end, target, name, lazy=lazy)
        return self.text(i) if self.written[i] else ""

    def look(self, place: int, node: g.Node) -> tuple[str, str, list[str], list[Part], list[Place]]:
        """Kind, title, notes, parts and what is covered besides. Draws the lines that come in."""
        covers: list[Place] = []
        key = self.key(place)
        match node:
            case g.Draw(stage) | g.Apply(g.StageOp(stage)) if not is_word(node):
                kind = "draw" if isinstance(node, g.Draw) else "stage"
                return kind, stage, self.arguments(node, key, covers, stage), [], covers
            case g.Apply(g.PythonOp(name)):
                notes = self.arguments(node, key, covers)
                return "python", name.rsplit(":", 1)[-1], ["Python", *notes], [], covers
            case g.Apply(g.RenderOp() as op):
                return "prompt", op.prompt, [*rendered(op), *self.arguments(node, key, covers)], [], covers
            case g.Apply(g.CallOp()):
                said = [self.argument(i, "" if n else "function", key, covers) for n, i in enumerate(node.inputs)]
                return "call", "call of a function", [x for x in said if x], [], covers
            case g.Branch() if not is_condition(self.graph, node):
                return "branch", *self.branch(node, key, covers), [], covers
            case g.Region() | g.Budget() | g.Function():
                return self.region(node, key, covers)
        for n, i in enumerate(node.inputs):
            self.argument(i, "", key, covers, lazy=isinstance(node, g.Branch) and n > 0)
        return "expression", self.text(place), [], [], covers

    def arguments(self, node: g.Node, key: str, covers: list[Place], stage: str = "") -> list[str]:
        """What is written for the arguments of a stage, a prompt or a Python function."""
        names = input_names(node)
        notes: list[str] = []
        for n, i in enumerate(node.inputs):
            name = names[n] if n < len(names) else ""
            piped = n == 0 and (name in _PIPED or not name)
            said = self.argument(i, "" if piped or len(node.inputs) == 1 else name, key, covers)
            value = self.graph.nodes[i]
            if isinstance(value, g.Constant) and isinstance(value.value, Consumer):
                notes.append(f"in waves, until {value.value.stage} is settled")
            elif name == "model":
                notes.insert(0, asked(stage) if said == "none" else f"model {said}" if said else "")
            elif said and not is_default(stage, name, value):
                notes.append(f"{name} = {said}" if name else said)
        return [x for x in notes if x]

    def branch(self, node: g.Branch, key: str, covers: list[Place]) -> tuple[str, list[str]]:
        names = {"if": ("", "then", "else"), "some": ("value", "then"), "otherwise": ("", "otherwise")}
        said = [
            self.argument(i, name, key, covers, lazy=n > 0)
            for n, (name, i) in enumerate(zip(names[node.kind], node.inputs, strict=True))
        ]
        first = said[0] or self.name(node.inputs[0])
        title = {"if": f"if {first}", "some": f"where {first} is some", "otherwise": "otherwise"}[node.kind]
        arms = [f"{name}: {x}" for name, x in list(zip(names[node.kind], said, strict=True))[1:] if x]
        return title, arms

    # ---- boxes with bodies ---------------------------------------------------------

    def region(
        self, node: g.Region | g.Budget | g.Function, key: str, covers: list[Place]
    ) -> tuple[str, str, list[str], list[Part], list[Place]]:
        bodies = g.bodies(node)
        body = bodies[0]
        number = self.drawing.numbers[id(body)]
        if isinstance(node, g.Region) and node.kind == "call" and (is_prompt(body) or is_small(body)):
            return self.small_call(node, key, covers)
        kind = node.kind if isinstance(node, g.Region) else node_name(node)
        title = (
            f"function of {', '.join(body.params[: node.arity])}" if isinstance(node, g.Function) else node_name(node)
        )
        if number in self.drawing.drawn:
            for other in bodies[1:]:
                covers += self.drawing.inside(other)
            given_text = self.arguments(node, key, covers)
            return kind, title, [*given_text, f"as in the first `{node_name(node)}`"], [], covers
        names = () if isinstance(node, g.Function) else node.names
        notes: list[str] = []
        ports: list[Box] = []
        piped = 1 if isinstance(node, g.Region) and node.kind != "call" else 0
        for n, (name, i) in enumerate(zip(names, node.inputs, strict=False)):
            if n < piped:
                continue
            said = self.drawn_into(i, f"{key}_{name}", covers)
            if said is not None and self.graph.nodes[i] != g.Constant(None):
                notes.append(f"{name} = {said}")
            if said is None or self.told_inside(i)[1]:
                ports.append(Box(f"{key}_{name}", "input", name))
        until = node.until_captures if isinstance(node, g.Region) else 0
        split = len(node.inputs) - until
        own = node.arity if isinstance(node, g.Function) else piped
        taken = [*node.inputs[:piped], *node.inputs[len(names) : split]]
        first = 0 if piped else own
        given: dict[int, str] = {}
        for n, i in enumerate(taken, first):
            said = self.drawn_into(i, f"p{number}_{n}", covers)
            if said is not None:
                given[n] = written(body.params[n], said)
        if piped:
            given[0] = "pool"
        parts = []
        if len(bodies) == 2:
            parts += self.until(node, bodies[1], node.inputs[split:], ports, notes, covers, key)
        if isinstance(node, g.Region) and node.catches:
            notes.append("gives none where nothing is left")
        loop = kind == "repeat"
        leave = "next round" if loop else "gives"
        parts.insert(0, self.drawing.part(number, "", leave, given, tuple(ports), again=loop))
        return kind, title, notes, parts, covers

    def drawn_into(self, i: int, target: str, covers: list[Place]) -> str | None:
        """The lines from an input to a box inside; the text where it is written there and not drawn."""
        said = self.argument(i, "", target, covers)
        return said if self.written[i] else None

    def until(
        self,
        node: g.Node,
        body: g.Graph,
        captured: tuple[int, ...],
        ports: list[Box],
        notes: list[str],
        covers: list[Place],
        key: str,
    ) -> list[Part]:
        """The condition of a loop: a note where it is small, else a part of its own."""
        number = self.drawing.numbers[id(body)]
        if is_small(body) or number in self.drawing.drawn:
            covers += self.drawing.inside(body)
            notes.append(f"until {body_words(body)}" if is_small(body) else "until as in the first loop")
            for name, i in zip(body.params[1:], captured, strict=True):
                port = f"{key}_until_{name}"
                said = self.drawn_into(i, port, covers)
                ports.append(Box(port, "input", f"{name} of until" if said is None else written(name, said)))
            return []
        given = {}
        for n, i in enumerate(captured, 1):
            said = self.drawn_into(i, f"p{number}_{n}", covers)
            if said is not None:
                given[n] = written(body.params[n], said)
        return [self.drawing.part(number, "until", "ends the loop", given)]

    def small_call(
        self, node: g.Region, key: str, covers: list[Place]
    ) -> tuple[str, str, list[str], list[Part], list[Place]]:
        """A call of a prompt, or of a pipeline whose text is short: one box."""
        body = node.body
        covers += self.drawing.inside(body)
        notes = self.arguments(node, key, covers)
        if is_prompt(body):
            last = body.nodes[body.output]
            assert isinstance(last, g.Apply) and isinstance(last.op, g.RenderOp)
            return "prompt", node.name, [*rendered(last.op), *notes], [], covers
        return "call", f"call {node.name}", [body_words(body), *notes], [], covers


def rendered(op: g.RenderOp) -> list[str]:
    """What a prompt sends, and how its replies are read."""
    roles = [role for role, _ in op.parts]
    shown = ", ".join(roles) if len(roles) <= 4 else f"{len(roles)} messages"
    told = [f"prompt: {shown}"]
    if op.shape == "request":
        told.append(f"answer {answer_text(op.extract, op.argument)}")
    return told


def written(name: str, text: str) -> str:
    """`n = 8`; a name alone where it says no more."""
    return name if name == text else f"{name} = {text}"


def asked(stage: str) -> str:
    """Whom a stage asks where no model is named."""
    return "the candidate's model" if stage in ("extend", "refine") else "the default model"


def node_name(node: g.Region | g.Budget | g.Function) -> str:
    """What a box with a body is called."""
    match node:
        case g.Region("call", name):
            return f"call {name}"
        case g.Region(kind):
            return kind
        case g.Budget():
            return "within"
    return "function"


def short(node: g.Node) -> str:
    """One word for a node that has a box of its own."""
    match node:
        case g.Constant(value):
            return constant_words(value)
        case g.Draw(stage) | g.Apply(g.StageOp(stage)):
            return stage
        case g.Apply(g.FieldOp(_, name)):
            return f".{name}"
        case g.Apply(g.PythonOp(key)):
            return f"{key.rsplit(':', 1)[-1]}(...)"
        case g.Apply(g.ModelOp(key)):
            return key_name(key)
        case g.Region("call", name):
            return f"{name}(...)"
        case g.Region(kind) | g.Branch(kind):
            return kind
        case g.Budget():
            return "within"
        case g.Function():
            return function_words(node) if is_small(node.body) else "function"
    return "value"
