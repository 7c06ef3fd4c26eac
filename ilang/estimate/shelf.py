"""Draws as an estimate sees them: what a request is, what the store has of it. Asks no model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from itertools import islice

from ilang.backend.capabilities import Capabilities
from ilang.backend.prompt_tokens import PromptCounter, most_prompt_tokens
from ilang.backend.protocol import BackendFault
from ilang.base.value import Model
from ilang.draws.address import Address
from ilang.draws.address_book import AddressBook
from ilang.draws.draw import Ask, Draw
from ilang.draws.entry import Entry
from ilang.draws.store import Store
from ilang.run.failure import RunFailed, fault_diagnostic
from ilang.run.world import asked_id

SAMPLED = 20_000
"""Entries of the store that are read for means and parts, at most: by their hashes, so of all kinds alike."""


@dataclass(frozen=True, slots=True)
class Mean:
    """Tokens of the replies to a prompt, by so many of them."""

    output: float
    draws: int


class Shelf:
    """`Draws` for a World over a store, None where there is none. Raises RunFailed where a provider is missing."""

    def __init__(self, store: Store | None, seed: int = 0) -> None:
        self.book = AddressBook(seed)
        self._store = store
        self._entries: dict[tuple[str, str, str], list[Entry]] | None = None

    def seeded(self, seed: int) -> Shelf:
        """The same under the seed of a row."""
        if seed == self.book.seed:
            return self
        other = Shelf(self._store, seed)
        other.book, other._entries = self.book.seeded(seed), self._entries
        return other

    def key(self, ask: Ask) -> Hashable:
        try:
            return self.book.key(ask)
        except BackendFault as fault:
            raise RunFailed(fault_diagnostic(fault, ask.model.label or ask.model.provider)) from None

    def capabilities(self, model: Model) -> Capabilities:
        try:
            return self.book.capabilities(model)
        except BackendFault as fault:
            raise RunFailed(fault_diagnostic(fault, model.label or model.provider)) from None

    def most_prompt_tokens(self, ask: Ask) -> int:
        provider = self.book.provider(ask.model)
        bounds = [most_prompt_tokens(ask.request)]
        if isinstance(provider, PromptCounter):
            bounds.append(provider.most_prompt_tokens(ask.request))
        context = self.capabilities(ask.model).context
        if context is not None:
            bounds.append(context)
        return min(bounds)

    def found(self, key: Hashable, indices: Sequence[int]) -> dict[int, Draw]:
        """Those of the draws of a request that the store has."""
        if self._store is None or not indices:
            return {}
        there = self._store.get_many([Address(str(key), i) for i in indices])
        return {address.index: entry.draw for address, entry in there.items()}

    def stored(self, key: Hashable, indices: Sequence[int]) -> Collection[int]:
        return self.found(key, indices)

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw | BackendFault]:
        raise BackendFault("not-stored", "an estimate asks no model")

    def mean(self, prompt: str, model: Model) -> Mean | None:
        """What the store's draws of a prompt, by this model, have been like; None where it has none."""
        entries = self.entries(prompt, model)
        if not entries:
            return None
        return Mean(sum(e.draw.output_tokens for e in entries) / len(entries), len(entries))

    def entries(self, prompt: str, model: Model | None = None) -> Sequence[Entry]:
        """Entries of a prompt, as many as are read; of one model, or of any."""
        if self._entries is None:
            self._entries = defaultdict(list)
            read = getattr(self._store, "entries", tuple)
            for _, entry in islice(read(), SAMPLED):
                self._entries[entry.prompt, entry.provider, entry.asked].append(entry)
        if model is None:
            return [e for (name, _, _), some in self._entries.items() if name == prompt for e in some]
        return self._entries.get((prompt, self.book.identity(model), asked_id(model)), [])

    def parts(self, ask: Ask, key: str) -> tuple[str, ...]:
        """A short hash for each part of a request, as it is kept with a draw (`address.parts`)."""
        return self.book.parts(ask, key)
