"""Once: what no row changes, reckoned where it is first read and kept for all rows of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilang.base.value import Value
from ilang.graph.node import Graph
from ilang.run.closure import Ready
from ilang.stages.stage import CannotGive, NothingLeft

if TYPE_CHECKING:
    from ilang.run.sequential import Sequential
    from ilang.run.world import Reports, World


@dataclass(frozen=True, slots=True)
class Kept:
    """What a body gave, or how it failed; what it reported, and what its stages noted, for each row to be told."""

    outcome: Ready | Exception
    reports: Reports
    notes: list[dict[str, Any]]


class Once:
    """The bodies that are kept in one run, by identity. Belongs to one event loop."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Graph, Kept | asyncio.Future[Kept]]] = {}

    async def value(self, body: Graph, world: World, evaluator: Callable[[World], Sequential]) -> Value:
        """What the body gives. The world of the row is told what is reported. Raises as the body does."""
        kept = await self._kept(body, world, evaluator)
        world.reports.add_all(kept.reports)
        if world.note is not None:
            for note in kept.notes:
                world.note(dict(note))
        if isinstance(kept.outcome, Exception):
            raise kept.outcome
        return kept.outcome.value

    async def _kept(self, body: Graph, world: World, evaluator: Callable[[World], Sequential]) -> Kept:
        while (known := self._known.get(id(body))) is not None:
            one = known[1]
            if isinstance(one, Kept):
                return one
            try:
                return await asyncio.shield(one)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if not one.cancelled() or (task is not None and task.cancelling()):
                    raise  # else it was the row that had begun it which was ended: this one begins it anew
        future: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self._known[id(body)] = (body, future)
        try:
            kept = await self._reckoned(body, world, evaluator)
        except BaseException:
            del self._known[id(body)]
            future.cancel()
            raise
        self._known[id(body)] = (body, kept)
        future.set_result(kept)
        return kept

    async def _reckoned(self, body: Graph, world: World, evaluator: Callable[[World], Sequential]) -> Kept:
        aside = world.aside()
        notes: list[dict[str, Any]] = []
        aside.note = notes.append
        outcome: Ready | Exception
        try:
            outcome = Ready(await evaluator(aside).of_body(body))
        except (CannotGive, NothingLeft) as failure:
            outcome = failure
        return Kept(outcome, aside.reports, notes)
