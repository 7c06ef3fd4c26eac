"""The laws of the passes; and that the laws tell wrong passes and wrong evaluators."""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ilang.base.diagnostic import IlangError
from ilang.graph import node as g
from ilang.optimize.drop_unused import drop_unused
from ilang.optimize.invariants import check_graph
from ilang.optimize.optimize import Pass
from tests.laws.chains import chain
from tests.laws.law import OPTIONS, SAVING, Differs, hold, reference, spares
from tests.laws.mutations import MUTATIONS, Mutation
from tests.laws.programs import numbered
from tests.laws.running import ALL_DRAWN, Compiled, Seen, Unaccounted, compiled, plainly

PINNED = sorted((Path(__file__).parent / "pinned").glob("*.inf"))
NUMBERS = range(2000, 2030)
CHAINS = range(60)


@cache
def cases() -> list[tuple[Compiled, Seen, dict[str, Any]]]:
    """Programs with what comes of them: the pinned, then numbered ones."""
    found: list[tuple[Compiled, Seen, dict[str, Any]]] = []
    for file in PINNED:
        for options in OPTIONS[1:]:
            program = compiled(file.read_text())
            expected = reference(program, **options)
            assert expected is not None
            found.append((program, expected, options))
    for number, text in (*((n, numbered(n)) for n in NUMBERS), *((n, chain(n)) for n in CHAINS)):
        options = OPTIONS[number % len(OPTIONS)]
        try:
            program = compiled(text)
        except IlangError:
            continue
        expected = reference(program, **options)
        if expected is not None:
            found.append((program, expected, options))
    return found


def graphs(graph: g.Graph) -> list[g.Graph]:
    """A graph and all bodies in it, each once."""
    found: dict[int, g.Graph] = {}
    stack = [graph]
    while stack:
        one = stack.pop()
        if id(one) not in found:
            found[id(one)] = one
            stack.extend(body for node in one.nodes for body in g.bodies(node))
    return list(found.values())


@pytest.mark.parametrize("one", ALL_DRAWN, ids=lambda p: p.__name__)
def test_a_pass_keeps_the_meaning(one: Pass) -> None:
    """On the plain evaluator: all is the same (of one that saves draws: the answer, from no more draws and no more
    money), and the graph is one."""
    changed = 0
    for program, expected, options in cases():
        made = one(program.graph)
        check_graph(made, one.__name__)
        changed += made is not program.graph
        found = plainly(program, made, **options)
        assert not (spares(expected, found) if one.__name__ in SAVING else expected.differs(found)), program.text
    assert changed > 5


@pytest.mark.parametrize("one", ALL_DRAWN, ids=lambda p: p.__name__)
def test_a_second_time_changes_nothing(one: Pass) -> None:
    """And what is not changed is the same object."""
    for program, _, _ in cases():
        made = one(program.graph)
        assert one(made) is made


def test_drop_unused_leaves_what_is_read() -> None:
    """Every node that is left is read, by the output or by another; every capture by its body; draws keep their numbers."""
    for program, expected, options in cases():
        made = drop_unused(program.graph)
        for graph in graphs(made):
            read = {graph.output} | {i for node in graph.nodes for i in node.inputs}
            assert read == set(range(len(graph.nodes)))
            for node in graph.nodes:
                if isinstance(node, g.Function):
                    places = {n.place for n in node.body.nodes if isinstance(n, g.Input)}
                    assert set(range(node.arity, node.arity + len(node.inputs))) <= places
        assert plainly(program, made, **options).activations == expected.activations


def test_drop_unused_keeps_shared_bodies_shared() -> None:
    """The pipelines of a program stay one graph each, however often they are called."""
    for program, _, _ in cases():
        assert len(graphs(drop_unused(program.graph))) <= len(graphs(program.graph))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a wrong evaluator may get stuck
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_the_laws_tell(mutation: Mutation) -> None:
    """One of the programs breaks a law under each mutation; without it, none does (that is tested elsewhere)."""
    for place, (program, expected, options) in enumerate(cases()):
        graph = mutation.run(program.graph) if mutation.run is not None else None
        if graph is not None and graph == (program.graph if mutation.right is None else mutation.right(program.graph)):
            continue
        try:
            with mutation.patch() if mutation.patch is not None else nullcontext():
                hold(program, expected, count=6, seed=place, graph=graph, saves=mutation.saves, **options)
        except (Differs, Unaccounted):
            return
        except (AttributeError, TypeError):
            if mutation.crashes:
                return
            raise
    pytest.fail(f"no program tells: {mutation.name}")
