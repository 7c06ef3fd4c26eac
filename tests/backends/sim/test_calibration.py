"""What is declared is what is measured: accuracy, difficulty, lengths. Bounds are three standard errors."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest

from ilang_backends.sim import beta
from ilang_backends.sim.chain import Skill, accuracy, ends, moves, skill_for
from ilang_backends.sim.chance import NORMAL
from ilang_backends.sim.difficulty import ease, skill
from ilang_backends.sim.settings import Nature
from tests.backends.sim.asking import SOLVE, answer, ask, mean, request, sim, sums

QUESTIONS = sums(500)


def right(model_settings: dict[str, Any], **changes: Any) -> list[list[bool]]:
    """For every question, for every choice: whether it was right."""
    asked = [request(SOLVE.format(question), **changes) for question, _ in QUESTIONS]
    replies = ask(sim(**{"mean_tokens": 0, **model_settings}), *asked)
    return [[answer(c.text) == gold for c in choices] for choices, (_, gold) in zip(replies, QUESTIONS, strict=True)]


def near(measured: list[float], declared: float) -> bool:
    """Whether the mean is within three standard errors of what was declared."""
    middle = mean(measured)
    variance = sum((x - middle) ** 2 for x in measured) / (len(measured) - 1)
    return abs(middle - declared) <= 3.0 * math.sqrt(variance / len(measured)) + 1e-9


@pytest.mark.parametrize("declared", [0.0, 0.02, 0.3, 0.6, 0.95, 1.0])
def test_the_accuracy_is_the_declared_one(declared: float) -> None:
    assert near([mean(of) for of in right({"accuracy": declared}, n=2)], declared)


@pytest.mark.parametrize("temperature", [0.0, 0.4, 1.0])
def test_up_to_temperature_1_the_accuracy_stays(temperature: float) -> None:
    measured = right({"accuracy": 0.6}, n=2, temperature=temperature)
    assert near([mean(of) for of in measured], 0.6)


def test_above_temperature_1_it_falls() -> None:
    cool, hot = (mean([mean(of) for of in right({"accuracy": 0.6}, n=2, temperature=t)]) for t in (1.0, 2.0))
    assert hot < cool - 0.1


def test_left_out_a_step_slips_as_in_the_chain_task() -> None:
    """E[f(e)] over e ~ Beta(1.5, 5) is 0.307 for 8 steps."""
    slips = [beta.quantile((k + 0.5) / 400, 1.5, 5.0) for k in range(400)]
    exact = mean([accuracy(Skill(slip), 8) for slip in slips])
    assert exact == pytest.approx(0.307, abs=0.0005)
    assert near([mean(of) for of in right({}, n=2)], exact)


def test_coverage_is_that_of_a_beta_binomial() -> None:
    """pass@8 = 1 - B(a, b + 8)/B(a, b) with a = accuracy * spread, b = (1 - accuracy) * spread."""
    a, b, k = 0.3 * 2.0, 0.7 * 2.0, 8
    exact = 1.0 - math.exp(math.lgamma(b + k) + math.lgamma(a + b) - math.lgamma(a + b + k) - math.lgamma(b))
    assert near([float(any(of)) for of in right({"accuracy": 0.3, "spread": 2.0}, n=k)], exact)


def test_a_vote_over_eight_beats_one_draw() -> None:
    asked = [request(SOLVE.format(question), n=8) for question, _ in QUESTIONS]
    voted, single = 0, 0
    for choices, (_, gold) in zip(ask(sim(accuracy=0.6, mean_tokens=0), *asked), QUESTIONS, strict=True):
        answers = [answer(choice.text) for choice in choices]
        voted += Counter(answers).most_common(1)[0][0] == gold
        single += answers[0] == gold
    assert voted / 500 > single / 500 + 0.08


@pytest.mark.parametrize(("wrong", "ratio"), [("wander", 1.6), ("skip", 1 / 1.6)])
def test_lengths_are_log_normal(wrong: str, ratio: float) -> None:
    asked = [request(SOLVE.format(question), n=2, max_tokens=8000) for question, _ in QUESTIONS]
    replies = ask(sim(accuracy=0.5, mean_tokens=300, wrong=wrong), *asked)
    lengths: dict[bool, list[float]] = {True: [], False: []}
    for choices, (_, gold) in zip(replies, QUESTIONS, strict=True):
        for choice in choices:
            assert choice.reason == "end" and choice.tokens is not None
            lengths[answer(choice.text) == gold].append(choice.tokens)
    for is_right, expected in ((True, 300.0), (False, 300.0 * ratio)):
        assert near(lengths[is_right], expected), (is_right, mean(lengths[is_right]))
        logs = [math.log(length) for length in lengths[is_right]]
        spread = math.sqrt(mean([x * x for x in logs]) - mean(logs) ** 2)
        assert spread == pytest.approx(math.hypot(0.45, 0.15), rel=0.12)


def test_models_share_some_of_the_difficulty() -> None:
    """The correlation of two models' normal scores over questions is `shared`; alone, each is its own."""
    for shared in (0.0, 0.5, 1.0):
        scores = [
            [NORMAL.inv_cdf(ease(Nature(name, shared=shared), f"q{k}")) for k in range(2000)] for name in ("a", "b")
        ]
        correlation = mean([x * y for x, y in zip(*scores, strict=True)])
        assert correlation == pytest.approx(shared, abs=0.08)


def test_a_better_model_is_better_at_every_question() -> None:
    for k in range(50):
        skills = [skill(Nature("small", accuracy=a), f"q{k}") for a in (0.3, 0.5, 0.7)]
        rates = [accuracy(s, 8) for s in skills]
        assert rates == sorted(rates)


@pytest.mark.parametrize("steps", [1, 2, 8, 20])
@pytest.mark.parametrize("wanted", [0.0, 1e-6, 0.01, 0.2, 0.7, 1.0])
def test_every_accuracy_has_a_skill(steps: int, wanted: float) -> None:
    assert accuracy(skill_for(wanted, steps), steps) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("wanted", [0.0, 0.01, 0.4])
def test_moves_are_a_distribution(wanted: float) -> None:
    being = skill_for(wanted, 8)
    for off in range(-12, 13):
        assert sum(p for _, p in moves(being, off)) == pytest.approx(1.0)
        assert sum(p for _, p in ends(being, off, 3)) == pytest.approx(1.0)


@pytest.mark.parametrize(("a", "b"), [(1.5, 5.0), (0.2, 3.0), (2.2, 1.4), (40.0, 2.0)])
def test_the_beta_quantile_inverts_its_distribution(a: float, b: float) -> None:
    for u in (0.1, 0.37, 0.5, 0.9, 0.999):
        assert beta.cdf(beta.quantile(u, a, b), a, b) == pytest.approx(u, abs=1e-9)


def test_the_beta_distribution_is_the_integral_of_its_density() -> None:
    """For Beta(2, 3), I_x = 6x^2 - 8x^3 + 3x^4."""
    for x in (0.05, 0.3, 0.5, 0.8):
        assert beta.cdf(x, 2.0, 3.0) == pytest.approx(6 * x**2 - 8 * x**3 + 3 * x**4, abs=1e-12)
