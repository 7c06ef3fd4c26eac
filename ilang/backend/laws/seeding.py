"""Laws of seeds: which draws are equal, and which are not."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ilang.backend.laws.book import LawBook, texts
from ilang.backend.protocol import Backend
from ilang.backend.request import Reply, Request


class SeedingLaws(LawBook):
    """A seed stands for a draw as far as the backend declares that it does."""

    def test_the_same_seed_gives_the_same_text(self) -> None:
        """generate(r, s) = generate(r, s), in one opened backend and in another."""
        self.needs("seed", "exact_seed")
        first, second = self.ask(self.request(), self.request())
        again = self.ask(self.request())[0]
        assert texts(first) == texts(second), "the same request and seed gave another text"
        assert texts(first) == texts(again), "opened anew, the same request and seed gave another text"

    def test_n_choices_are_n_seeded_draws(self) -> None:
        """generate(r, n = k, s)[j] = generate(r, n = 1, s + j)."""
        self.needs("n", "seed", "child_seeds", "exact_seed")
        n = min(4, self.declared.max_n or 4)
        seeds = range(11, 11 + n)
        whole, *single = self.ask(self.request(n=n), *(self.request(seed=seed) for seed in seeds))
        assert texts(whole) == tuple(texts(reply)[0] for reply in single), "choice j is not the draw of seed + j"

    def test_draws_differ(self) -> None:
        """At temperature 1, eight draws (with seeds 0 to 7, where there are seeds) are at least two texts."""
        self.needs("temperature")
        seeds = range(8) if self.declared.seed else (None,) * 8
        replies = self.ask(*(self.request(seed=seed) for seed in seeds))
        assert len({texts(reply) for reply in replies}) > 1, "eight draws at temperature 1 are one text"

    def test_concurrent_calls_are_the_same_draws(self) -> None:
        """gather(generate(r, s) for s) = [generate(r, s) for s]: what shares its batch changes no text."""
        self.needs("seed", "exact_seed")
        requests = [self.request(seed=seed) for seed in range(6)]

        async def together(backend: Backend) -> list[Reply]:
            return await asyncio.gather(*map(backend.generate, _shuffled(requests)))

        alone = self.ask(*requests)
        pairs = zip(_shuffled(requests), self.hold(together), strict=True)
        found = {request.seed: texts(reply) for request, reply in pairs}
        for request, reply in zip(requests, alone, strict=True):
            assert found[request.seed] == texts(reply), f"seed {request.seed} gave another text beside other calls"

    def test_a_seed_belongs_to_its_request(self) -> None:
        """A draw in between, of another seed or limit, does not change what a seed gives."""
        self.needs("seed", "exact_seed")
        request = self.request()
        other = replace(request, seed=12, max_tokens=5)
        first, _, second = self.ask(request, other, request)
        assert texts(first) == texts(second), "a call in between changed what a seed gives"


def _shuffled(requests: list[Request]) -> list[Request]:
    """Another order, always the same."""
    return requests[1::2] + requests[0::2][::-1]
