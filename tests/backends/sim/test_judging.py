"""As a judge, `sim` errs at its declared rates, and always in the same places."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.backends.sim.asking import SOLVE, ask, mean, one, request, sim, sums

VERDICT = json.dumps(
    {
        "type": "object",
        "properties": {"feedback": {"type": "string"}, "ok": {"type": "boolean"}, "score": {"type": "number"}},
        "required": ["ok"],
    }
)
JUDGE = "Is this right?\nQuestion: {}\nReply: {}"


def verdicts(judge: Any, right: bool, count: int = 600, **changes: Any) -> list[dict[str, Any]]:
    """Verdicts on as many different candidates, all right or all wrong."""
    asked = [
        request(JUDGE.format(question, f"Answer: {gold + (0 if right else 3)}"), schema=VERDICT, **changes)
        for question, gold in sums(count)
    ]
    return [json.loads(choices[0].text) for choices in ask(judge, *asked)]


@pytest.mark.parametrize("fresh", [False, True])
def test_verdicts_have_the_declared_rates(fresh: bool) -> None:
    judge = sim("judge", completeness=0.9, soundness=0.75, fresh_noise=fresh)
    for right, rate in ((True, 0.9), (False, 0.25)):
        passed = mean([verdict["ok"] for verdict in verdicts(judge, right)])
        assert abs(passed - rate) <= 3.0 * math.sqrt(rate * (1 - rate) / 600)


def test_an_error_belongs_to_its_candidate() -> None:
    """Another seed, another wording: the same verdict. Another judge: another."""
    judge = sim("judge", soundness=0.5)
    first, second = (verdicts(judge, False, 80, seed=seed) for seed in (1, 2))
    assert first == second
    worded = [
        request(f"Check it, please. {q} Somebody says\nAnswer: {gold + 3}", schema=VERDICT) for q, gold in sums(80)
    ]
    assert [json.loads(c[0].text)["ok"] for c in ask(judge, *worded)] == [verdict["ok"] for verdict in first]
    assert [v["ok"] for v in verdicts(sim("other", soundness=0.5), False, 80)] != [v["ok"] for v in first]


def test_fresh_noise_errs_anew() -> None:
    judge = sim("judge", soundness=0.5, fresh_noise=True)
    asked = request(JUDGE.format("What is 2 + 2?", "Answer: 5"), schema=VERDICT, n=50, logprobs=True)
    choices = ask(judge, asked)[0]
    assert len({choice.text for choice in choices}) == 2
    assert all(math.exp(sum(t.logprob for t in c.logprobs or ())) == pytest.approx(0.5) for c in choices)


def test_a_failed_verdict_says_why() -> None:
    judge = sim("judge", completeness=1.0, soundness=1.0)
    solver = sim(accuracy=0.05, mean_tokens=0)
    text = one(solver, request(SOLVE.format("What is 2 + 2?"))).text
    verdict = json.loads(one(judge, request(JUDGE.format("What is 2 + 2?", text), schema=VERDICT)).text)
    assert not verdict["ok"] and verdict["score"] < 0.5
    lines = [line.partition(" = ") for line in text.split("\n\n")[:8]]
    wrong = next(k for k, (sum_, _, said) in enumerate(lines, start=1) if eval(sum_) != int(said))
    assert verdict["feedback"] == f"Step {wrong} does not hold."
    assert json.loads(one(judge, request(JUDGE.format("What is 2 + 2?", "Answer: 4"), schema=VERDICT)).text)["ok"]


@pytest.mark.parametrize(("said", "wanted"), [("Answer: 4", "yes"), ("Answer: 5", "no")])
def test_yes_or_no(said: str, wanted: str) -> None:
    judge = sim("judge", completeness=1.0, soundness=1.0)
    prompt = f"{JUDGE.format('What is 2 + 2?', said)}\nReply yes or no."
    assert one(judge, request(prompt)).text == wanted


def test_true_or_false_about_a_mistake_is_turned_round() -> None:
    judge = sim("judge", completeness=1.0, soundness=1.0)
    for said, wanted in (("Answer: 4", "false"), ("Answer: 5", "true")):
        prompt = f"What is 2 + 2?\n{said}\nWould you do better if you started over? Reply true or false."
        assert one(judge, request(prompt)).text == wanted


def test_a_partial_solution_is_judged_by_its_path() -> None:
    judge = sim("judge", completeness=1.0, soundness=1.0)
    for accuracy, wanted in ((1.0, "true"), (0.0, "false")):
        begun = one(sim(accuracy=accuracy), request(SOLVE.format("What is 2 + 2?"), max_tokens=42)).text
        prompt = f"What is 2 + 2?\n\n{begun}\n\nIs this on the right path? Reply true or false."
        assert one(judge, request(prompt)).text == wanted


def test_a_bare_number_is_judged_too() -> None:
    judge = sim("judge", completeness=1.0, soundness=1.0)
    for said, wanted in (("4", "true"), ("-4", "false")):
        assert one(judge, request(f"What is 2 + 2?\nReply: {said}\nTrue or false?")).text == wanted


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("From 0 to 10, how helpful is this reply? Reply with the number.", 0, 10),
        ("Grade the reply from 1 to 5. Reply with the digit only.", 1, 5),
        ("From 1 to 10: is it clear? Reply with the number.", 1, 10),
        ("Rate it on a scale of 1-7.", 1, 7),
    ],
)
def test_ratings_are_in_range_and_higher_for_what_is_right(prompt: str, low: int, high: int) -> None:
    judge = sim("judge")
    means = []
    for off in (0, 3):
        asked = [request(f"{prompt}\nQuestion: {q}\nAnswer: {gold + off}") for q, gold in sums(200)]
        given = [int(choices[0].text) for choices in ask(judge, *asked)]
        assert all(low <= rating <= high for rating in given)
        means.append(mean(given))
    assert means[0] > means[1] + 0.2 * (high - low)


def test_the_distribution_of_a_rating_is_exact() -> None:
    """With fresh noise the first token's alternatives are the whole law, as `tally` needs."""
    prompt = "Grade the reply from 1 to 5. Reply with the digit only.\nQuestion: What is 2 + 2?\nAnswer: 4"
    choice = one(sim("judge", fresh_noise=True), request(prompt, logprobs=True, top_logprobs=20))
    assert choice.logprobs is not None
    law = {token: math.exp(p) for token, p in choice.logprobs[0].top}
    assert set(law) == set("12345") and sum(law.values()) == pytest.approx(1.0)
