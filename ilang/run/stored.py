"""The draws of a real run: from the store, else from the models."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence

from ilang.backend.capabilities import Capabilities
from ilang.backend.prompt_tokens import PromptCounter, most_prompt_tokens
from ilang.backend.protocol import BackendFault
from ilang.base.diagnostic import Diagnostic
from ilang.base.value import Model
from ilang.draws.address import Address
from ilang.draws.batch import Draws
from ilang.draws.draw import Ask, Draw
from ilang.run.failure import RunFailed, fault_diagnostic

Locked = Mapping[str, Collection[str]]
"""By model (`openai:gpt-5-mini`) the revisions that may answer."""


class StoredDraws:
    """`Draws` as a World asks for them. `seed`: that of a row, where it has one of its own. `locked`: what may answer;
    another revision ends the run."""

    def __init__(self, draws: Draws, seed: int | None = None, locked: Locked | None = None) -> None:
        self._draws = draws
        self._locked = locked
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
        found = await self._draws.draw_many(asks, self._book)
        if self._locked is not None:
            for (ask, _), draw in zip(asks, found, strict=True):
                if isinstance(draw, Draw):
                    hold(ask.model, draw, self._locked)
        return found


class NotStored(Exception):
    """A draw is not in the store."""


class KnownDraws(StoredDraws):
    """Those that the store has, at once; no model is asked. Nobody is told of them before they are `taken`."""

    def __init__(self, draws: Draws, seed: int | None = None, locked: Locked | None = None) -> None:
        super().__init__(draws, seed, locked)
        self._used: list[tuple[Ask, Sequence[int], Sequence[Draw]]] = []

    def known(self, ask: Ask, indices: Sequence[int]) -> list[Draw]:
        """These draws of a request. Raises NotStored where one is missing."""
        found = self._draws.known(ask, indices, self._book)
        if found is None:
            raise NotStored
        if self._locked is not None:
            for draw in found:
                hold(ask.model, draw, self._locked)
        self._used.append((ask, indices, found))
        return found

    def taken(self) -> None:
        """What was used counts as found."""
        for ask, indices, draws in self._used:
            self._draws.taken(ask, indices, draws, self._book)


def hold(model: Model, draw: Draw, locked: Locked) -> None:
    """Raises RunFailed for a draw of a revision that is not locked. The draw is kept all the same."""
    known = locked.get(model.shown)
    if draw.instead or (known is not None and draw.model in known):
        return
    was = "is not in the lock" if known is None else f"is locked to {', '.join(sorted(known)) or 'none'}"
    raise RunFailed(
        Diagnostic(
            "model-changed",
            f"{model.shown} {was}, and {draw.model or 'a model without a revision'} answered",
            help="`ilang lock` takes what answers now; without --locked the run goes on",
        )
    )
