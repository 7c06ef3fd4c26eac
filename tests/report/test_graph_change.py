"""What a pass changed is told, and nothing else: held against passes that are made up here."""

from dataclasses import replace

from ilang.base.span import Span
from ilang.graph import node as g
from ilang.graph.lower import lower
from ilang.optimize.demand import demand
from ilang.report.graph_change import changes
from tests.report.drawing import read, written

ASKS = 'prompt p(q: text) -> number """{{q}}"""\n'
TEXT = ASKS + "pipeline main(q: text) -> number { (p(q) | sample(n=4) | vote | .winner) + (p(q) | ask) }\n"


def told(before: g.Graph, after: g.Graph) -> list[tuple[str, int, int, str]]:
    return [(x.sign, x.body, x.place, x.text.split("(")[0]) for x in changes(before, after)]


def graph(text: str = TEXT) -> g.Graph:
    program, entry = written(text)
    return lower(program, entry)


def without(one: g.Graph, place: int, instead: int) -> g.Graph:
    """The graph without a node, its readers reading another."""
    moved = {i: i - (i > place) for i in range(len(one.nodes))} | {place: instead}
    nodes = tuple(replace(n, inputs=tuple(moved[i] for i in n.inputs)) for i, n in enumerate(one.nodes) if i != place)
    return replace(one, nodes=nodes, output=moved[one.output])


def test_nothing() -> None:
    program, entry = read("stdlib/particles.inf:particle_gibbs")
    assert changes(lower(program, entry), lower(program, entry)) == ()


def test_a_node_that_is_gone_and_who_read_it() -> None:
    """The second request is merged with the first: numbers behind it are others, and that alone is no change."""
    one = graph()
    calls = [i for i, n in enumerate(one.nodes) if isinstance(n, g.Region)]
    merged = without(one, calls[1], calls[0])
    ask = next(i for i, n in enumerate(one.nodes) if isinstance(n, g.Draw) and n.stage == "ask")
    assert sorted(told(one, merged)) == sorted(
        [("-", 0, calls[1], "call p"), ("-", 0, ask, "draw ask"), ("+", 0, ask - 1, "draw ask")]
    )


def test_a_node_that_does_something_else() -> None:
    one = graph()
    place = next(i for i, n in enumerate(one.nodes) if isinstance(n, g.Draw))
    other = replace(one.nodes[place], stage="start")
    made = replace(one, nodes=(*one.nodes[:place], other, *one.nodes[place + 1 :]))
    assert told(one, made) == [("-", 0, place, "draw sample"), ("+", 0, place, "draw start")]


def test_a_node_that_is_told_more() -> None:
    """What reads it reads the same, and is no change."""
    one = graph()
    found = [(sign, text) for sign, _, _, text in told(one, demand(one))]
    assert found == [("-", "draw sample"), ("+", 'constant "Consumer'), ("+", "draw sample")]


def test_another_output() -> None:
    one = graph()
    made = replace(one, output=one.output - 1)
    assert [x.sign for x in changes(one, made)].count("+") >= 1


def test_in_a_body() -> None:
    text = ASKS + "pipeline main(q: text) -> number { p(q) | sample(n=4) | prune(keep=1, by=-it.tokens) | best }\n"
    one = graph(text)
    place = next(i for i, n in enumerate(one.nodes) if isinstance(n, g.Function))
    function = one.nodes[place]
    assert isinstance(function, g.Function)
    body = function.body
    field = next(i for i, n in enumerate(body.nodes) if isinstance(n, g.Apply) and isinstance(n.op, g.FieldOp))
    node = g.Apply(g.FieldOp("candidate", "number"), body.nodes[field].inputs)
    changed = replace(body, nodes=(*body.nodes[:field], node, *body.nodes[field + 1 :]))
    made = replace(one, nodes=(*one.nodes[:place], replace(function, body=changed), *one.nodes[place + 1 :]))
    (gone, new) = changes(one, made)
    assert (gone.text, new.text) == ("field tokens(0)", "field number(0)") and gone.heading == "body 2: function(it)"


def test_where_it_was_written_is_no_change() -> None:
    one = graph()
    moved = tuple(replace(n, span=None) if isinstance(n.span, Span) else n for n in one.nodes)
    assert changes(one, replace(one, nodes=moved)) == ()
