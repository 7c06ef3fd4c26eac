"""The simulated reward: reliable or not, but always of one mind."""

from __future__ import annotations

import math

from ilang_backends.sim.reward import process_reward
from tests.backends.sim.asking import SOLVE, answer, ask, mean, one, request, sim, sums


def test_the_reward_is_a_function() -> None:
    text = one(sim(accuracy=0.3), request(SOLVE.format("What is 2 + 2?"))).text
    assert process_reward("What is 2 + 2?", text) == process_reward("What is 2 + 2?", text)
    assert process_reward("What is 2 + 2?", text) == process_reward(SOLVE.format("What is 2 + 2?"), text)


def test_its_logit_has_the_declared_mean_and_deviation() -> None:
    for m in (3.0, 1.0):
        logits = []
        for question, _ in sums(400):
            text = one(sim(accuracy=1.0, mean_tokens=0), request(SOLVE.format(question), max_tokens=12)).text
            r = process_reward(question, text, m=m, sd=1.5)
            logits.append(math.log(r / (1 - r)))
        assert abs(mean(logits) - m) < 3 * 1.5 / 20
        assert abs(math.sqrt(mean([x * x for x in logits]) - mean(logits) ** 2) - 1.5) < 0.2


def test_best_of_n_is_hacked_by_a_bad_reward_only() -> None:
    """methods.md 6.2: reliable, best-of-16 is right 9 times in 10; hackable, best-of-32 is worse than of 4."""
    questions = sums(150)
    replies = ask(sim(mean_tokens=0), *(request(SOLVE.format(question), n=32) for question, _ in questions))
    right: dict[tuple[float, int], int] = {}
    for (question, gold), choices in zip(questions, replies, strict=True):
        for m in (3.0, 1.0):
            rewards = [process_reward(question, choice.text, m=m) for choice in choices]
            for n in (4, 16, 32):
                best = max(range(n), key=rewards.__getitem__)
                right[m, n] = right.get((m, n), 0) + (answer(choices[best].text) == gold)
    assert right[3.0, 16] / 150 > 0.82
    assert right[1.0, 32] < right[1.0, 4] + 0.02 * 150
    assert right[1.0, 32] / 150 < 0.6
