"""The draws of a real run: from the store, else from the models."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from ilang.backend.capabilities import Capabilities
from ilang.backend.prompt_tokens import PromptCounter, most_prompt_tokens
from ilang.backend.protocol import BackendFault
from ilang.base.value import Model
from ilang.draws.address import Address
from ilang.draws.batch import Draws
from ilang.draws.draw import Ask, Draw
from ilang.run.failure import RunFailed, fault_diagnostic


class StoredDraws:
    """`Draws` as a World asks for them. `seed`: that of a row, where it has one of its own."""

    def __init__(self, draws: Draws, seed: int | None = None) -> None:
        self._draws = draws
        self._book = draws.book if seed is None or seed == draws.book.seed else draws.book.seeded(seed)

    def key(self, ask: Ask) -> Hashable:
        """The request's own key, without the run's seed being asked again."""
        try:
            return self._book.key(ask)
        except BackendFault as fault:
            raise RunFailed(fault_diagnostic(fault, ask.model.label or ask.model.provider)) from None

    def capabilities(self, model: Model) -> Capabilities:
        try:
            return self._book.capabilities(model)
        except BackendFault as fault:
            raise RunFailed(fault_diagnostic(fault, model.label or model.provider)) from None

    def most_prompt_tokens(self, ask: Ask) -> int:
        provider = self._book.provider(ask.model)
        bounds = [most_prompt_tokens(ask.request)]
        if isinstance(provider, PromptCounter):
            bounds.append(provider.most_prompt_tokens(ask.request))
        context = self.capabilities(ask.model).context
        if context is not None:
            bounds.append(context)  # a longer one is refused
        return min(bounds)

    def stored(self, key: Hashable, indices: Sequence[int]) -> Collection[int]:
        """Those that the store has."""
        return self._draws.stored([Address(str(key), index) for index in indices])

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw | BackendFault]:
        return await self._draws.draw_many(asks, self._book)
