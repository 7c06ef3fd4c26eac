"""Laws of a provider: what it tells before anything is opened."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ilang.backend.capabilities import Capabilities
from ilang.backend.laws.book import LawBook
from ilang.backend.protocol import Backend, Scorer

SETTING_TYPES = ("text", "int", "number", "bool")


class ProvidingLaws(LawBook):
    """A provider tells the truth, always the same, without opening anything."""

    def test_capabilities_are_the_same_each_time(self) -> None:
        """capabilities(m) = capabilities(m): a pure function of the model, and the opened backend has them too."""
        first, second = self.provider.capabilities(self.model), self.provider.capabilities(replace(self.model))
        assert isinstance(first, Capabilities), f"capabilities() gave a {type(first).__name__}"
        assert first == second, "capabilities() differs between two calls for one model"

        async def law(backend: Backend) -> None:
            assert backend.capabilities == first, "the opened backend has other capabilities than its provider told"

        self.hold(law)

    def test_capabilities_agree_with_each_other(self) -> None:
        """`child_seeds` and `exact_seed` need `seed`; `max_n` needs `n`; `top_logprobs` needs `logprobs`."""
        can = self.declared
        assert can.seed or not can.child_seeds, "child_seeds is declared without seed"
        assert can.seed or not can.exact_seed, "exact_seed is declared without seed"
        assert can.n or can.max_n is None, "max_n is declared without n"
        assert can.max_n is None or can.max_n >= 1, "max_n is below 1"
        assert can.logprobs or not can.top_logprobs, "top_logprobs is declared without logprobs"
        assert can.max_tokens >= 1, "max_tokens, the limit that is sent by default, is below 1"

    def test_the_identity_is_the_same_each_time(self) -> None:
        """identity(m) = identity(m), is not empty, and does not change while the model is open."""
        before = self.provider.identity(self.model)
        assert isinstance(before, str) and before.strip(), "identity() is empty"
        assert self.provider.identity(replace(self.model)) == before, "identity() differs between two calls"

        async def law(backend: Backend) -> None:
            assert self.provider.identity(self.model) == before, "identity() changed when the model was opened"

        self.hold(law)
        assert self.provider.identity(self.model) == before, "identity() changed after a run"

    def test_the_label_is_no_part_of_a_model(self) -> None:
        """Two names in a program for one model are one model: same identity, same capabilities."""
        other = replace(self.model, label="another name")
        assert self.provider.identity(other) == self.provider.identity(self.model), "identity() depends on the label"
        assert self.provider.capabilities(other) == self.declared, "capabilities() depends on the label"

    def test_settings_are_declared(self) -> None:
        """Every setting has a name, one of the types text, int, number, bool, and documentation."""
        assert self.provider.name.isidentifier(), f"`{self.provider.name}` cannot stand in a program"
        for name, kind in self.provider.settings.items():
            assert name.isidentifier(), f"the setting `{name}` cannot stand in a program"
            assert kind.type in SETTING_TYPES, f"the setting `{name}` has type {kind.type}"
            assert kind.doc.strip(), f"the setting `{name}` has no documentation"

    def test_a_declared_scorer_scores(self) -> None:
        """`score` is declared if and only if the opened backend is a Scorer."""

        async def law(backend: Backend) -> None:
            assert isinstance(backend, Scorer) == self.declared.score, "`score` is declared otherwise than it is"

        self.hold(law)

    def test_closing_twice_is_closing_once(self) -> None:
        """aclose() may be called again, after a call and on a backend that never answered."""

        async def body() -> None:
            unused = await self.provider.open(self.model)
            await unused.aclose()
            await unused.aclose()
            used = await self.provider.open(self.model)
            await used.generate(self.request())
            await used.aclose()
            await used.aclose()

        asyncio.run(body())
