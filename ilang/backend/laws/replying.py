"""Laws of a reply: its choices, its bill, where it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from ilang.backend.laws.book import LawBook, texts
from ilang.backend.protocol import Backend, BackendFault
from ilang.backend.request import Reply, StopReason


class ReplyingLaws(LawBook):
    """A reply has what was asked for, says what it cost, and ends where it was told to."""

    def test_one_choice_where_one_is_asked(self) -> None:
        """n = 1: one choice, whose text is not empty and whose reason is one of the StopReasons."""
        reply = self.ask(self.request())[0]
        assert isinstance(reply, Reply), f"generate() gave a {type(reply).__name__}"
        assert len(reply.choices) == 1, f"{len(reply.choices)} choices for n = 1"
        choice = reply.choices[0]
        assert choice.text or choice.thinking, "an empty text"
        assert choice.reason in get_args(StopReason), f"{choice.reason!r} is no reason to stop"

    def test_exactly_n_choices(self) -> None:
        """n = k, k up to `max_n`: k choices. More than is declared: k choices too, or a BackendFault; never fewer."""

        async def law(backend: Backend) -> None:
            can = self.declared
            for n in (2, 3):
                within = can.n and n <= (can.max_n or n)
                try:
                    reply = await backend.generate(self.request(n=n, seed=11 if can.child_seeds else None))
                except BackendFault:
                    assert not within, f"n = {n} is declared, but refused"
                else:
                    assert len(reply.choices) == n, f"{len(reply.choices)} choices for n = {n}"

        self.hold(law)

    def test_the_bill_is_never_negative(self) -> None:
        """0 <= cached <= input, 0 < input, 0 < output, where the backend tells usage at all."""
        usage = self.ask(self.request())[0].usage
        assert usage.input_tokens > 0, f"{usage.input_tokens} input tokens for a prompt"
        assert usage.output_tokens > 0, f"{usage.output_tokens} output tokens for a reply"
        assert 0 <= usage.cached_tokens <= usage.input_tokens, f"{usage.cached_tokens} cached of {usage.input_tokens}"

    def test_the_parts_add_up_to_the_bill(self) -> None:
        """sum of Choice.tokens = Usage.output_tokens, where every choice tells its own; none is negative."""
        can = self.declared
        n = min(3, can.max_n or 3) if can.n else 1
        reply = self.ask(self.request(n=n, seed=11 if can.seed and (n == 1 or can.child_seeds) else None))[0]
        parts = [choice.tokens for choice in reply.choices if choice.tokens is not None]
        assert all(part >= 0 for part in parts), f"a choice has {min(parts)} tokens"
        if len(parts) == len(reply.choices):
            assert sum(parts) == reply.usage.output_tokens, f"parts of {parts}, {reply.usage.output_tokens} billed"

    def test_a_limit_is_kept(self) -> None:
        """max_tokens = 3: at most 3 tokens, and the reason is "limit" since the reply would be longer."""
        reply = self.ask(self.request(max_tokens=3))[0]
        choice = reply.choices[0]
        assert choice.tokens is None or choice.tokens <= 3, f"{choice.tokens} tokens where 3 are the limit"
        assert reply.usage.output_tokens <= 3, f"{reply.usage.output_tokens} tokens billed where 3 are the limit"
        assert choice.reason == "limit", f"cut at its limit, but the reason is {choice.reason!r}"
        if choice.logprobs is not None:
            assert len(choice.logprobs) <= 3, "more log-probabilities than tokens allowed"

    def test_a_stop_string_is_not_in_the_text(self) -> None:
        """The text ends before the first stop string, which stands in `stop_text`; the reason is "stop"."""
        self.needs("stop")

        async def law(backend: Backend) -> None:
            whole = (await backend.generate(self.greedy())).choices[0].text
            stop = _within(whole)
            choice = (await backend.generate(self.greedy(stop=("\u2603 never \u2603", stop)))).choices[0]
            assert stop not in choice.text, f"the stop string {stop!r} is in the text"
            can = self.declared
            if can.exact_seed:
                assert choice.text == whole[: whole.index(stop)], "the text does not end before the first stop string"
            if not can.stop_reason or (not can.exact_seed and choice.reason in ("limit", "end")):
                return
            assert choice.reason == "stop", f"ended by {stop!r}, but the reason is {choice.reason!r}"
            assert choice.stop_text == stop, f"ended by {stop!r}, but stop_text is {choice.stop_text!r}"

        self.hold(law)

    def test_a_stop_text_has_its_reason(self) -> None:
        """`stop_text` is one of the request's stop strings if and only if the reason is "stop"; else it is empty."""
        self.needs("stop", "stop_reason")
        stop = ("\u2603 never \u2603",)
        for choice in (self.choice(self.request()), self.choice(self.request(stop=stop))):
            assert choice.reason != "stop", "nothing could stop it, but the reason is 'stop'"
            assert choice.stop_text == "", f"nothing stopped it, but stop_text is {choice.stop_text!r}"

    def test_asking_is_no_changing(self) -> None:
        """A request is a value: it is the same after it was sent, and an equal copy is the same request."""
        request = self.request()
        kept = replace(request)
        replies = self.ask(request, replace(request))
        assert request == kept, "generate() changed its request"
        assert all(isinstance(text, str) for reply in replies for text in texts(reply)), "a text is no str"


def _within(text: str) -> str:
    """A string from the middle of a text, the word that stands there; the text must be long enough."""
    words = text.split()
    assert len(words) > 1, f"the laws need a prompt with a reply of several words, not {text!r}"
    middle = words[len(words) // 2]
    first = text.index(middle)
    return middle if first > 0 else words[-1]
