"""`tally` and `extend(choices=)`: the distribution over the choices is the model's own, told token by token."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import ilang
from ilang.backend.capabilities import Capabilities
from ilang.backend.request import TokenLogprob
from ilang.base.type import TEXT
from ilang.base.value import Asked, Message, Model, Reader
from ilang.draws.draw import Draw
from ilang.draws.memory_store import MemoryStore
from ilang.stages.choosing import Place, masses, meets
from ilang.stages.extend import heated
from ilang.stages.stage import Able, Chosen, Drawn, Lost, Missing, NotGiven, Report, Send
from ilang.stages.tally import forms_of, tally_of

MODEL = Model("sim", "m")
ASKED = Asked("p", (Message("user", "q"),), Reader("whole", None, TEXT))


class Speaker:
    """A model that says one of some texts, each with its probability, in tokens of `width` letters."""

    def __init__(self, says: dict[str, float], width: int, able: Capabilities) -> None:
        self.says, self.width, self.able = says, width, able
        self.asked: list[str] = []

    def told(self, begun: str) -> tuple[tuple[str, float], ...]:
        """The next tokens after this prefix, with their log-probabilities."""
        mass: Counter[str] = Counter()
        for text, p in self.says.items():
            if text.startswith(begun) and len(text) > len(begun):
                mass[text[len(begun) :][: self.width]] += p
        total = math.fsum(p for text, p in self.says.items() if text.startswith(begun))
        return tuple((token, math.log(p / total)) for token, p in mass.most_common(self.able.top_logprobs) if p)

    def answer(self, steps: Any) -> Any:
        """Drives a generator to its end; gives what it returns."""
        sent: Any = None
        while True:
            try:
                effect = steps.send(sent)
            except StopIteration as end:
                return end.value
            match effect:
                case Able():
                    sent = self.able
                case Chosen():
                    sent = MODEL
                case Report():
                    sent = None
                case Send(wants):
                    sent = []
                    for want in wants:
                        self.asked.append(want.prefill)
                        told = self.told(want.prefill)
                        logprobs = (TokenLogprob("?", -1.0, told),) if told else None
                        sent.append((Drawn(Draw("?", "limit", "", 1, 0, 1, logprobs=logprobs), MODEL, True),))


def found(says: dict[str, float], texts: list[str], *, width: int = 1, fold: bool = False, **able: Any) -> Any:
    can = Capabilities(**{"logprobs": True, "top_logprobs": 20, "continuation": True, **able})
    (one,) = Speaker(says, width, can).answer(masses([Place(ASKED, MODEL)], texts, fold=fold))
    return one


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=6), st.integers(1, 9), min_size=1, max_size=6),
    st.integers(1, 4),
)
def test_of_a_model_that_says_nothing_else_it_is_exact(weights: dict[str, int], width: int) -> None:
    # else a prefix would be begun by two ways of cutting it, which the speaker above does not tell apart
    assume(all(len(a) % width == 0 for a in weights for b in weights if a != b and b.startswith(a)))
    total = sum(weights.values())
    says = {text: w / total for text, w in weights.items()}
    texts = list(says)
    assert found(says, texts, width=width) == pytest.approx([says[t] for t in texts], abs=1e-9)


def test_what_else_it_says_takes_its_part() -> None:
    assert found({"yes": 0.3, "no": 0.2, "perhaps": 0.5}, ["yes", "no"]) == pytest.approx((0.3, 0.2))


def test_case_matters_where_it_is_asked_to() -> None:
    assert found({"Yes": 0.3, "yes": 0.2, "no": 0.5}, ["yes", "no"], width=3, fold=True) == pytest.approx((0.5, 0.5))
    assert found({"Yes": 0.3, "yes": 0.2, "no": 0.5}, ["yes", "no"], width=3) == pytest.approx((0.2, 0.5))


def test_a_longer_word_or_number_is_another() -> None:
    assert meets("no", "no", fold=False) and meets("no", "no.", fold=False) and meets("no", "n", fold=False)
    assert not meets("no", "not", fold=False) and not meets("1", "12", fold=False)
    assert not meets("no", "", fold=False) and not meets("", "no", fold=False)


def test_one_token_is_enough_where_the_choices_begin_apart() -> None:
    speaker = Speaker({"red": 0.6, "green": 0.4}, 1, Capabilities(logprobs=True, top_logprobs=5))
    speaker.answer(masses([Place(ASKED, MODEL)], ["red", "green"], fold=False))
    assert speaker.asked == [""]


def test_a_model_that_cannot_continue_or_tells_nothing_is_not_given() -> None:
    alike = found({"red": 0.6, "rose": 0.4}, ["red", "rose"], continuation=False)
    assert isinstance(alike, NotGiven) and "begin alike" in alike.why
    silent = found({"red": 1.0}, ["red"], logprobs=False)
    assert isinstance(silent, NotGiven) and "no log-probabilities" in silent.why
    endless = found({"a" * 40 + "b": 0.5, "a" * 40 + "c": 0.5}, ["a" * 40 + "b", "a" * 40 + "c"])
    assert isinstance(endless, NotGiven) and "12 tokens" in endless.why


def test_a_draw_that_cannot_be_had_is_lost() -> None:
    steps = masses([Place(ASKED, MODEL)], ["a"], fold=False)
    effect, sent = next(steps), None
    while not isinstance(effect, Send):
        sent = Capabilities(logprobs=True, top_logprobs=5) if isinstance(effect, Able) else MODEL
        effect = steps.send(sent)
    told = steps.send([(Missing("no reply"),)])
    assert told == Report("missing", "no reply")
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value == [Lost("no reply")]


def test_heat() -> None:
    assert heated([0.2, 0.4, 0.0], 1.0) == pytest.approx([0.5, 1.0, 0.0])
    assert heated([0.2, 0.4, 0.0], 0.5) == pytest.approx([0.25, 1.0, 0.0])
    assert heated([0.4, 0.4], 0) == [1.0, 0.0]


def test_equal_choices_are_one_and_the_shares_add_up() -> None:
    made = tally_of((1, 2, 1.0), [0.1, 0.2, 0.1])
    assert [(g.value, g.weight) for g in made.groups] == [(1, pytest.approx(0.5)), (2, pytest.approx(0.5))]
    assert made.moment == pytest.approx(1.5) and made.size == 2
    assert forms_of(True) == ("yes", "true") and forms_of(5) == ("5",)


# ---- on a model


PROGRAM = '''
model m = sim("m", accuracy=0.8)
prompt solve(q: text) -> number { user """{{q}}""" answer after("Answer:") }
prompt right(q: text, reply: text) -> bool {
  user """Question: {{q}} Reply: {{reply}} Is the reply right? Answer true or false."""
}
prompt free(q: text) -> text { user """{{q}} Step by step.""" }

pipeline exact(q: text) -> number { right(q, "Answer: 5") | tally(m) | share_of(true) }
pipeline estimate(q: text, n: int) -> number { right(q, "Answer: 5") | sample(m, n=n) | vote | share_of(true) }
pipeline begun(q: text, words: list[text]) -> list[text] {
  free(q) | start(m, n=6) | extend(choices=words, max_tokens=4) | each(it.text)
}
pipeline entropies(q: text) -> list[number] { free(q) | start(m, n=3) | extend(max_tokens=5) | each(it.entropy) }
pipeline logprobs(q: text) -> list[number] { free(q) | sample(m, n=3) | each(it.logprob) }
pipeline neither(q: text) -> int { free(q) | sample(m, n=3) | count(true) }
'''


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("choosing") / "p.inf"
    path.write_text(PROGRAM, "utf-8")
    return path


def run(file: Any, entry: str, store: MemoryStore | None = None, *, plainly: bool = False, **given: Any) -> Any:
    program = ilang.load(f"{file}:{entry}")
    return asyncio.run(program.run_with_async(given, store=store or MemoryStore(), plainly=plainly))


def test_a_tally_is_what_many_draws_estimate(file: Any) -> None:
    for question in ("What is 2 + 3?", "What is 4 * 9?"):
        exact = run(file, "exact", q=question).value
        many = run(file, "estimate", q=question, n=1500).value
        assert exact == pytest.approx(many, abs=4 * math.sqrt(0.25 / 1500))


def test_a_tally_is_one_draw_of_one_token_kept_like_any_other(file: Any) -> None:
    store = MemoryStore()
    first, again = run(file, "exact", store, q="1 + 1"), run(file, "exact", store, q="1 + 1")
    assert (first.paid.draws, first.worth.output_tokens) == (1, 1)
    assert again.paid.calls == 0 and again.value == first.value


def test_a_continuation_begins_with_exactly_one_of_the_choices(file: Any) -> None:
    some = run(file, "neither", q="What is 2 + 3?")
    assert some.value == 3
    texts = [t.text for t in some.trace]
    words = sorted({text.split()[0] for text in texts})
    found = run(file, "begun", q="What is 2 + 3?", words=words)
    assert len(found.value) == 6 and all(text.startswith(tuple(words)) for text in found.value)
    plain = run(file, "begun", plainly=True, q="What is 2 + 3?", words=words)
    assert plain.value == found.value


def test_choices_that_it_would_never_begin_with_leave_the_candidate(file: Any) -> None:
    found = run(file, "begun", q="What is 2 + 3?", words=["\u00e9t\u00e9"])
    assert found.value == [""] * 6
    assert any("none of the choices" in w for w in found.warnings)


def test_draws_bring_log_probabilities_where_they_are_read(file: Any) -> None:
    told = run(file, "logprobs", q="1 + 1")
    assert len(told.value) == 3 and all(p < 0 for p in told.value)
    entropies = run(file, "entropies", q="1 + 1").value
    assert len(entropies) == 3 and all(0 <= e < 10 for e in entropies)


def test_what_reads_none_asks_for_none(file: Any) -> None:
    """A program that reads no log-probability shares its draws with those that never did."""
    store = MemoryStore()
    run(file, "neither", store, q="1 + 1")
    assert run(file, "logprobs", store, q="1 + 1").paid.draws == 3
    assert run(file, "neither", store, q="1 + 1").paid.draws == 0
