"""How hard a question is for a model. Knows the chain's skill, not how anything is written."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

from ilang_backends.sim import beta
from ilang_backends.sim.chain import Skill, skill_for
from ilang_backends.sim.chance import NORMAL, normal
from ilang_backends.sim.settings import Nature

HOT = 1.0
"""Above temperature 1, the odds of a slip grow by exp(HOT) a degree: T = 1.6 makes them 1.8 times as high."""


@lru_cache(maxsize=4096)
def skill(nature: Nature, question: str) -> Skill:
    """The model's skill at the question of this key, at any temperature up to 1.

    Without a declared accuracy, `slip` ~ Beta(1.5, 5) (methods.md 6.1). With accuracy a and spread s, the
    question's own accuracy is p ~ Beta(a s, (1 - a) s), and `slip` and `undo` are those that give exactly p.
    So the mean accuracy over questions is a, and coverage is that of a beta-binomial (Large Language Monkeys):
    pass@k = 1 - E[(1 - p)^k].
    """
    place = ease(nature, question)
    if nature.accuracy is None:
        return Skill(slip=beta.quantile(1.0 - place, 1.5, 5.0))
    a = nature.accuracy
    own = a if a in (0.0, 1.0) else beta.quantile(place, a * nature.spread, (1.0 - a) * nature.spread)
    return skill_for(own, nature.steps)


def ease(nature: Nature, question: str) -> float:
    """The question's place among all, uniform in (0, 1), 1 the easiest: a Gaussian copula over models."""
    shared = math.sqrt(nature.shared) * normal("ease", question)
    return NORMAL.cdf(shared + math.sqrt(1.0 - nature.shared) * normal("ease", nature.who, question))


def heated(cool: Skill, temperature: float) -> Skill:
    """The skill at a temperature: as it is up to 1, then with higher odds of a slip."""
    if temperature <= 1.0 or cool.slip in (0.0, 1.0):
        return cool
    odds = cool.slip / (1.0 - cool.slip) * math.exp(min(HOT * (temperature - 1.0), 50.0))
    return replace(cool, slip=odds / (1.0 + odds))
