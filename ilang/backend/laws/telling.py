"""Laws of log-probabilities, and of scoring given text."""

from __future__ import annotations

import math

from ilang.backend.laws.book import LawBook
from ilang.backend.protocol import Backend, Scorer
from ilang.backend.request import Choice, TokenLogprob


class TellingLaws(LawBook):
    """What is told of probabilities is a probability, and told of every token."""

    def test_every_token_has_a_log_probability(self) -> None:
        """One entry a token, each finite and at most 0; their tokens make up the text."""
        self.needs("logprobs")
        choice = self.choice(self.request(logprobs=True))
        entries = _told(choice)
        assert choice.tokens is None or len(entries) == choice.tokens, f"{len(entries)} entries, {choice.tokens} tokens"
        for entry in entries:
            assert math.isfinite(entry.logprob), f"{entry.token!r} has log-probability {entry.logprob}"
            assert entry.logprob <= self.tolerance, f"{entry.token!r} has log-probability {entry.logprob} > 0"
        joined = "".join(entry.token for entry in entries)
        if "\ufffd" not in joined:  # a character cut between two tokens
            assert choice.text.strip() in joined, f"the tokens {joined!r} are not those of the text {choice.text!r}"

    def test_nothing_is_told_unasked(self) -> None:
        """Without `logprobs`, a choice has none: what is stored is what was asked for."""
        self.needs("logprobs")
        assert self.choice(self.request()).logprobs is None, "log-probabilities came unasked"

    def test_the_alternatives_are_likely_ones(self) -> None:
        """At most `top_logprobs` alternatives, likeliest first, none twice, whose probabilities sum to at most 1."""
        self.needs("logprobs", "top_logprobs")
        k = min(4, self.declared.top_logprobs)
        for entry in _told(self.choice(self.request(logprobs=True, top_logprobs=k))):
            logs = [logprob for _, logprob in entry.top]
            assert 1 <= len(logs) <= k, f"{len(logs)} alternatives where {k} were asked for"
            whole = [token for token, _ in entry.top if "\ufffd" not in token]
            assert len(set(whole)) == len(whole), f"one stands twice at {entry.token!r}"
            assert logs == sorted(logs, reverse=True), f"alternatives at {entry.token!r} are not likeliest first"
            total = sum(map(math.exp, logs))
            assert total <= 1.0 + self.tolerance, f"probabilities at {entry.token!r} sum to {total}"
            told = dict(entry.top).get(entry.token)
            assert told is None or abs(told - entry.logprob) <= self.tolerance, f"{entry.token!r} has two probabilities"

    def test_a_score_is_what_drawing_told(self) -> None:
        """score(r, text) = the log-probabilities with which generate(r) wrote that text, token by token."""
        self.needs("score", "logprobs")

        async def law(backend: Backend) -> tuple[tuple[TokenLogprob, ...], tuple[TokenLogprob, ...]]:
            assert isinstance(backend, Scorer), "`score` is declared, but the backend is no Scorer"
            drawn = (await backend.generate(self.request(logprobs=True, max_tokens=10))).choices[0]
            scored = await backend.score(self.request(), drawn.text)
            return _told(drawn), scored.tokens

        drawn, scored = self.hold(law)
        assert scored, "no token was scored"
        assert len(scored) <= len(drawn), f"{len(scored)} tokens scored, {len(drawn)} drawn"  # drawn: also what ends it
        for told, given in zip(drawn, scored, strict=False):
            assert told.token == given.token, f"{told.token!r} was drawn, {given.token!r} scored"
            off = abs(told.logprob - given.logprob)
            assert off <= self.score_tolerance, f"{told.token!r}: drawn with {told.logprob}, scored {given.logprob}"

    def test_what_does_not_follow_scores_lower(self) -> None:
        """score(r, what the model says) > score(r, as many characters of nonsense); every score is at most 0."""
        self.needs("score")

        async def law(backend: Backend) -> tuple[float, float]:
            assert isinstance(backend, Scorer), "`score` is declared, but the backend is no Scorer"
            text = (await backend.generate(self.greedy(max_tokens=10))).choices[0].text
            nonsense = "\u00a7q#\u00a4 " * (len(text) // 5 + 1)
            sums = []
            for given in (text, nonsense):
                entries = (await backend.score(self.request(), given)).tokens
                assert all(entry.logprob <= self.tolerance for entry in entries), "a score is above 0"
                sums.append(sum(entry.logprob for entry in entries))
            return sums[0], sums[1]

        likely, nonsense = self.hold(law)
        assert likely > nonsense, f"the model's own text scores {likely}, nonsense {nonsense}"


def _told(choice: Choice) -> tuple[TokenLogprob, ...]:
    assert choice.logprobs is not None, "log-probabilities were asked for, but none came"
    return choice.logprobs
