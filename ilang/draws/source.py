"""Where an executor gets its draws from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ilang.backend.protocol import BackendFault
from ilang.draws.draw import Ask, Draw


class DrawSource(Protocol):
    """Gives draw `index` of a request: the same one, whoever asks and in whatever order."""

    async def draw(self, ask: Ask, index: int) -> Draw:
        """One draw. Raises BackendFault where none could be had."""
        ...

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw | BackendFault]:
        """A draw, or the fault that stood in its way, for each (ask, index), in the order asked."""
        ...
