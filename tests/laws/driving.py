"""Runs a stage's meaning on its own: functions are Python's, a region's body is a function of a pool."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from ilang.base.candidate import Candidate, Pool, Unread, View
from ilang.base.type import NUMBER
from ilang.base.value import Asked, Message, Model, Reader, Value
from ilang.stages.stage import Chance, Given, Judge, Judgement, NotGiven, Report, Run
from ilang.stages.table import stage

MODEL = Model("fake", "m")
ASKED = Asked("p", (Message("user", "?"),), Reader("whole", None, NUMBER))

OneOf = Callable[[Candidate], Value]


class Refuses(Exception):
    """A judgement that is not given."""


def candidate(value: Value, **more: Any) -> Candidate:
    """A finished candidate that reads as a value; as none where it is None."""
    reading = Unread("no number") if value is None else value
    return Candidate(ASKED, MODEL, "?" if value is None else str(value), reading, finished=True, **more)


def judged(function: OneOf, item: tuple[Value, ...]) -> Judgement:
    one = item[0]
    try:
        return Given(function(one.candidate if isinstance(one, View) else one))
    except Refuses as why:
        return NotGiven(str(why))


def driven(
    name: str, pool: Value, *, body: Callable[[Pool], Pool] | None = None, seed: int = 0, **arguments: Value
) -> Value:
    """What a stage gives. Its arguments that are left out are none."""
    until = arguments.pop("until", None)
    given = {**DEFAULTS.get(name, {}), **arguments}
    first = "pool" if isinstance(pool, Pool) else "list"
    steps = stage(name).apply({first: pool, **given})
    answer: Any = None
    while True:
        try:
            effect = steps.send(answer)
        except StopIteration as end:
            return end.value
        match effect:
            case Judge(function, items):
                answer = [judged(function, item) for item in items]
            case Run("body", part):
                assert body is not None
                answer = body(part)
            case Run("until", _):
                answer = Given(until)
            case Chance(contents):
                answer = random.Random(repr((seed, contents))).random
            case Report():
                answer = None
            case _:
                raise AssertionError(effect)


DEFAULTS: dict[str, dict[str, Value]] = {
    "vote": {"by": None, "prior": None},
    "best": {"by": None},
    "worst": {"by": None},
    "prune": {"keep": None, "by": None},
    "weigh": {"reset": False},
    "resample": {"n": None, "scheme": "multinomial", "when": None},
    "dedupe": {"by": None},
    "each": {"max": None},
    "repeat": {"has_until": False, "until_each": False},
    "focus": {"by": None},
}


def chain(*steps: Callable[[Pool], Pool]) -> Callable[[Pool], Pool]:
    """One after the other."""

    def all_of_them(pool: Pool) -> Pool:
        for step in steps:
            pool = step(pool)
        return pool

    return all_of_them


def step(name: str, **arguments: Value) -> Callable[[Pool], Pool]:
    """A stage as a function of a pool."""
    return lambda pool: driven(name, pool, **arguments)


def plain(pool: Pool) -> Sequence[Any]:
    """A pool's candidates, to be compared without their identities."""
    return list(pool.candidates)
