"""Every law catches a backend that breaks it: one deliberately broken `sim` for each."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any
from unittest import SkipTest

import pytest

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Backend, BackendFault, Scored, SettingKind
from ilang.backend.request import Choice, Reply, Request, TokenLogprob, Usage
from ilang.base.value import Model
from ilang.testing import BackendLaws
from ilang_backends.sim.provider import PROVIDER

Answer = Callable[[Backend, Request], Awaitable[Reply]]
MODEL = Model("sim", "small", (("accuracy", 0.05),))  # errs so often that its draws differ


class Broken:
    """A backend that answers by its own rule, and is a `sim` in all else."""

    def __init__(self, whole: Any, answer: Answer) -> None:
        self.capabilities = whole.capabilities
        self._whole, self._answer = whole, answer

    async def generate(self, request: Request) -> Reply:
        return await self._answer(self._whole, request)

    async def score(self, request: Request, continuation: str) -> Scored:
        scored: Scored = await self._whole.score(request, continuation)
        return scored

    async def aclose(self) -> None:
        await self._whole.aclose()


class BrokenProvider:
    """Opens broken backends."""

    name = "sim"
    settings: Mapping[str, SettingKind] = PROVIDER.settings

    def __init__(self, answer: Answer | None = None, **can: Any) -> None:
        self._answer = answer
        self._can = can

    def capabilities(self, model: Model) -> Capabilities:
        return replace(PROVIDER.capabilities(model), **self._can)

    def identity(self, model: Model) -> str:
        return PROVIDER.identity(model)

    async def open(self, model: Model) -> Backend:
        whole = await PROVIDER.open(model)
        whole.capabilities = self.capabilities(model)
        return Broken(whole, self._answer) if self._answer else whole


def laws(provider: Any, **knobs: Any) -> BackendLaws:
    """All laws, of this provider."""
    book: BackendLaws = type("Laws", (BackendLaws,), {"provider": provider, "model": MODEL, **knobs})()
    return book


def each_choice(change: Callable[[Choice], Choice]) -> Answer:
    """Answers as `sim` does, but for a change of every choice."""

    async def answer(whole: Backend, request: Request) -> Reply:
        reply = await whole.generate(request)
        return replace(reply, choices=tuple(change(choice) for choice in reply.choices))

    return answer


def each_request(change: Callable[[Request], Request]) -> Answer:
    """Answers a changed request as `sim` does."""

    async def answer(whole: Backend, request: Request) -> Reply:
        return await whole.generate(change(request))

    return answer


def each_usage(change: Callable[[Usage], Usage]) -> Answer:
    async def answer(whole: Backend, request: Request) -> Reply:
        reply = await whole.generate(request)
        return replace(reply, usage=change(reply.usage))

    return answer


def each_entry(change: Callable[[TokenLogprob], TokenLogprob]) -> Answer:
    def changed(choice: Choice) -> Choice:
        return replace(choice, logprobs=choice.logprobs and tuple(map(change, choice.logprobs)))

    return each_choice(changed)


# ---- providers -------------------------------------------------------------------------------------------------


class Moody(BrokenProvider):
    """Tells other capabilities each time."""

    turns = count()

    def capabilities(self, model: Model) -> Capabilities:
        return replace(PROVIDER.capabilities(model), context=next(self.turns))


class Restless(BrokenProvider):
    """Has another identity each time."""

    turns = count()

    def identity(self, model: Model) -> str:
        return f"sim:{next(self.turns)}"


class Labelled(BrokenProvider):
    """Puts the program's name for a model into its identity."""

    def identity(self, model: Model) -> str:
        return f"sim:{model.label}"


class Undocumented(BrokenProvider):
    settings: Mapping[str, SettingKind] = {"accuracy": SettingKind("number")}


class ClosedOnce(BrokenProvider):
    """Cannot be closed twice."""

    async def open(self, model: Model) -> Backend:
        backend = await PROVIDER.open(model)
        closed = count()

        async def aclose() -> None:
            if next(closed):
                raise RuntimeError("closed already")

        backend.aclose = aclose  # type: ignore[method-assign]
        return backend


class DeafScorer(BrokenProvider):
    """Scores every text alike."""

    async def open(self, model: Model) -> Backend:
        backend = await PROVIDER.open(model)

        async def score(request: Request, continuation: str) -> Scored:
            return Scored(tuple(TokenLogprob(word, -1.0) for word in ("12", " +")))

        backend.score = score  # type: ignore[attr-defined]
        return backend


# ---- answers ---------------------------------------------------------------------------------------------------


async def loses_the_last_choice(whole: Backend, request: Request) -> Reply:
    reply = await whole.generate(request)
    return replace(reply, choices=reply.choices[: max(1, request.n - 1)])


async def says_nothing(whole: Backend, request: Request) -> Reply:
    return Reply((Choice("", tokens=0),), Usage(3, 0, 0))


def ignores_limits(request: Request) -> Request:
    return replace(request, max_tokens=None if request.max_tokens == 3 else request.max_tokens)


def ignores_stops(request: Request) -> Request:
    return replace(request, stop=())


def blames_a_stop(choice: Choice) -> Choice:
    return replace(choice, reason="stop", stop_text="\u2603")


async def rewrites_its_request(whole: Backend, request: Request) -> Reply:
    reply = await whole.generate(request)
    object.__setattr__(request, "seed", 99)
    return reply


def unseeded() -> Answer:
    """Counts its calls instead of reading their seeds."""
    turns = count()
    return each_request(lambda request: replace(request, seed=next(turns)))


def one_seed(request: Request) -> Request:
    return replace(request, seed=5)


async def seeds_in_steps_of_two(whole: Backend, request: Request) -> Reply:
    """Choice j has seed + 2 j."""
    replies = [await whole.generate(replace(request, n=1, seed=(request.seed or 0) + 2 * j)) for j in range(request.n)]
    return replace(replies[0], choices=tuple(reply.choices[0] for reply in replies))


def shared_batch() -> Answer:
    """What is in flight at the same time changes the text."""
    flying = 0

    async def answer(whole: Backend, request: Request) -> Reply:
        nonlocal flying
        flying += 1
        await asyncio.sleep(0.001)
        reply = await whole.generate(replace(request, seed=(request.seed or 0) + 100 * (flying > 1)))
        flying -= 1
        return reply

    return answer


def remembers_the_last_seed() -> Answer:
    """A call leaves something behind for the next."""
    last = 0

    async def answer(whole: Backend, request: Request) -> Reply:
        nonlocal last
        reply = await whole.generate(replace(request, seed=(request.seed or 0) + last))
        last = request.seed or 0
        return reply

    return answer


async def repeats_the_prefill(whole: Backend, request: Request) -> Reply:
    reply = await whole.generate(request)
    if request.messages[-1].role != "assistant":
        return reply
    said = request.messages[-1].content
    return replace(reply, choices=tuple(replace(c, text=said + c.text) for c in reply.choices))


async def begins_anew(whole: Backend, request: Request) -> Reply:
    """Does not go on from a prefill."""
    messages = request.messages[:-1] if request.messages[-1].role == "assistant" else request.messages
    return await whole.generate(replace(request, messages=messages))


def first_entry_missing(choice: Choice) -> Choice:
    return replace(choice, logprobs=choice.logprobs and choice.logprobs[1:])


def likelier_than_certain(entry: TokenLogprob) -> TokenLogprob:
    return replace(entry, logprob=0.5)


def too_likely_alternatives(entry: TokenLogprob) -> TokenLogprob:
    return replace(entry, top=((entry.token, 0.0), ("other", -0.1)))


def a_little_off(entry: TokenLogprob) -> TokenLogprob:
    return replace(entry, logprob=entry.logprob - 0.5)


def no_json(choice: Choice) -> Choice:
    return replace(choice, text="name: amber, age: 7")


async def raises_what_it_met(whole: Backend, request: Request) -> Reply:
    try:
        return await whole.generate(request)
    except BackendFault as fault:
        raise ValueError(fault.message) from None


def sulks() -> Answer:
    """After one fault, answers nobody."""
    hurt = False

    async def answer(whole: Backend, request: Request) -> Reply:
        nonlocal hurt
        if hurt:
            raise BackendFault("overloaded", "not again")
        try:
            return await whole.generate(request)
        except BackendFault:
            hurt = True
            raise

    return answer


async def tells_its_key(whole: Backend, request: Request) -> Reply:
    try:
        return await whole.generate(request)
    except BackendFault as fault:
        raise BackendFault(fault.kind, fault.message, help="the key sk-planted was sent") from None


async def cannot_be_stopped(whole: Backend, request: Request) -> Reply:
    """Swallows its cancellation."""
    try:
        await asyncio.sleep(0.5)
    except asyncio.CancelledError:
        pass
    return await whole.generate(request)


CATCHES: dict[str, BackendLaws] = {
    "test_capabilities_are_the_same_each_time": laws(Moody()),
    "test_capabilities_agree_with_each_other": laws(BrokenProvider(seed=False)),
    "test_the_identity_is_the_same_each_time": laws(Restless()),
    "test_the_label_is_no_part_of_a_model": laws(Labelled()),
    "test_settings_are_declared": laws(Undocumented()),
    "test_a_declared_scorer_scores": laws(BrokenProvider(score=False)),
    "test_closing_twice_is_closing_once": laws(ClosedOnce()),
    "test_one_choice_where_one_is_asked": laws(BrokenProvider(says_nothing)),
    "test_exactly_n_choices": laws(BrokenProvider(loses_the_last_choice)),
    "test_the_bill_is_never_negative": laws(BrokenProvider(each_usage(lambda u: replace(u, cached_tokens=-1)))),
    "test_the_parts_add_up_to_the_bill": laws(
        BrokenProvider(each_usage(lambda u: replace(u, output_tokens=u.output_tokens + 1)))
    ),
    "test_a_limit_is_kept": laws(BrokenProvider(each_request(ignores_limits))),
    "test_a_stop_string_is_not_in_the_text": laws(BrokenProvider(each_request(ignores_stops))),
    "test_a_stop_text_has_its_reason": laws(BrokenProvider(each_choice(blames_a_stop))),
    "test_asking_is_no_changing": laws(BrokenProvider(rewrites_its_request)),
    "test_the_same_seed_gives_the_same_text": laws(BrokenProvider(unseeded())),
    "test_n_choices_are_n_seeded_draws": laws(BrokenProvider(seeds_in_steps_of_two)),
    "test_draws_differ": laws(BrokenProvider(each_request(one_seed))),
    "test_concurrent_calls_are_the_same_draws": laws(BrokenProvider(shared_batch())),
    "test_a_seed_belongs_to_its_request": laws(BrokenProvider(remembers_the_last_seed())),
    "test_a_prefill_is_not_repeated": laws(BrokenProvider(repeats_the_prefill)),
    "test_a_text_taken_up_again_goes_on": laws(BrokenProvider(begins_anew)),
    "test_every_token_has_a_log_probability": laws(BrokenProvider(each_choice(first_entry_missing))),
    "test_nothing_is_told_unasked": laws(BrokenProvider(each_request(lambda r: replace(r, logprobs=True)))),
    "test_the_alternatives_are_likely_ones": laws(BrokenProvider(each_entry(too_likely_alternatives))),
    "test_a_score_is_what_drawing_told": laws(BrokenProvider(each_entry(a_little_off))),
    "test_what_does_not_follow_scores_lower": laws(DeafScorer()),
    "test_a_reply_fits_its_schema": laws(BrokenProvider(each_choice(no_json))),
    "test_a_bad_request_is_a_fault": laws(BrokenProvider(raises_what_it_met)),
    "test_a_backend_outlives_a_fault": laws(BrokenProvider(sulks())),
    "test_a_model_that_cannot_answer_is_a_fault": laws(BrokenProvider(), broken_models=(MODEL,)),
    "test_no_fault_tells_a_secret": laws(BrokenProvider(tells_its_key), secrets={"ILANG_TEST_KEY": "sk-planted"}),
    "test_a_cancelled_call_ends": laws(BrokenProvider(cannot_be_stopped)),
}


@pytest.mark.parametrize("law", CATCHES)
def test_a_broken_backend_is_caught(law: str) -> None:
    with pytest.raises((AssertionError, RuntimeError)):  # the second: a backend that cannot be closed twice
        getattr(CATCHES[law], law)()


@pytest.mark.parametrize("law", CATCHES)
def test_the_same_backend_unbroken_keeps_it(law: str) -> None:
    try:
        getattr(laws(PROVIDER), law)()
    except SkipTest as skipped:
        assert law == "test_a_cancelled_call_ends", skipped  # over before it can be cancelled


def test_every_law_has_a_backend_that_breaks_it() -> None:
    names = {name for name, _ in inspect.getmembers(BackendLaws, inspect.isfunction) if name.startswith("test_")}
    assert names == CATCHES.keys()


def test_every_law_is_stated() -> None:
    for name in CATCHES:
        assert inspect.getdoc(getattr(BackendLaws, name)), name


@pytest.mark.parametrize(
    "answer", [each_entry(likelier_than_certain), each_choice(lambda choice: replace(choice, logprobs=None))]
)
def test_other_wrong_log_probabilities_are_caught(answer: Answer) -> None:
    with pytest.raises(AssertionError):
        laws(BrokenProvider(answer)).test_every_token_has_a_log_probability()


def test_an_empty_answer_to_many_is_caught() -> None:
    async def none(whole: Backend, request: Request) -> Reply:
        return Reply((), Usage(1, 0, 1))

    with pytest.raises(AssertionError):
        laws(BrokenProvider(none)).test_one_choice_where_one_is_asked()


def test_a_swallowed_secret_in_a_cause_is_caught() -> None:
    async def chained(whole: Backend, request: Request) -> Reply:
        try:
            raise OSError("401 for key sk-planted")
        except OSError as error:
            raise BackendFault("unauthorized", "the key was refused") from error

    with pytest.raises(AssertionError):
        laws(BrokenProvider(chained), secrets={"ILANG_TEST_KEY": "sk-planted"}).test_no_fault_tells_a_secret()


def test_a_law_that_nobody_declared_is_left_out() -> None:
    with pytest.raises(SkipTest, match="schema"):
        laws(BrokenProvider(schema=False)).test_a_reply_fits_its_schema()
