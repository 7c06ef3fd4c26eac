"""The law of `demand`: the same answer, the same numbers taken, and no more drawn; and what it must not touch."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from ilang.backend.capabilities import Capabilities
from ilang.base.candidate import Candidate, Unread
from ilang.base.diagnostic import IlangError
from ilang.base.type import INT
from ilang.base.value import Asked, Model, Reader
from ilang.optimize.demand import demand
from ilang.optimize.drop_unused import drop_unused
from ilang.optimize.invariants import check_graph
from ilang.optimize.optimize import EXACT, PASSES, optimize
from ilang.report.graph_text import graph_text
from ilang.run.world import Bindings, World
from ilang.session.runner import Options, passes_of
from ilang.stages import best, vote
from tests.laws.law import OPTIONS, schedules
from tests.laws.programs import numbered
from tests.laws.running import Compiled, Seen, compiled, from_the_store, plainly, side_by_side

HEADER = '''
use python counted from "./counting.py"
model single = fake("single")
model many = fake("many")
prompt guess(n: int) -> number {
  user """Guess {{n}}. Answer:"""
  answer after("Answer:")
}
prompt word(n: int) -> text {
  user """A word {{n}}"""
}
prompt judge(a: number, hint: number?) -> bool {
  user """Is {{a}} right, by {{hint | otherwise(0)}}? Say true or false."""
}
pipeline right(a: number) -> Verdict { judge(a, 0) | ask(model=single) }
pipeline voted(k: int, n: int) -> number? { guess(k) | sample(n=n, model=many) | vote | .winner }
'''
TOLD = {
    "a vote": "main() -> number? { guess(1) | sample(n=NN, model=many) | vote | .winner }",
    "a vote of texts": "main() -> text? { word(1) | sample(n=NN, model=single) | vote | .winner }",
    "two votes of one request": """main() -> number {
      let a = guess(1) | sample(n=NN, model=many) | vote | .winner
      let b = guess(1) | sample(n=NN, model=many) | vote | .winner
      let c = guess(1) | ask(model=many)
      (a | otherwise(10)) + 100 * (b | otherwise(10)) + 10000 * (c | otherwise(10))
    }""",
    "votes side by side": "main() -> list[number?] { [1, 2, 1, 3] | each(k => voted(k, NN)) }",
    "the first that is verified": """main() -> number? {
      guess(1) | sample(n=NN, model=single) | verify(right(it)) | best
    }""",
    "what is not verified is dropped": """main() -> number? {
      guess(1) | sample(n=NN, model=many) | verify(right(it)) | prune(unless=it.verified) | best
    }""",
    "a plain check": "main() -> number? { guess(1) | sample(n=NN, model=many) | verify(it > 1) | best }",
    "its own place": "main() -> number? { guess(1) | sample(n=NN, model=many) | verify(it.number > 2) | best }",
}
"""Programs in which a sample is told who reads it."""

LEFT = {
    "a share is read": "main() -> number { guess(1) | sample(n=NN, model=many) | vote | .share }",
    "two fields are read": """main() -> number? {
      let votes = guess(1) | sample(n=NN, model=many) | vote
      if votes.margin > 0.5 { votes.winner } else { none }
    }""",
    "the candidates are read too": """main() -> number {
      let pool = guess(1) | sample(n=NN, model=many)
      (pool | vote | .winner | otherwise(0)) + (pool | count(true))
    }""",
    "a key of its own": "main() -> number? { guess(1) | sample(n=NN, model=many) | vote(by=it > 1) | .winner }",
    "what is best by a measure": "main() -> number? { guess(1) | sample(n=NN, model=many) | verify(right(it)) | best(by=it) }",
    "nothing is verified": "main() -> number? { guess(1) | sample(n=NN, model=many) | best }",
    "a check that looks at the others": """main() -> number? {
      guess(1) | sample(n=NN, model=many) | verify((it.others | count(true)) > 2) | best
    }""",
    "a check that is the first to read a draw": """main() -> number {
      let hint = guess(9) | ask(model=many)
      let a = guess(1) | sample(n=NN, model=many) | verify(if it > 1 { judge(it, hint) | ask(model=many) } else { false }) | best
      let b = guess(9) | ask(model=many)
      (a | otherwise(0)) + 10 * (b | otherwise(0)) + 100 * (hint | otherwise(0))
    }""",
    "a check that is Python and not declared pure": """main() -> number? {
      guess(1) | sample(n=NN, model=many) | verify(counted(it)) | best
    }""",
    "a budget stands around it": "main() -> number? { within(calls=9) { guess(1) | sample(n=NN, model=many) | vote | .winner } }",
    "only some are voted on": "main() -> number? { guess(1) | sample(n=NN, model=many) | prune(keep=2) | vote | .winner }",
    "equal ones are dropped": "main() -> number? { guess(1) | sample(n=NN, model=many) | dedupe | vote | .winner }",
}
"""Programs that it leaves as they are."""


def program(body: str, n: int) -> Compiled:
    return compiled(HEADER + "pipeline " + body.replace("NN", str(n)))


def held(one: Compiled, expected: Seen, *, seed: int, count: int = 4, **options: Any) -> int:
    """How many draws the told graph spares, on every evaluator the same; fails where an answer is another."""
    told = demand(one.graph)
    check_graph(told, "demand")
    spared = []
    for eager in (0.0, 0.3, 1.0):
        how = {"fewer": True, "eager": eager, **options}
        found = [plainly(one, told, **how)]
        found += [side_by_side(one, told, s, concurrency=limit, **how) for s, limit in schedules(count, seed)]
        there = from_the_store(one, told, **how)
        found += [] if there is None else [there]
        for seen in found:
            assert (seen.status, seen.value) == (expected.status, expected.value)  # a fault less may be told
            assert seen.activations <= expected.activations  # a check that is not made begins none
            assert seen.activations == expected.activations or "check=" in graph_text(told)
            assert seen.chances == expected.chances
            assert seen.taken <= expected.taken
            assert not found[0].differs(seen), found[0].differs(seen)
        spared.append(len(expected.taken) - len(found[0].taken))
    assert spared[0] >= spared[1] >= spared[2] or "check=" in graph_text(told)
    return spared[0]


@pytest.mark.parametrize("name", TOLD)
def test_told(name: str) -> None:
    spared = 0
    for n in range(9):
        one = program(TOLD[name], n)
        assert demand(one.graph) is not one.graph
        for options in OPTIONS:
            spared += held(one, plainly(one, **options), seed=n, **options)
    assert spared > 0


@pytest.mark.parametrize("name", LEFT)
def test_left_as_it_is(name: str) -> None:
    one = program(LEFT[name], 5)
    assert demand(one.graph) is one.graph


@pytest.mark.parametrize("chunk", range(6))
def test_numbered(chunk: int) -> None:
    told = 0
    for number in range(7000 + 40 * chunk, 7040 + 40 * chunk):
        options = OPTIONS[number % len(OPTIONS)]
        try:
            one = compiled(numbered(number))
        except IlangError:
            continue
        if demand(one.graph) is one.graph:
            continue
        told += 1
        held(one, plainly(one, **options), seed=number, count=2, **options)
    assert told


def test_a_second_time_changes_nothing() -> None:
    for body in TOLD.values():
        made = demand(program(body, 4).graph)
        assert demand(made) is made
        assert optimize(made, (drop_unused, demand)) is made


# ---- what settles


def pool(*readings: int | None) -> list[Candidate]:
    """Candidates that say these; None: one that could not be read."""
    asked = Asked("p", (), Reader("whole", None, INT), None)
    return [Candidate(asked, Model("fake", "m"), str(r), Unread("no number") if r is None else r) for r in readings]


def winner(answers: list[int | None]) -> int | None:
    """Whoever has most votes; of equals who was met first."""
    met = [a for a in answers if a is not None]
    return max(dict.fromkeys(met), key=met.count, default=None)


def could_be_settled(seen: tuple[int | None, ...], left: int) -> int:
    """By trying all that could come: the fewest draws after which, for some of what they say, no other winner is left."""
    answers = (None, 0, 1, 2, 3)  # 2 and 3: nobody has said so yet

    def settled(so_far: tuple[int | None, ...], more: int) -> bool:
        return len({winner([*so_far, *rest]) for rest in product(answers, repeat=more)}) == 1

    for k in range(left + 1):
        if any(settled((*seen, *wave), left - k) for wave in product(answers, repeat=k)):
            return k
    raise AssertionError("nothing is left")


@pytest.mark.parametrize("left", range(5))
def test_a_vote_is_settled_when_no_draw_can_change_it(left: int) -> None:
    for seen in (s for n in range(5) for s in product((None, 0, 1), repeat=n)):
        assert min(left, vote.settled(pool(*seen), left)) == could_be_settled(seen, left), seen


def test_the_best_is_settled_by_the_first_that_is_verified() -> None:
    one, two = pool(1, None)
    assert best.settled([], 3) == 1 and best.settled([], 0) == 0
    assert best.settled([replace(one, verified=False)], 3) == 1
    assert best.settled([replace(one, verified=False), replace(one, verified=True)], 3) == 0
    assert best.settled([replace(two, verified=True)], 3) == 1  # what could not be read is nobody's best


def test_many_answers_are_looked_at_once() -> None:
    """A vote of 50,000 that all differ is settled, or not, in well under a second."""
    began = time.process_time()
    assert vote.settled(pool(*range(20_000)), 30_000) == 15_000
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"let a{i} = a{i - 1} + a{i - 1}\n" for i in range(1, 60)),
        "".join(f"let a{i} = a{i - 1}" + " + 1" * 40 + "\n" for i in range(1, 60)),
    ],
    ids=["twice as much each", "a long way"],
)
def test_what_a_check_captures_is_looked_at_once(body: str) -> None:
    lets = "main() -> number? {\nlet a0 = 1\n" + body
    one = program(lets + "guess(1) | sample(n=NN, model=many) | verify(it < a59) | best\n}", 4)
    began = time.process_time()
    assert demand(one.graph) is not one.graph
    assert time.process_time() - began < 2


def test_many_votes_in_one_program() -> None:
    votes = ", ".join(f"(guess({i}) | sample(n=NN, model=many) | vote | .winner)" for i in range(300))
    one = program(f"main() -> list[number?] {{ [{votes}] }}", 2)
    began = time.process_time()
    assert graph_text(demand(one.graph)).count("consumer=") == 300
    assert time.process_time() - began < 5


def test_where_a_judge_that_draws_could_be_dearer_all_go_out_at_once() -> None:
    """One call for four draws of a judge is cheaper than two for two each, where the prompt has a price."""
    told = demand(program(TOLD["the first that is verified"], 4).graph)
    plain = demand(program(TOLD["a plain check"], 4).graph)
    assert "asks=True" in graph_text(told) and "asks=True" not in graph_text(plain)
    free, priced = Model("sim", "free"), Model("sim", "dear", (("prices", "1 in, 1 out"),))
    draws: Any = SimpleNamespace(capabilities=lambda model: Capabilities(n=True, max_n=8))
    world = World(draws, Bindings({"judge": priced}, free, {}))
    world.eager = 0.25
    assert world.eager_of(free) == 0.25
    assert world.eager_of(priced) == world.eager_of(free, asks=True) == 1.0


def test_under_a_budget_only_passes_that_draw_the_same_are_taken() -> None:
    assert passes_of(Options()) == PASSES
    assert passes_of(Options(budget={"calls": 3})) == EXACT
    assert passes_of(Options(plainly=True)) == ()
