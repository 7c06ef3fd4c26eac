"""Runs a loaded program: opens the draws, binds the names, executes row by row, and adds up what it cost."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from ilang.backend.prices import prices_of
from ilang.backend.protocol import Backend
from ilang.base.diagnostic import IlangError
from ilang.base.ranges import EAGER
from ilang.base.type import Optional
from ilang.base.value import Model, Value
from ilang.check.capable import Bound, capabilities, sites
from ilang.check.program import Pipeline, Program
from ilang.draws.address import Address
from ilang.draws.batch import Draws
from ilang.draws.draw import Ask as DrawAsk
from ilang.draws.draw import Draw
from ilang.draws.event import Event, EventKind
from ilang.draws.flight import Found, OnTogether, one_by_one
from ilang.draws.result import KeepsResults
from ilang.draws.stand_in import with_stand_ins
from ilang.draws.store import Store
from ilang.graph.lower import lower, lower_term
from ilang.graph.node import Graph
from ilang.optimize.given import given
from ilang.optimize.hoist import hoist
from ilang.optimize.optimize import EXACT, PASSES, Pass, optimize
from ilang.run.budget import no_price
from ilang.run.execute import Outcome, execute, execute_plainly
from ilang.run.failure import RunFailed
from ilang.run.from_store import from_store
from ilang.run.kept_results import KeptResults
from ilang.run.once import Once
from ilang.run.purse import Purse, purse_of
from ilang.run.python_call import Python
from ilang.run.sequential import Sequential
from ilang.run.sites import Sites, has_budget
from ilang.run.stored import KnownDraws, Locked, StoredDraws
from ilang.run.turn import Turn
from ilang.run.world import Bindings, World
from ilang.session.arguments import ABSENT, Data, FromFile, from_data, from_file, from_text, match, runnable
from ilang.session.bill import paid_cost, unpriced, worth_cost
from ilang.session.models import BoundModels
from ilang.session.paid_again import why_paid
from ilang.session.python import python_refs, reached
from ilang.session.result import Cost, Result, TraceEvent, to_data, votes
from ilang.session.runs import before
from ilang.session.trace import Trace
from ilang.session.trust import Ask, nobody, require

BudgetOrder = Literal["rows", "any"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is done; none of it is part of an address but `seed`.

    `store`: where draws are kept (None: the user's). `trace`: whether what happens is written down (`trace.py`).
    `budget`: what may be paid, over all rows (usd, tokens, calls, seconds); `budget_order`: "rows" admits in the order
    of the rows, "any" whatever is ready and fits; `budget_cut`: a draw for which it has no room is begun all the same,
    and cut where it ends. `locked`: the revisions that may answer, by model. `offline`: no model is asked.
    `concurrency`: calls of one model in flight. `retries`: how often a call is tried again. `on_event` is told of every
    draw; `on_together` in its stead of several of one request (`flight.py`). `eager`: of draws in waves the part that
    goes out at once at least. `plainly`: on the plain evaluator. `open_backend` opens a model in the provider's stead.
    `watch` is given the run's draws before it begins, for whoever wants to know what was paid if it is cut short. `ask`
    is asked whether the Python of a library is trusted, where that is not known.
    """

    seed: int = 0
    store: Store | None = None
    trace: bool = False
    locked: Locked | None = None
    offline: bool = False
    budget: Mapping[str, int | float] | None = None
    budget_order: BudgetOrder = "rows"
    budget_cut: bool = False
    concurrency: int = 64
    retries: int = 4
    on_event: Callable[[Event], None] | None = None
    on_together: OnTogether | None = None
    passes: Sequence[Pass] = PASSES
    eager: float = EAGER
    plainly: bool = False
    open_backend: Callable[[Model], Any] | None = None
    watch: Callable[[Draws], None] | None = None
    ask: Ask = nobody


def passes_of(options: Options) -> tuple[Pass, ...]:
    """The passes of a run. Under a budget all is drawn that is wanted: it admits in the order of the draws."""
    if options.plainly:
        return ()
    return tuple(one for one in options.passes if one in EXACT or not options.budget)


PAUSE = 64
"""Rows of which one is tried from the store, at least, however many it had nothing for."""


class Runner:
    """A pipeline that is ready to run, and what it runs with: an asynchronous context manager. `row` runs it once.

        async with Runner(program, pipeline, models, options) as run:
            outcome = await run.row({"question": "2 + 2?"})

    Rows may run side by side; they share the draws, the Python functions and the bill.
    """

    def __init__(self, program: Program, pipeline: Pipeline, models: BoundModels, options: Options) -> None:
        """Raises IlangError where the pipeline cannot run by itself, its Python is not trusted, or a budget in USD
        stands over a model whose price is not known."""
        unready = runnable(pipeline)
        if unready is not None:
            raise IlangError(unready)
        self.program = program
        self.pipeline = pipeline
        self.models = models
        self.options = options
        key = pipeline.signature.key
        self.graph = optimize(lower(program, key), passes_of(options))
        self.optional = isinstance(pipeline.signature.result, Optional)
        self.defaults: dict[str, Graph] = {
            p.name: lower_term(program, p.default, p.name) for p in pipeline.signature.params if p.default is not None
        }
        functions = reached(program, [self.graph, *self.defaults.values()])
        require(program, functions, options.ask)
        self.bindings = Bindings(models.models, models.default, python_refs(functions))
        self.instead: Counter[tuple[str, str]] = Counter()
        self.answered: set[Model] = set()
        self.revisions: dict[str, set[str]] = {}
        self.trace: Trace | None = None
        self.summary: dict[str, Any] = {}  # what a trace says of the run at its end
        self.draws: Draws
        self.purse: Purse | None = None
        self._python: Python
        self._kept: KeptResults | None = None
        self._store: Store
        self._sites: Sites | None = None
        self._once = Once()
        self._default_values: dict[str, Value] = {}
        self._began = 0.0
        self._cold = 0  # so many rows are not tried from the store
        self._pause = 1
        self._copy: TemporaryDirectory[str] | None = None  # of a store that nothing can be written to
        self._refuse_unpriced()

    def _opened(self) -> Store:
        """The user's store; offline a copy of one that cannot be written. Raises IlangError."""
        try:
            return open_user_store()
        except IlangError as error:
            if not self.options.offline or error.diagnostics[0].code != "store-read-only":
                raise
            from ilang.draws.directory import default_directory
            from ilang.draws.store_copy import copied

            try:
                store, self._copy = copied(default_directory())
            except OSError:
                raise error from None
            return store

    async def __aenter__(self) -> Runner:
        """Raises IlangError where the store cannot be opened or a Python file not imported."""
        options = self.options
        self._store = options.store if options.store is not None else self._opened()
        self._began = time.monotonic()
        if options.budget:
            self.purse = purse_of(options.budget, any_order=options.budget_order == "any", cut=options.budget_cut)
        opening = options.open_backend if options.open_backend is None else _opening(options.open_backend)
        self.draws = Draws(
            self._store,
            seed=options.seed,
            concurrency=options.concurrency,
            retries=options.retries,
            on_event=self._hear,
            on_together=self._hear_together,
            open_backend=opening,
            spare=None if self.purse is None else self._spare,
            offline=options.offline,
        )
        if options.trace:
            self.trace = Trace(self._about(), sources(self.program))
        self._kept = KeptResults(self._store) if isinstance(self._store, KeepsResults) else None
        self._python = Python(self.bindings.python, self._kept)
        if options.watch is not None:
            options.watch(self.draws)
        try:
            self._python.load()
        except RunFailed as failed:
            await self.__aexit__()
            raise IlangError(failed.diagnostic, exit_code=1) from None
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes what was opened; what came is durable then."""
        if self._kept is not None:
            await self._kept.aclose()
        await self.draws.aclose()
        if self.trace is not None:
            self.trace.end({**self.summary, "paid": asdict(self.paid), "revisions": self._revised()})
        if self.options.store is None:
            self._store.close()
        if self._copy is not None:
            self._copy.cleanup()

    async def row(self, arguments: Mapping[str, Any], *, texts: Callable[[str], bool] | None = None) -> Outcome:
        """One evaluation. `texts`: which arguments are texts, to be read by type. Raises IlangError for arguments that
        do not fit."""
        inputs = await self.inputs(arguments, texts=texts)
        return self.from_store(inputs) or await self.evaluate(inputs)

    async def inputs(self, arguments: Mapping[str, Any], *, texts: Callable[[str], bool] | None = None) -> list[Value]:
        """The values of the parameters. Raises IlangError for arguments that do not fit."""
        given = match(self.pipeline, arguments)
        return [await self._input(n, t, v, texts=texts is not None and texts(n)) for n, t, v in given]

    async def same_for_all(self, constants: Mapping[str, Any]) -> Graph:
        """The graph for rows that are all given these arguments, as texts: what depends on them alone is done once."""
        if hoist not in passes_of(self.options):
            return self.graph
        values: dict[int, Value] = {}
        try:
            for place, p in enumerate(self.pipeline.signature.params):
                if p.name in constants:
                    values[place] = await self._input(p.name, p.type, constants[p.name], texts=True)
        except IlangError:
            return self.graph  # each row says so
        return hoist(given(self.graph, values)) if values else self.graph

    def place(self) -> Turn | None:
        """The place of the next row under the run's budget, to be given to `evaluate`; None where there is none.

        One that is not evaluated is to be left (`leave`), for those behind it wait.
        """
        return None if self.purse is None else self.purse.row()

    def leave(self, place: Turn | None) -> None:
        """Nothing more is paid for at this place."""
        if self.purse is not None and place is not None:
            self.purse.ledger.ended(place)

    async def evaluate(
        self,
        inputs: Sequence[Value],
        *,
        seed: int | None = None,
        place: Turn | None = None,
        row: int | None = None,
    ) -> Outcome:
        """One evaluation of the graph. `seed`: a row's own, if it has one. `place`: its place under
        the run's budget, left out: behind all others. `row`: its number, for the trace. Raises IlangError where the
        store fails."""
        place = place or self.place()
        world = self._world(seed, place)
        if self.trace is not None:
            world.note = self.trace.stage(row)
        try:
            if self.options.plainly:
                return await execute_plainly(self.graph, inputs, world, optional=self.optional)
            if self._sites is None:
                budgets = self.purse is not None or has_budget(self.graph)
                self._sites = Sites(self.bindings.models, self.bindings.default, spending=budgets)
            return await execute(self.graph, inputs, world, optional=self.optional, sites=self._sites)
        finally:
            self.leave(place)

    def from_store(self, inputs: Sequence[Value], *, seed: int | None = None, row: int | None = None) -> Outcome | None:
        """As `evaluate`, at once, where the store has all draws for it; None else. After rows for which it had not, not
        each is tried. Under a budget none is: what may be paid is decided in the order of the rows."""
        if self.purse is not None or self.options.plainly:
            return None
        if self._cold:
            self._cold -= 1
            return None
        run_seed = self.options.seed if seed is None else seed
        draws = KnownDraws(self.draws, run_seed, self.options.locked)
        world = World(draws, self.bindings, seed=run_seed, python=self._python, once=self._once)
        world.eager = self.options.eager
        notes: list[dict[str, Any]] = []
        if self.trace is not None:
            world.note = notes.append
        outcome = from_store(self.graph, inputs, world, optional=self.optional)
        if outcome is None:
            self._cold = self._pause
            self._pause = min(2 * self._pause, PAUSE)
            return None
        self._pause = 1
        draws.taken()
        if self.trace is not None:
            note = self.trace.stage(row)
            for made in notes:
                note(made)
        return outcome

    def _world(self, seed: int | None, place: Turn | None = None) -> World:
        run_seed = self.options.seed if seed is None else seed
        draws = StoredDraws(self.draws, run_seed, self.options.locked)
        purse = self.purse if place is not None else None
        python, once = self._python.apart(), self._once
        world = World(draws, self.bindings, seed=run_seed, python=python, purse=purse, turn=place, once=once)
        world.eager = self.options.eager
        return world

    def _spare(self, ask: DrawAsk, model: Model, prompt: int | None) -> bool:
        """Whether the budget has room for a call of this model that no draw stands for."""
        assert self.purse is not None
        if prompt is None:
            prompt = StoredDraws(self.draws).most_prompt_tokens(replace(ask, model=model))
        return self.purse.spare_call(prompt, prices_of(model, self.draws.book.capabilities(model)))

    def _refuse_unpriced(self) -> None:
        """Raises IlangError for a budget in USD over models whose price is not known."""
        if self.options.budget is None or "usd" not in self.options.budget:
            return
        bound = Bound(self.models.models, self.models.default)
        named = {m for site in sites(self.program, bound, self.pipeline.signature.key) for m in site.models}
        asked = {m for model in named for m in with_stand_ins(model)}
        for model in sorted(asked, key=lambda m: m.shown):
            able = capabilities(model)
            if able is not None and prices_of(model, able) is None:
                raise IlangError(no_price("--budget usd=...", model.shown))

    @property
    def paid(self) -> Cost:
        """What was paid so far, and the seconds since the run began."""
        return paid_cost(self.draws.meter, self.draws, time.monotonic() - self._began)

    def told(self) -> tuple[str, ...]:
        """What the run as a whole has to tell: models that stood in for others or whose price is not known,
        entries that could not be read."""
        others = [
            f"{n} draw{'' if n == 1 else 's'} of {asked} answered by {other}"
            for (asked, other), n in self.instead.items()
        ]
        priceless = [m for m in self.answered if prices_of(m, self.draws.book.capabilities(m)) is None]
        refused = [self.purse.words()] if self.purse is not None and self.purse.closed else []
        damaged = (w.message for w in self._store.warnings())
        return (
            *lacking(self.draws.missing),
            *refused,
            *others,
            *self._mixed(),
            *unpriced(priceless),
            *damaged,
            *self._why_paid(),
        )

    def _hear_together(self, kind: EventKind, ask: DrawAsk, key: str, found: Found) -> None:
        drawn = [(index, draw) for index, draw in found if draw is not None]
        if drawn:
            self._answered(ask.model, [draw for _, draw in drawn])
            if self.trace is not None:
                self.trace.draws(ask, key, self._parts(ask, key), drawn, new=kind == "finish")
        if self.options.on_together is not None:
            self.options.on_together(kind, ask, key, found)
        elif self.options.on_event is not None:
            one_by_one(self.options.on_event)(kind, ask, key, found)

    def _answered(self, model: Model, draws: Sequence[Draw]) -> None:
        name = model.label or model.shown
        self.answered.add(model)
        for draw in draws:
            if draw.instead:
                self.instead[name, draw.instead] += 1
            elif draw.model:
                self.revisions.setdefault(name, set()).add(draw.model)

    def _hear(self, event: Event) -> None:
        if self.trace is not None:
            self.trace.fault(event)
        if self.options.on_event is not None:
            self.options.on_event(event)

    def _parts(self, ask: DrawAsk, key: str) -> tuple[str, ...]:
        """The hashes of what a request is made of, for the first of each prompt."""
        assert self.trace is not None
        return () if self.trace.knows(ask.prompt) else self.draws.book.parts(ask, key)

    def _about(self) -> dict[str, Any]:
        """What a trace says of the run at its beginning."""
        named = {d.name: self.models.models[key].shown for key, d in self.program.models.items()}
        return {
            "program": str(Path(self.program.path).absolute()) if self.program.path else self.program.name,
            "pipeline": self.pipeline.signature.name,
            "began": datetime.now(UTC).isoformat(timespec="seconds"),
            "seed": self.options.seed,
            "models": {**named, "default": self.models.default.shown},
        }

    def _revised(self) -> dict[str, list[str]]:
        return {name: sorted(found) for name, found in sorted(self.revisions.items())}

    def _mixed(self) -> list[str]:
        """A line for each model that was several: the server's has changed since the first draws."""
        return [
            f"model-changed: draws of {name} come from {' and '.join(found)}; "
            "`ilang cache prune --model` drops the old ones, `--locked` refuses the new"
            for name, found in self._revised().items()
            if len(found) > 1
        ]

    def _why_paid(self) -> list[str]:
        """Why draws of an earlier run could not be used again."""
        if self.trace is None or self.trace.run is None:
            return []
        earlier = before(self.trace.run)
        return [] if earlier is None else list(why_paid(self.trace.prompts, sources(self.program), earlier))

    async def _input(self, name: str, type_: Any, given: Any, *, texts: bool) -> Value:
        if given is ABSENT:
            if name not in self._default_values:  # a plain value: the same for all rows
                world = self._world(None)
                self._default_values[name] = await Sequential(world).run(self.defaults[name], ())
            return self._default_values[name]
        if isinstance(given, Data):
            return from_data(name, given.value, type_)
        if isinstance(given, FromFile):
            return from_file(name, given, type_)
        return from_text(name, given, type_) if texts else from_data(name, given, type_)


def lacking(missing: Mapping[Address, DrawAsk]) -> list[str]:
    """A line for each request of which draws are not in the store."""
    by_key: dict[str, list[int]] = {}
    asks = {address.key: ask for address, ask in missing.items()}
    for address in missing:
        by_key.setdefault(address.key, []).append(address.index)
    lines = []
    for key, indices in list(by_key.items())[:LINES]:
        ask, some = asks[key], ", ".join(map(str, sorted(indices)[:INDICES]))
        more = f" and {len(indices) - INDICES:,} more" if len(indices) > INDICES else ""
        model = ask.model.label or ask.model.shown
        lines.append(f"not in the store: `{ask.prompt}` of {model}, {key[:12]} index {some}{more}")
    if len(by_key) > LINES:
        lines.append(f"not in the store: draws of {len(by_key) - LINES:,} requests more, {len(missing):,} draws in all")
    return lines


LINES, INDICES = 10, 8
"""Requests of which draws are missing, and of each the indices, that are named."""


def sources(program: Program) -> dict[str, str]:
    """The texts of a program's files, by name."""
    spans = [p.span for p in program.pipelines.values()] + [p.span for p in program.prompts.values()]
    return {span.source.name: span.source.text for span in spans}


async def run_once(
    program: Program,
    pipeline: Pipeline,
    models: BoundModels,
    warnings: Sequence[str],
    arguments: Mapping[str, Any],
    *,
    texts: bool = False,
    **options: Any,
) -> Result:
    """One run of one pipeline. `texts`: the arguments are texts, to be read by type (but for those that are `Data`)."""
    trace: list[TraceEvent] = []
    hear, hear_together = options.pop("on_event", None), options.pop("on_together", None)

    def together(kind: EventKind, ask: DrawAsk, key: str, found: Found) -> None:
        events = (Event(kind, ask, index, draw, key=key) for index, draw in found if draw is not None)
        trace.extend(map(trace_event, events))
        if hear_together is not None:
            hear_together(kind, ask, key, found)
        elif hear is not None:
            one_by_one(hear)(kind, ask, key, found)

    chosen = Options(on_event=hear, on_together=together, **options)
    runner = Runner(program, pipeline, models, chosen)
    match(pipeline, arguments)  # before anything is opened
    async with runner as run:
        outcome = await run.row(arguments, texts=(lambda _: True) if texts else None)
        error = None if outcome.error is None else outcome.error.code
        run.summary = {"status": outcome.status, "worth": asdict(worth_cost(outcome.worth)), "error": error, "rows": 1}
        if run.trace is not None:
            run.trace.row({"value": to_data(outcome.value), "status": outcome.status, "error": error})
    told = run.told()
    return Result(
        to_data(outcome.value),
        outcome.status,
        pipeline.signature.name,
        chosen.seed,
        run.paid,
        worth_cost(outcome.worth),
        votes(outcome.tally) if outcome.tally is not None else None,
        (*warnings, *outcome.warnings, *told),
        outcome.error,
        tuple(trace),
        outcome.why,
        outcome.reports.counts.get("undrawn", 0),
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


def open_user_store() -> Store:
    """The user's own store: `ILANG_STORE` (`none`: nothing is kept), else in the user's cache."""
    from ilang.draws.directory import default_directory
    from ilang.draws.disk_store import open_store
    from ilang.draws.memory_store import MemoryStore

    if os.environ.get("ILANG_STORE") == "none":
        return MemoryStore()
    return open_store(default_directory())
