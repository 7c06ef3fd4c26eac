"""Particle methods draw from their target: the model's own chance of a text times the odds of each step's reward."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import product

import pytest

from ilang.backend.capabilities import Capabilities
from ilang.base.source import Source
from ilang.base.value import Model
from ilang.check.check import check
from ilang.draws.draw import Ask, Draw
from ilang.graph.lower import lower
from ilang.run.sequential import Sequential
from ilang.run.world import Bindings, World
from ilang.syntax.parse import parse

PROGRAM = """
use particle_filter, particle_gibbs from std.particles
model m = sim("m")
prompt say(q: text) -> text { user \"\"\"{{q}}\"\"\" }
pipeline reward(x: text) -> number { if x in ["a;", "a;x"] { 0.8 } else { 0.4 } }
pipeline filtered(n: int) -> text { say("q") | particle_filter(reward, m, n=n, stop=";") | pick }
pipeline gibbs(n: int, passes: int) -> text {
  say("q") | particle_gibbs(reward, m, n=n, passes=passes, stop=";") | pick
}
"""
FIRST = {"a;": 0.3, "b;": 0.7}
SECOND = {"x": 0.6, "y": 0.4}
REWARD = {"a;": 0.8, "a;x": 0.8}


def odds(text: str) -> float:
    p = REWARD.get(text, 0.4)
    return p / (1 - p)


def target() -> dict[str, float]:
    """By enumeration: the four texts there are."""
    mass = {a + b: FIRST[a] * SECOND[b] * odds(a) * odds(a + b) for a, b in product(FIRST, SECOND)}
    return {text: p / sum(mass.values()) for text, p in mass.items()}


class TwoSteps:
    """A model that takes two steps; a draw is a function of the run's seed, the request and the index."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.drawn = 0

    def key(self, ask: Ask) -> Hashable:
        return ask.request

    def capabilities(self, model: Model) -> Capabilities:
        return Capabilities(n=True, continuation=True, priced=False)

    def most_prompt_tokens(self, ask: Ask) -> int:
        return 9

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw]:
        found = []
        for ask, index in asks:
            self.drawn += 1
            begun = ask.request.messages[-1].content if ask.request.messages[-1].role == "assistant" else ""
            u = random.Random(f"{self.seed} {begun} {index}").random()
            if begun:
                found.append(Draw("x" if u < SECOND["x"] else "y", "end", "", 1, 0, 1))
            else:
                found.append(Draw("a" if u < FIRST["a;"] else "b", "stop", ";", 1, 0, 1))
        return found


def found(entry: str, runs: int, **given: int) -> Counter[str]:
    program = check(parse(Source("particles.inf", PROGRAM)))
    graph = lower(program, entry)
    model = Model("sim", "m", label="m")
    bindings = Bindings(dict.fromkeys(program.models, model), model, {})
    counts: Counter[str] = Counter()

    async def all_of_them() -> None:
        for seed in range(runs):
            world = World(TwoSteps(seed), bindings, seed=seed)
            counts[await Sequential(world).run(graph, tuple(given.values()))] += 1

    asyncio.run(all_of_them())
    return counts


def far(counts: Counter[str], runs: int) -> float:
    """The largest distance from the target, in standard errors."""
    return max(abs(counts[t] / runs - p) / math.sqrt(p * (1 - p) / runs) for t, p in target().items())


def test_a_large_filter_draws_from_the_target() -> None:
    assert far(found("filtered", 300, n=60), 300) < 4


@pytest.mark.parametrize(("n", "passes"), [(4, 4)])
def test_few_particles_do_in_some_passes(n: int, passes: int) -> None:
    """A filter of so few particles is far from the target, and each pass brings it nearer."""
    runs = 400
    assert far(found("gibbs", runs, n=n, passes=1), runs) > 4
    assert far(found("gibbs", runs, n=n, passes=passes), runs) < 4
