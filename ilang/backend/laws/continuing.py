"""Laws of continuation: going on from a given assistant text."""

from __future__ import annotations

from ilang.backend.laws.book import LawBook
from ilang.base.value import Message


class ContinuingLaws(LawBook):
    """A prefill is gone on from exactly at its last character, and is not said again."""

    def test_a_prefill_is_not_repeated(self) -> None:
        """The text after a prefill p does not begin with p: p + text is the whole reply, once."""
        self.needs("continuation")
        text = self.choice(self.greedy(messages=self._after(self.prefill))).text
        start = self.prefill.strip()
        assert not text.lstrip().startswith(start), f"the text repeats its prefill: {text[:80]!r}"

    def test_a_text_taken_up_again_goes_on(self) -> None:
        """At temperature 0, draw(12 tokens) = draw(6 tokens) + draw(6 more after these)."""
        self.needs("continuation", "temperature")
        if not self.exact_continuation:
            self.leave_out("exact_continuation is False")
        whole = self.choice(self.greedy(max_tokens=12))
        half = self.choice(self.greedy(max_tokens=6))
        assert whole.text.startswith(half.text), "the first 6 tokens of a text depend on its limit"
        if half.reason != "limit":
            return
        rest = self.choice(self.greedy(max_tokens=6, messages=self._after(half.text)))
        assert half.text + rest.text == whole.text, f"{half.text!r} went on as {rest.text!r}, not as in {whole.text!r}"

    def _after(self, prefill: str) -> tuple[Message, ...]:
        return (Message("user", self.prompt), Message("assistant", prefill))
