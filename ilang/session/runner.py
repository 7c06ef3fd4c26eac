"""Runs a loaded program once: opens the draws, binds the names, executes, and adds up what it cost."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ilang.backend.capabilities import Capabilities
from ilang.backend.prices import prices_of
from ilang.backend.protocol import Backend
from ilang.base.diagnostic import IlangError
from ilang.base.type import Optional
from ilang.base.value import Model, Value
from ilang.check.program import Pipeline, Program
from ilang.draws.batch import Draws
from ilang.draws.event import Event
from ilang.draws.meter import Meter, Paid
from ilang.draws.result import KeepsResults
from ilang.draws.store import Store
from ilang.graph.lower import lower, lower_term
from ilang.graph.node import Graph
from ilang.optimize.optimize import PASSES, Pass, optimize
from ilang.run.execute import Outcome, execute, execute_plainly
from ilang.run.failure import RunFailed
from ilang.run.kept_results import KeptResults
from ilang.run.python_call import Python
from ilang.run.sequential import Sequential
from ilang.run.stored import StoredDraws
from ilang.run.world import Bindings, World
from ilang.run.worth import Worth
from ilang.session.arguments import ABSENT, Data, FromFile, from_data, from_file, from_text, match, runnable
from ilang.session.models import BoundModels
from ilang.session.python import python_refs, reached
from ilang.session.result import Cost, Result, TraceEvent, to_data, votes
from ilang.session.trust import Ask, nobody, require


class Runner:
    """One run of one pipeline."""

    def __init__(self, program: Program, pipeline: Pipeline, models: BoundModels, warnings: Sequence[str]) -> None:
        self.program = program
        self.pipeline = pipeline
        self.models = models
        self.warnings = warnings

    async def run(
        self,
        arguments: Mapping[str, Any],
        *,
        texts: bool = False,
        seed: int = 0,
        store: Store | None = None,
        concurrency: int = 64,
        retries: int = 4,
        on_event: Callable[[Event], None] | None = None,
        passes: Sequence[Pass] = PASSES,
        plainly: bool = False,
        open_backend: Callable[[Model], Any] | None = None,
        watch: Callable[[Draws], None] | None = None,
        ask: Ask = nobody,
    ) -> Result:
        """One run.

        `texts`: the arguments are texts, to be read by type (but for those that are `Data`). `store`:
        where draws are kept (None: the user's). `concurrency`: calls of one model in flight. `plainly`:
        on the plain evaluator. `open_backend` opens a model in the provider's stead. `watch` is given the
        run's draws before it begins, for whoever wants to know what was paid if it is cut short. `ask` is asked
        whether the Python of a library is trusted, where that is not known (`trust.py`); left out, it is not.
        """
        unready = runnable(self.pipeline)
        if unready is not None:
            raise IlangError(unready)
        given = match(self.pipeline, arguments)
        graph = optimize(lower(self.program, self.pipeline.signature.key), () if plainly else passes)
        functions = reached(self.program, [graph, *self._defaults()])
        require(self.program, functions, ask)
        bindings = Bindings(self.models.models, self.models.default, python_refs(functions))
        mine = store if store is not None else open_user_store()
        trace: list[TraceEvent] = []
        instead: Counter[tuple[str, str]] = Counter()

        def event(e: Event) -> None:
            if e.kind in ("hit", "finish") and e.draw is not None:
                trace.append(trace_event(e))
                if e.draw.instead:
                    instead[e.ask.model.label or e.ask.model.shown, e.draw.instead] += 1
            if on_event is not None:
                on_event(e)

        opening = open_backend if open_backend is None else _opening(open_backend)
        draws = Draws(mine, seed=seed, concurrency=concurrency, retries=retries, on_event=event, open_backend=opening)
        kept = KeptResults(mine) if isinstance(mine, KeepsResults) else None
        if watch is not None:
            watch(draws)
        began = time.monotonic()
        try:
            world = World(StoredDraws(draws), bindings, seed=seed, python=Python(bindings.python, kept))
            try:
                world.python.load()
            except RunFailed as failed:
                raise IlangError(failed.diagnostic, exit_code=1) from None
            inputs = [await self._input(world, n, t, v, texts=texts) for n, t, v in given]
            run = execute_plainly if plainly else execute
            outcome = await run(graph, inputs, world, optional=isinstance(self.pipeline.signature.result, Optional))
        finally:
            if kept is not None:
                await kept.aclose()
            await draws.aclose()
            store_warnings = tuple(w.message for w in mine.warnings())
            if store is None:
                mine.close()
        paid = paid_cost(draws.meter, draws, time.monotonic() - began)
        others = [
            f"{n} draw{'' if n == 1 else 's'} of {asked} answered by {other}" for (asked, other), n in instead.items()
        ]
        return self._result(outcome, paid, seed, trace, (*others, *store_warnings))

    async def _input(self, world: World, name: str, type_: Any, given: Any, *, texts: bool) -> Value:
        if given is ABSENT:
            p = next(p for p in self.pipeline.signature.params if p.name == name)
            assert p.default is not None
            return await Sequential(world).run(lower_term(self.program, p.default, name), ())
        if isinstance(given, Data):
            return from_data(name, given.value, type_)
        if isinstance(given, FromFile):
            return from_file(name, given, type_)
        return from_text(name, given, type_) if texts else from_data(name, given, type_)

    def _defaults(self) -> Iterator[Graph]:
        """The graphs of its parameters' defaults."""
        for p in self.pipeline.signature.params:
            if p.default is not None:
                yield lower_term(self.program, p.default, p.name)

    def _result(
        self, outcome: Outcome, paid: Cost, seed: int, trace: list[TraceEvent], more: tuple[str, ...]
    ) -> Result:
        return Result(
            to_data(outcome.value),
            outcome.status,
            self.pipeline.signature.name,
            seed,
            paid,
            worth_cost(outcome.worth),
            votes(outcome.tally) if outcome.tally is not None else None,
            (*self.warnings, *outcome.warnings, *more),
            outcome.error,
            tuple(trace),
        )


def _opening(open_backend: Callable[[Model], Any]) -> Callable[[Model], Any]:
    async def opened(model: Model) -> Backend:
        made = open_backend(model)
        backend: Backend = await made if asyncio.iscoroutine(made) else made
        return backend

    return opened


def trace_event(e: Event) -> TraceEvent:
    assert e.draw is not None
    model = e.ask.model
    return TraceEvent(
        e.ask.prompt,
        model.shown,
        e.index,
        e.kind == "hit",
        e.draw.input_tokens,
        e.draw.output_tokens,
        e.draw.text,
        e.draw.instead or e.draw.model,
        e.draw.cached_tokens,
        e.draw.thinking_tokens,
        e.draw.thinking,
    )


def paid_cost(meter: Meter, draws: Draws, seconds: float) -> Cost:
    """What was paid; dollars are not known where a model was asked whose price is not."""
    total = meter.total
    bills = [bill(model, paid, draws.book.capabilities(model)) for model, paid in meter.by_model.items() if paid.calls]
    return Cost(
        total.calls,
        total.draws,
        total.input_tokens,
        total.cached_tokens,
        total.output_tokens,
        None if None in bills else float(sum(one for one in bills if one is not None)),
        round(seconds, 3),
    )


def bill(model: Model, paid: Paid, able: Capabilities) -> Fraction | None:
    """What a model's calls cost at its prices, in USD; None where they are not known."""
    prices = prices_of(model, able)
    return None if prices is None else prices.of(paid.input_tokens, paid.output_tokens, paid.cached_tokens)


def worth_cost(worth: Worth) -> Cost:
    return Cost(
        worth.calls,
        worth.draws,
        worth.input_tokens,
        0,
        worth.output_tokens,
        None if worth.usd is None else float(worth.usd),
        None,
    )


def open_user_store() -> Store:
    """The user's own store: `ILANG_STORE`, else in the user's cache."""
    from ilang.draws.directory import default_directory
    from ilang.draws.disk_store import open_store

    return open_store(default_directory())
