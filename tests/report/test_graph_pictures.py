"""Pictures of graphs: kept ones are what they were, and of any program each node is there and nothing lies on anything."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ilang.base.diagnostic import IlangError
from ilang.cli.graph import FORMATS, drawn_as
from ilang.graph.lower import lower
from ilang.graph.node import Draw, Graph
from ilang.optimize.optimize import optimize
from ilang.report.graph_data import numbered as bodies
from ilang.report.graph_layout import STEM, Placed, Sheet, layout
from ilang.report.graph_layout import Path as Drawn
from ilang.report.graph_picture import Box, Part, Picture, all_boxes, all_parts, picture
from ilang.report.graph_rows import LINE, small_width, type_text, width_of
from ilang.report.graph_told import told_of
from tests.laws.programs import numbered
from tests.report.drawing import FOLDER, PAGE, ROOT, drawn, kept, read, written

OURS = (
    "programs/cascade.inf",
    "programs/tot_dfs.inf",
    "programs/debate.inf",
    "programs/compute_optimal.inf",
    "stdlib/particles.inf:particle_gibbs",
    "tests/laws/pinned/budget_side_by_side.inf",
)
SVG = "{http://www.w3.org/2000/svg}"


def cases() -> Iterator[pytest.param]:
    for name in OURS:
        yield pytest.param(*read(name), id=name)
    for number in range(3000, 3040):
        try:
            program = written(numbered(number))
        except IlangError:
            continue
        yield pytest.param(*program, id=f"generated {number}")


CASES = list(cases())


def graphs(program, entry) -> list[Graph]:
    """As it was written, and as the optimizer leaves it."""
    plain = lower(program, entry)
    return [plain, optimize(plain)]


# ---- kept pictures ---------------------------------------------------------------


@pytest.mark.parametrize("file", list(kept()), ids=lambda p: p.name)
def test_a_kept_picture_is_what_it_was(file: Path) -> None:
    """`python -m tests.report.drawing` writes them anew."""
    assert file.read_text("utf-8") == kept()[file]


def test_no_kept_picture_is_left_over() -> None:
    assert {*FOLDER.iterdir(), PAGE} == set(kept())


def test_they_are_of_any_machine() -> None:
    for text in kept().values():
        assert str(ROOT) not in text and " at 0x" not in text


# ---- what is in it ------------------------------------------------------------------


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("program, entry", CASES)
def test_every_node_is_in_a_box(program, entry) -> None:
    for graph in graphs(program, entry):
        made = drawn(program, graph, entry)
        covered = {place for box in all_boxes(made.part) for place in box.covers}
        every = {(n, place) for n, one in enumerate(bodies(graph)) for place in range(len(one.nodes))}
        assert covered == every
        draws = [box for box in all_boxes(made.part) if box.kind == "draw"]
        sites = {(n, p) for n, one in enumerate(bodies(graph)) for p, x in enumerate(one.nodes) if isinstance(x, Draw)}
        assert {place for box in draws for place in box.covers} >= sites, "a stage that draws is a box of its own"


@pytest.mark.parametrize("program, entry", CASES)
def test_lines_join_boxes(program, entry) -> None:
    for graph in graphs(program, entry):
        made = drawn(program, graph, entry)
        keys = [box.key for box in all_boxes(made.part)]
        assert len(set(keys)) == len(keys)
        for part in all_parts(made.part):
            here = {box.key for box in part.boxes}
            inside = {inner.key for box in part.boxes for p in box.parts for inner in p.boxes}
            for line in part.lines:
                assert line.source in here and line.target in here | inside
            assert part.leave in here and (not part.again or part.again in here)


# ---- where it stands -----------------------------------------------------------------


def parents(part: Part, up: str = "") -> Iterator[tuple[str, str]]:
    """Each box with the one that it is in."""
    for box in part.boxes:
        yield box.key, up
        for inner in box.parts:
            yield from parents(inner, box.key)


def ancestors(key: str, up: dict[str, str]) -> set[str]:
    found = set()
    while key:
        found.add(key)
        key = up[key]
    return found


def overlap(a: Placed, b: Placed) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def points(path: Drawn) -> Iterator[tuple[float, float]]:
    """Points all along a line, as it is drawn."""
    for (x, y), (a, b) in pairwise(path.points):
        for n in range(21):
            t = n / 20
            if path.loop or x == a:
                yield x + (a - x) * t, y + (b - y) * t
            else:
                s, half = 1 - t, (y + b) / 2
                yield (
                    s**3 * x + 3 * s * s * t * x + 3 * s * t * t * a + t**3 * a,
                    s**3 * y + 3 * s * s * t * half + 3 * s * t * t * half + t**3 * b,
                )


def sheets(program, entry) -> Iterator[tuple[Picture, Sheet]]:
    for graph in graphs(program, entry):
        made = drawn(program, graph, entry)
        yield made, layout(made)


@pytest.mark.parametrize("program, entry", CASES)
def test_no_two_boxes_overlap(program, entry) -> None:
    for made, sheet in sheets(program, entry):
        up = dict(parents(made.part))
        by_key = {p.box.key: p for p in sheet.boxes}
        assert set(by_key) == set(up)
        together: dict[str, list[Placed]] = {}
        for placed in sheet.boxes:
            together.setdefault(up[placed.box.key], []).append(placed)
            assert placed.x >= 0 and placed.x + placed.width <= sheet.width
            assert placed.y >= 0 and placed.y + placed.height <= sheet.height
        for outer, inner in together.items():
            for a, b in combinations(inner, 2):
                assert not overlap(a, b), (a.box, b.box)
            if outer:
                around = by_key[outer]
                for one in inner:
                    assert around.x <= one.x and one.x + one.width <= around.x + around.width
                    assert around.y <= one.y and one.y + one.height <= around.y + around.height


@pytest.mark.parametrize("program, entry", CASES)
def test_every_line_ends_at_its_boxes(program, entry) -> None:
    for made, sheet in sheets(program, entry):
        by_key = {p.box.key: p for p in sheet.boxes}
        assert sum(len(part.lines) + bool(part.again) for part in all_parts(made.part)) == len(sheet.paths)
        for path in sheet.paths:
            source, target = by_key[path.line.source], by_key[path.line.target]
            (x, y), (a, b) = path.points[0], path.points[-1]
            if path.loop:
                assert x == pytest.approx(source.x + source.width, abs=0.06) and source.y < y < source.y + source.height
                assert a == pytest.approx(target.x + target.width, abs=0.06) and target.y < b < target.y + target.height
                continue
            assert y == pytest.approx(source.y + source.height, abs=0.06)
            assert source.x - 0.06 <= x <= source.x + source.width + 0.06
            assert b == pytest.approx(target.y, abs=0.06)
            assert target.x - 0.06 <= a <= target.x + target.width + 0.06


@pytest.mark.parametrize("program, entry", CASES)
def test_no_line_goes_through_a_box(program, entry) -> None:
    for made, sheet in sheets(program, entry):
        up = dict(parents(made.part))
        for path in sheet.paths:
            may = ancestors(path.line.source, up) | ancestors(path.line.target, up)
            low, high = min(y for _, y in path.points), max(y for _, y in path.points)
            others = [p for p in sheet.boxes if p.box.key not in may and p.y < high and low < p.y + p.height]
            for x, y in points(path):
                for p in others:
                    inside = p.x + 0.2 < x < p.x + p.width - 0.2 and p.y + 0.2 < y < p.y + p.height - 0.2
                    assert not inside, (path.line, p.box)


@pytest.mark.parametrize("program, entry", CASES)
def test_no_line_goes_through_a_type(program, entry) -> None:
    for _, sheet in sheets(program, entry):
        types = [
            (p.box.key, p.stem + 5, p.stem + 5 + small_width(type_text(p.box)), p.y + p.height + 4, p.y + p.height + 13)
            for p in sheet.boxes
            if p.stem is not None and type_text(p.box)
        ]
        for path in sheet.paths:
            low, high = min(y for _, y in path.points), max(y for _, y in path.points)
            others = [t for t in types if t[3] < high and low < t[4]]
            for x, y in points(path):
                for key, left, right, top, bottom in others:
                    assert not (left < x < right and top < y < bottom), (path.line, key)


@pytest.mark.parametrize("program, entry", CASES)
def test_texts_have_room(program, entry) -> None:
    """A box is wider than its text; names of parameters stand beside each other; no box stands on a type."""
    for _, sheet in sheets(program, entry):
        for p in sheet.boxes:
            if not p.box.parts:
                assert width_of(p.rows) <= p.width and len(p.rows) * LINE <= p.height
            ports = [(port.x - small_width(port.name) / 2, port.x + small_width(port.name) / 2) for port in p.ports]
            for (_, right), (left, _) in pairwise(sorted(ports)):
                assert right <= left
            for left, right in ports:
                assert p.x <= left and right <= p.x + p.width
            if p.stem is not None and type_text(p.box):
                wide = small_width(type_text(p.box))
                said = Placed(p.box, (), p.stem + 5, p.y + p.height + 2, wide, STEM - 4, (), None)
                assert not [b.box for b in sheet.boxes if not b.box.parts and overlap(said, b)], p.box


def test_few_lines_cross() -> None:
    """Two lines that need not cross do not: the order of the layers is looked for."""
    from ilang.report.graph_layers import crossings, layers_of

    boxes = ["a", "b", "c", "x", "y", "z", "end"]
    lines = [("a", "z"), ("b", "y"), ("c", "x"), ("x", "end"), ("y", "end"), ("z", "end")]
    found = layers_of(boxes, lines, ["a", "b", "c"], "end", fixed=True)
    below: dict = {}
    for source, target in found.joints:
        below.setdefault(source, []).append(target)
    assert crossings([[("a", 0), ("b", 0), ("c", 0)], [("x", 0), ("y", 0), ("z", 0)], [("end", 0)]], below) == 3
    assert crossings(found.order, below) == 0
    assert found.order[0] == (("a", 0), ("b", 0), ("c", 0))


@pytest.mark.parametrize("name, most", [(OURS[4], 12), ("programs/code_repair.inf", 6), (OURS[2], 5)])
def test_long_lines_are_straight(name: str, most: int) -> None:
    """How often lines that pass layers turn there: three times as often where bends are left where they fell."""
    program, entry = read(name)
    sheet = layout(drawn(program, lower(program, entry), entry))
    bends = [path.points[2:-1] for path in sheet.paths if len(path.points) > 6]
    assert bends and sum(x != a for line in bends for (x, _), (a, _) in pairwise(line)) <= most


# ---- what is written -------------------------------------------------------------------


@pytest.mark.parametrize("program, entry", CASES)
def test_all_kinds_are_well_formed(program, entry) -> None:
    for graph in graphs(program, entry):
        made = drawn(program, graph, entry)
        boxes = [box.key for box in all_boxes(made.part)]
        for kind in ("svg", "html"):
            text = drawn_as(kind, made, graph)
            root = ElementTree.fromstring(text)
            ids = [g.get("id") for g in root.iter(f"{SVG}g")]
            assert sorted(ids) == sorted(boxes)
        check_mermaid(drawn_as("mmd", made, graph), boxes)
        check_dot(drawn_as("dot", made, graph))


_LABEL = r'"(?:[\w ,:=()\[\]?.]|#\d+;|<br/>)*"'
_MERMAID = re.compile(
    rf"flowchart TD|%% [^\n]*| *\w+(?:\(\[|\[\[|\[/|\{{\{{|\(|\[){_LABEL}(?:\]\)|\]\]|/\]|\}}\}}|\)|\])"
    rf"| *subgraph \w+\[{_LABEL}\]| *end|  \w+ (?:-->|-\.->|==>)(?:\|{_LABEL}\|)? \w+"
    r"|  classDef \w+ [\w#:,]+|  class [\w,]+ \w+"
)


def check_mermaid(text: str, boxes: list[str]) -> None:
    """Each line is one that the language has, its texts hold nothing that it reads, and each box is there."""
    depth = 0
    for line in text.splitlines():
        assert _MERMAID.fullmatch(line), line
        depth += line.strip().startswith("subgraph ") - (line.strip() == "end")
        assert depth >= 0
    assert depth == 0
    for key in boxes:
        assert re.search(rf"^ *(?:subgraph )?{key}[\[({{]", text, re.MULTILINE), key


_DOT = re.compile(r'\s+|"(?:[^"\\\n]|\\.)*"|->|[\w#]+|[][{}=,;]')


def check_dot(text: str) -> None:
    """It is made of DOT's tokens alone, and what is opened is closed."""
    at, stack = 0, []
    while at < len(text):
        token = _DOT.match(text, at)
        assert token, text[at : at + 40]
        if token[0] in "[{":
            stack.append(token[0])
        elif token[0] in "]}" and token[0]:
            assert stack.pop() + token[0] in ("[]", "{}")
        at = token.end()
    assert not stack


HOSTILE = """</text></svg><script>alert('x')</script> & ]]> -- \\" `x` #lt; &lt; %% \\\\N ; |end| é 漢字 😀 \u202e\ufffe \\u007f \\u001b[2J"""


def hostile() -> str:
    return (
        'enum Odd { a "</title><b>", b "\\"quoted\\" `x`" }\n'
        f'prompt p(q: text) -> Odd {{\n  user """{{{{q}}}} </svg><script>1</script>"""\n  answer after("{HOSTILE}")\n}}\n'
        f"pipeline main(end: text, subgraph: number = 1) -> text {{\n"
        f'  let class = "{HOSTILE}"\n'
        f'  if end == "{HOSTILE}" {{ p("{HOSTILE}") | ask | show }} else {{ class + "1. - * {HOSTILE}" }}\n'
        "}\n"
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_hostile_texts_do_nothing(kind: str) -> None:
    program, entry = written(hostile())
    graph = lower(program, entry)
    made = drawn(program, graph, entry)
    labels = {(0, place): "</text><script>" for place in range(len(graph.nodes))}
    labelled = picture(graph, told_of(graph, program, entry), labels)
    for one in (made, labelled):
        text = drawn_as(kind, one, graph)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\ufffe]", text)
        if kind == "mmd":
            check_mermaid(text, [box.key for box in all_boxes(one.part)])
            assert "script>" not in text
            continue
        if kind == "dot":
            check_dot(text)
            continue
        root = ElementTree.fromstring(text)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        page = {"html", "head", "meta", "style", "body", "main", "aside", "h2", "ol", "li", "script"}
        assert tags <= {"svg", "title", "rect", "g", "text", "path"} | (page if kind == "html" else set())
        assert text.count("<script") == (kind == "html")
        assert not [name for e in root.iter() for name in e.attrib if name.startswith("on")]
        said = " ".join(root.itertext())
        assert "<script>alert('x')</script>" in said, "and they are shown"


def test_a_page_asks_nothing_of_anybody() -> None:
    """Its policy admits its own script by hash, and there is no address in it but XML's name for SVG."""
    text = (FOLDER / "cascade.html").read_text("utf-8")
    assert set(re.findall(r"https?://[^\"\s]*", text)) == {"http://www.w3.org/2000/svg"}
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy and policy[1].startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in policy[1]


def test_a_page_has_the_line_of_each_box() -> None:
    """What the script looks up is there: `data-at` of a box is the `id` of the line that it was written in."""
    root = ElementTree.fromstring((FOLDER / "cascade.html").read_text("utf-8"))
    lines = {li.get("id"): li.text or "" for li in root.iter("li")}
    boxes = [(g.get("data-at"), g.find(f"{SVG}title").text) for g in root.iter(f"{SVG}g") if g.get("data-at")]
    assert len(boxes) >= 8 and {at for at, _ in boxes} <= set(lines)
    source = (ROOT / "programs/cascade.inf").read_text("utf-8")
    assert "\n".join(lines.values()) == source
    ((at, tip),) = [(at, tip) for at, tip in boxes if "model=17" in tip]
    assert "sample(strong, n=3)" in lines[at] and "draw sample(" in tip and tip.startswith("cascade.inf:")


# ---- what a person reads ------------------------------------------------------------------


def boxes_of(text: str, **labels: str) -> dict[str, Box]:
    program, entry = written(text)
    graph = lower(program, entry)
    return {box.title: box for box in all_boxes(drawn(program, graph, entry).part)}


ASKS = 'model m = sim("x")\nprompt p(q: text) -> number """{{q}}"""\n'


def test_a_stage_tells_its_model_and_its_arguments() -> None:
    found = boxes_of(
        ASKS + "pipeline main(q: text) -> tally[number] { p(q) | sample(m, n=8, temperature=0.5) | vote }\n"
    )
    assert found["sample"].notes == ("model m", "n = 8", "temperature = 0.5")
    assert found["sample"].gives == "candidates[number]" and found["vote"].gives == "tally[number]"
    assert found["p"].notes == ("prompt: user", "answer whole") and found["p"].gives == "request[number]"


def test_draws_in_waves_say_so() -> None:
    program, entry = written(ASKS + "pipeline main(q: text) -> number { p(q) | sample(m, n=8) | vote | .winner }\n")
    made = drawn(program, optimize(lower(program, entry)), entry)
    (box,) = [box for box in all_boxes(made.part) if box.kind == "draw"]
    assert box.notes == ("model m", "n = 8", "in waves, until vote is settled")


def test_lets_have_their_names() -> None:
    text = "pipeline main(q: text) -> number {\n  let first = p(q) | sample(m) | vote\n  let sure = first.share > 0.5\n"
    found = boxes_of(ASKS + text + "  if sure { first.winner } else { 0 }\n}\n")
    assert found["first = vote"].kind == "stage" and found["sure = first.share > 0.5"].kind == "expression"
    assert found["if sure"].notes == ("then: first.winner", "else: 0")


def test_functions_that_ask_have_a_body_and_others_a_text() -> None:
    text = "pipeline main(q: text) -> number {\n  p(q) | sample(m, n=4) | score(it.tokens * 2 + 1)\n"
    found = boxes_of(ASKS + text + "  | mark(good=p(it.text) | ask(m)) | best\n}\n")
    assert found["score"].notes == ("f = it.tokens * 2 + 1",)
    assert [box.title for box in found["function of it"].parts[0].boxes][-1] == "gives"
    assert "ask" in {box.title for box in found["function of it"].parts[0].boxes}


def test_loops_parts_and_budgets_are_regions() -> None:
    text = "pipeline main(q: text, n: int) -> number {\n  within(usd=1, calls=n) {\n    p(q) | sample(m, n=4)\n"
    text += (
        "    | repeat(max=3, until=them | any(it.tokens > 9)) { focus(top=1) { refine(p(it.text)) } } | best\n  }\n}\n"
    )
    found = boxes_of(ASKS + text)
    assert found["within"].notes == ("usd = 1",) and "calls" in {b.title for b in found["within"].parts[0].boxes}
    assert found["repeat"].notes == ("max = 3", "until them | any(it.tokens > 9)")
    assert found["repeat"].parts[0].again == found["repeat"].parts[0].boxes[0].key
    assert found["focus"].notes == ("top = 1",) and found["next round"].kind == "leave"


def test_a_shared_body_is_drawn_once() -> None:
    text = "pipeline one(q: text) -> number { p(q) | sample(m, n=3) | vote | .winner }\n"
    program, entry = written(ASKS + text + 'pipeline main() -> number { one("a") + one("b") }\n')
    found = [b for b in all_boxes(drawn(program, lower(program, entry), entry).part) if b.title == "call one"]
    assert [bool(box.parts) for box in found] == [True, False]
    assert found[1].notes == ('q = "b"', "as in the first `call one`")


def test_one_and_zero_are_no_conditions() -> None:
    found = boxes_of("pipeline main(n: number) -> number { if n > 2 { 1 } else { if n < 9 { n } else { 0 } } }\n")
    assert found["if n > 2"].notes == ("then: 1",) and found["if n < 9"].notes == ("else: 0",)


def test_conditions_read_as_written() -> None:
    text = "pipeline main(q: text, n: number) -> bool {\n  let a = not (n > 1 or n < -2) and (n + 1) * 2 - (3 - n) >= n\n  a\n}\n"
    assert "a = not (n > 1 or n < -2) and (n + 1) * 2 - (3 - n) >= n" in boxes_of(text)


def test_labels_stand_beside_the_type() -> None:
    program, entry = written(ASKS + "pipeline main(q: text) -> number { p(q) | sample(m, n=8) | vote | .winner }\n")
    graph = lower(program, entry)
    site = next(place for place, node in enumerate(graph.nodes) if isinstance(node, Draw))
    made = picture(graph, told_of(graph, program, entry), {(0, site): "0.02 USD"})
    (box,) = [box for box in all_boxes(made.part) if box.kind == "draw"]
    assert box.gives == "candidates[number] · 0.02 USD"
    assert ">candidates[number] · 0.02 USD</text>" in drawn_as("svg", made, graph)
    assert '-->|"candidates[number] #183; 0.02 USD"|' in drawn_as("mmd", made, graph)
