"""Solutions: valid chains, taken up anywhere, with exact probabilities."""

from __future__ import annotations

import asyncio
import math
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilang.backend.protocol import Scorer
from ilang.backend.request import Choice
from ilang_backends.sim.provider import PROVIDER
from ilang_backends.sim.tokens import tokenize
from tests.backends.sim.asking import SOLVE, answer, ask, one, request, sim

PROMPT = SOLVE.format("What is 17 * 23 + 4?")
STEP = re.compile(r"^(-?\d+) ([+-]) (\d+) = (-?\d+)$", re.MULTILINE)
WEAK = sim(accuracy=0.1, mean_tokens=90)


def chain(text: str) -> list[tuple[int, int]]:
    """Of every step: where it begins, and where it ends."""
    return [(int(a), int(b)) for a, _, _, b in STEP.findall(text)]


def test_a_solution_is_a_chain_to_its_answer() -> None:
    for choice in ask(WEAK, request(PROMPT, n=20))[0]:
        steps = chain(choice.text)
        assert len(steps) == 8
        assert all(end == begin for (_, end), (begin, _) in pairwise(steps))
        assert answer(choice.text) == steps[-1][1]


def test_a_right_model_reckons_right() -> None:
    text = one(sim(accuracy=1.0), request(PROMPT)).text
    for a, sign, b, c in STEP.findall(text):
        assert int(a) + int(sign + b) == int(c)
    assert answer(text) == 395


@pytest.mark.parametrize("temperature", [0.0, 0.7, 1.0])
@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, 100), seed=st.integers(0, 5))
def test_a_text_goes_on_after_any_token(temperature: float, cut: int, seed: int) -> None:
    """With the same seed, the whole is the beginning and what follows it."""
    asked: dict[str, Any] = {"seed": seed, "temperature": temperature}
    whole = one(WEAK, request(PROMPT, **asked)).text
    begun = "".join(tokenize(whole)[:cut])
    assert begun + one(WEAK, request(PROMPT, prefill=begun, **asked)).text == whole


def test_stepwise_is_a_valid_chain() -> None:
    """Each step from another seed, with the stop string kept, as `extend(stop="\\n\\n")` does."""
    text = ""
    for seed in range(9):
        choice = one(WEAK, request(PROMPT, prefill=text, seed=seed, stop=("\n\n",)))
        assert "\n\n" not in choice.text
        text += choice.text + choice.stop_text
    assert choice.reason == "end"
    assert len(chain(text)) == 8 and answer(text) == chain(text)[-1][1]


def test_a_lost_separator_is_written_first() -> None:
    text = one(WEAK, request(PROMPT)).text
    first, _, _ = text.partition("\n\n")
    assert first + one(WEAK, request(PROMPT, prefill=first)).text == text


def test_a_deviation_in_the_prefill_stays() -> None:
    """A right model that is given a wrong beginning is wrong by as much."""
    perfect = sim(accuracy=1.0, mean_tokens=0)
    first = one(perfect, request(PROMPT, stop=("\n\n",))).text
    wrong = re.sub(r"-?\d+$", lambda m: str(int(m[0]) + 10), first) + "\n\n"
    assert answer(one(perfect, request(PROMPT, prefill=wrong)).text) == 405


def test_an_early_answer_is_given_at_once() -> None:
    begun = one(WEAK, request(PROMPT, max_tokens=12)).text
    choice = one(WEAK, request(PROMPT, prefill=begun + "\nFinal answer:"))
    assert re.fullmatch(r" -?\d+", choice.text) and choice.reason == "end"
    assert re.fullmatch(r"-?\d+", one(WEAK, request(PROMPT, prefill=begun + "\nFinal answer: ")).text)


def test_thinking_longer_before_a_forced_answer_helps() -> None:
    model, rates = sim(accuracy=0.7, spread=50, mean_tokens=0), []
    for steps in (0, 8):
        asked = [request(SOLVE.format(f"What is {q} * 2 + 1?"), max_tokens=max(1, 6 * steps)) for q in range(300)]
        begun = [choices[0].text if steps else "" for choices in ask(model, *asked)]
        forced = [
            request(SOLVE.format(f"What is {q} * 2 + 1?"), prefill=text + "\nFinal answer:", seed=1)
            for q, text in enumerate(begun)
        ]
        replies = ask(model, *forced)
        rates.append(sum(int(c[0].text) == 2 * q + 1 for q, c in enumerate(replies)) / 300)
    assert rates[1] > rates[0] + 0.1


def test_after_an_answer_nothing_follows_unless_somebody_goes_on() -> None:
    text = one(WEAK, request(PROMPT)).text
    over = one(WEAK, request(PROMPT, prefill=text))
    assert (over.text, over.reason, over.tokens) == ("", "end", 0)
    again = one(WEAK, request(PROMPT, prefill=text + "\nWait, let me try again.\n\n")).text
    assert len(chain(again)) == 8


def test_an_answer_of_somebody_else_ends_the_text_too() -> None:
    assert one(WEAK, request(PROMPT, prefill="I know it.\nAnswer: 7")).text == ""


def test_a_box_is_an_answer() -> None:
    prompt = "What is 17 * 23 + 4?\n\nWrite the next step. If complete, end it with \\boxed{...}."
    text = one(sim(accuracy=1.0), request(prompt)).text
    assert text.endswith("\\boxed{395}")


@pytest.mark.parametrize("stop", ["\n\n", "=", "ans", "step 3", "Answer: "])
def test_a_text_ends_before_its_stop_string(stop: str) -> None:
    whole = one(WEAK, request(PROMPT)).text
    choice = one(WEAK, request(PROMPT, stop=(stop, "never")))
    if stop in whole:
        assert (choice.text, choice.stop_text, choice.reason) == (whole[: whole.index(stop)], stop, "stop")
    else:
        assert (choice.text, choice.stop_text, choice.reason) == (whole, "", "end")


def test_the_first_stop_string_counts() -> None:
    choice = one(WEAK, request(PROMPT, stop=("\n\n", " =", "=")))
    assert choice.stop_text == " ="


def test_a_limit_is_in_tokens() -> None:
    whole = one(WEAK, request(PROMPT))
    assert whole.tokens is not None
    for limit in (1, 5, whole.tokens - 1):
        choice = one(WEAK, request(PROMPT, max_tokens=limit))
        assert (choice.text, choice.reason) == ("".join(tokenize(whole.text)[:limit]), "limit")
    assert one(WEAK, request(PROMPT, max_tokens=whole.tokens)) == whole


def test_temperature_0_is_one_draw_for_all_seeds() -> None:
    assert len({c.text for c in ask(WEAK, request(PROMPT, n=8, temperature=0.0))[0]}) == 1


def test_the_cooler_the_more_alike() -> None:
    kinds = []
    for t in (0.0, 0.3, 1.0):
        asked = [request(SOLVE.format(f"What is {q} + 5?"), n=8, temperature=t) for q in range(40)]
        kinds.append(sum(len({answer(c.text) for c in choices}) for choices in ask(WEAK, *asked)))
    assert kinds == sorted(kinds) and kinds[0] == 40 < kinds[1] < kinds[2]


def test_another_prompt_is_another_draw_of_the_same_problem() -> None:
    other = 'Think hard. What is 17 * 23 + 4? Finish with "Answer: <number>".'
    texts = [[c.text for c in ask(WEAK, request(p, n=6))[0]] for p in (PROMPT, other)]
    assert texts[0] != texts[1]
    starts = {text.split(" ")[0] for both in texts for text in both}
    assert len(starts) == 1, "the same problem begins with the same number"


def test_two_ids_and_two_offsets_are_models_of_their_own() -> None:
    asked = request(PROMPT, n=8)
    models = (sim("a", accuracy=0.1), sim("b", accuracy=0.1), sim("a", accuracy=0.1, seed_offset=1))
    assert len({tuple(c.text for c in ask(model, asked)[0]) for model in models}) == 3


# ---- probabilities ---------------------------------------------------------------------------------------------


def told(choice: Choice) -> float:
    assert choice.logprobs is not None
    return sum(entry.logprob for entry in choice.logprobs)


def test_log_probabilities_are_those_of_drawing() -> None:
    """Of 2,000 first steps, each is drawn as often as it is said to be likely: a chi-square with few degrees."""
    asked = request(PROMPT, n=2000, stop=("\n\n",), logprobs=True)
    drawn: dict[str, int] = {}
    likely: dict[str, float] = {}
    for choice in ask(WEAK, asked)[0]:
        drawn[choice.text] = drawn.get(choice.text, 0) + 1
        likely[choice.text] = math.exp(told(choice))
    assert sum(likely.values()) == pytest.approx(1.0, abs=1e-6)
    chi = sum((drawn[t] - 2000 * p) ** 2 / (2000 * p) for t, p in likely.items())
    assert chi < 25.0  # 6 degrees of freedom: 0.9997


def test_the_alternatives_of_a_sure_token_are_itself() -> None:
    choice = one(sim(accuracy=0.6), request(PROMPT, logprobs=True, top_logprobs=20, max_tokens=6))
    assert choice.logprobs is not None
    first, result = choice.logprobs[0], choice.logprobs[4]
    assert first.top == ((first.token, 0.0),) and first.logprob == 0.0
    assert len(result.top) == 7
    assert sum(math.exp(p) for _, p in result.top) == pytest.approx(1.0)


def test_log_probabilities_do_not_depend_on_temperature() -> None:
    """They are the model's own, at temperature 1, for a text that any temperature drew."""
    for temperature in (0.0, 0.5, 1.8):
        choice = one(WEAK, request(PROMPT, logprobs=True, temperature=temperature))
        assert told(choice) == pytest.approx(scored(PROMPT, choice.text), abs=1e-9)


def scored(prompt: str, text: str, prefill: str | None = None) -> float:
    async def body() -> float:
        backend = await PROVIDER.open(WEAK)
        assert isinstance(backend, Scorer)
        return sum(t.logprob for t in (await backend.score(request(prompt, prefill=prefill), text)).tokens)

    return asyncio.run(body())


@settings(max_examples=25, deadline=None)
@given(cut=st.integers(0, 80))
def test_scores_add_up(cut: int) -> None:
    """log p(xy) = log p(x) + log p(y | x)."""
    choice = one(WEAK, request(PROMPT, logprobs=True))
    tokens = tokenize(choice.text)
    begun, rest = "".join(tokens[:cut]), "".join(tokens[cut:])
    assert scored(PROMPT, begun) + scored(PROMPT, rest, prefill=begun) == pytest.approx(told(choice), abs=1e-9)


@given(st.text(alphabet="ab 1\n\t=", max_size=40), st.integers(0, 20))
def test_tokens_make_up_the_text(text: str, cut: int) -> None:
    tokens = tokenize(text)
    assert "".join(tokens) == text
    halves = "".join(tokens[:cut]), "".join(tokens[cut:])
    assert tokenize(halves[0]) + tokenize(halves[1]) == tokens
