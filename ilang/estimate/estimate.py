"""estimate(graph, inputs, world, assume) -> Estimate: what a run of a graph will cost, without asking a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ilang.estimate.assumptions import Assumptions
from ilang.estimate.guesses import Guesses
from ilang.estimate.reckoning import Reckoning
from ilang.estimate.shelf import Shelf
from ilang.estimate.sum import Scope, Sum, total
from ilang.estimate.waiting import Wait, Waiting
from ilang.graph.node import Graph
from ilang.run.rough import Rough
from ilang.run.world import World


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of one row: what its stages come to, each and together (`worth`), and how long they wait for each other."""

    scope: Scope
    worth: Sum
    wait: Wait


def estimate(graph: Graph, given: Sequence[Rough], names: Sequence[str], world: World, assume: Assumptions) -> Estimate:
    """`given`: what is known of the arguments, by the `names` of the parameters. `world`: its draws are a `Shelf`."""
    assert isinstance(world.draws, Shelf)
    world.tells = graph.tells
    guesses = Guesses(world, assume)
    reckoning = Reckoning(guesses, world.draws)
    entry = guesses.entry(graph, given, names)
    reckoning.of(entry)
    wait = Waiting(guesses).of(entry, graph.output)
    return Estimate(reckoning.scope, total(reckoning.scope), wait)
