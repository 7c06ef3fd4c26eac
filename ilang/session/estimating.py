"""What a loaded program will cost on these arguments or rows, and what the store has for it. Asks no model.

estimating = Estimating(program, store=store)
plan = estimating.one({"question": "What is 2 + 2?"}, texts=True)
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ilang.base.diagnostic import IlangError
from ilang.base.value import Value
from ilang.check.program import Parameter
from ilang.data.row import Row
from ilang.draws.store import Store
from ilang.estimate.assumptions import Assumptions
from ilang.estimate.estimate import Estimate, estimate
from ilang.estimate.plan import Plan
from ilang.estimate.shelf import Shelf
from ilang.estimate.sum import Sum, less
from ilang.graph.lower import lower, lower_term
from ilang.graph.node import Graph
from ilang.optimize.optimize import PASSES, Pass, optimize
from ilang.run.failure import RunFailed
from ilang.run.rough import NOTHING_KNOWN, Rough, known
from ilang.run.sequential import Sequential
from ilang.run.world import Bindings, World
from ilang.session.arguments import ABSENT, Data, FromFile, from_data, from_file, from_text, match
from ilang.session.missing import why_missing
from ilang.session.program import LoadedProgram
from ilang.session.rows import Binding
from ilang.stages.stage import CannotGive, NothingLeft


class Estimating:
    """A program of which runs are estimated. Models are checked as before a run; nobody's Python is imported."""

    def __init__(
        self,
        program: LoadedProgram,
        *,
        store: Store | None = None,
        seed: int = 0,
        assume: Assumptions | None = None,
        passes: Sequence[Pass] = PASSES,
    ) -> None:
        """`store`: None where there is none. Raises IlangError where a model cannot do what the program needs."""
        program.check_models()
        self.program = program
        self.assume = assume or Assumptions()
        self.lowered = lower(program.program, program.entry)
        self.graph = optimize(self.lowered, passes)
        self._passes = passes
        self._first: tuple[Sequence[Rough], int] | None = None
        self._shelf = Shelf(store, seed)
        self._seed = seed
        self._bindings = Bindings(program.models.models, program.models.default, {})
        self._defaults: dict[str, Rough] = {}

    def one(self, arguments: Mapping[str, Any], *, texts: bool) -> Plan:
        """One run. What is not given is not known, but for defaults. `texts`: arguments are texts, read by type.
        Raises IlangError for arguments that do not fit."""
        plan = Plan()
        self._add(plan, self._given(arguments, None if texts else set()), self._seed)
        return plan

    def over(self, rows: Iterable[Row], binding: Binding, *, independent: bool = False) -> Plan:
        """One run for each row. A row that cannot be read, lacks an argument, or does not fit, asks nothing."""
        plan = Plan()
        for row in rows:
            if row.error is not None:
                plan.failing[row.error.code] += 1
                continue
            arguments = {**binding.constants, **binding.input_of(row)}
            try:
                match(self.program.pipeline, arguments)
                given = self._given(arguments, None if row.texts else set(binding.constants))
            except IlangError as error:
                plan.failing[error.diagnostics[0].code] += 1
                continue
            self._add(plan, given, self._seed + row.number if independent else self._seed)
        return plan

    def why_missing(self, plan: Plan) -> list[tuple[str, int]]:
        """Why draws that are known before the run are not in the store, each reason with how many they are."""
        return why_missing(self._shelf, plan.missing)

    def passes(self) -> Iterator[tuple[str, bool, Sum]]:
        """Of each pass its name, whether it changed the graph, and by how much less is expected of the first row."""
        before = self.lowered
        for one in self._passes:
            after = optimize(before, (one,))
            changed = after is not before
            saved = Sum()
            if changed and self._first is not None:
                given, seed = self._first
                saved = less(self._estimate(before, given, seed).worth, self._estimate(after, given, seed).worth)
            yield one.__name__, changed, saved
            before = after

    def _add(self, plan: Plan, given: Sequence[Rough], seed: int) -> None:
        self._first = self._first or (given, seed)
        found = self._estimate(self.graph, given, seed)
        plan.add(found.scope, found.wait)

    def _estimate(self, graph: Graph, given: Sequence[Rough], seed: int) -> Estimate:
        names = [p.name for p in self.program.pipeline.signature.params]
        world = World(self._shelf.seeded(seed), self._bindings, seed=seed)
        try:
            return estimate(graph, given, names, world, self.assume)
        except RunFailed as failed:
            raise IlangError(failed.diagnostic) from None

    def _given(self, arguments: Mapping[str, Any], texts: Collection[str] | None) -> list[Rough]:
        """What is known of each parameter. `texts`: which arguments are texts, None: all."""
        params = self.program.pipeline.signature.params
        missing = {p.name: None for p in params if p.name not in arguments and p.default is None}
        match(self.program.pipeline, {**arguments, **missing})
        return [
            NOTHING_KNOWN if p.name in missing else self._value(p, arguments.get(p.name, ABSENT), texts) for p in params
        ]

    def _value(self, param: Parameter, given: Any, texts: Collection[str] | None) -> Rough:
        name = param.name
        if given is ABSENT:
            if name not in self._defaults:
                self._defaults[name] = self._default(param)
            return self._defaults[name]
        if isinstance(given, Data):
            return known(from_data(name, given.value, param.type))
        if isinstance(given, FromFile):
            return known(from_file(name, given, param.type))
        read = from_text if texts is None or name in texts else from_data
        value: Value = read(name, given, param.type)
        return known(value)

    def _default(self, param: Parameter) -> Rough:
        """A parameter's default, where it is told without a model and without Python."""
        assert param.default is not None
        graph = lower_term(self.program.program, param.default, param.name)
        world = World(self._shelf, self._bindings, seed=self._seed)
        try:
            return known(asyncio.run(Sequential(world).run(graph, ())))
        except (CannotGive, NothingLeft, RunFailed):
            return NOTHING_KNOWN


def store_there(place: str | None) -> bool:
    """Whether a store has been begun at this place (None: the user's), so that to look into it makes none."""
    from ilang.draws.directory import default_directory

    folder = Path(place).expanduser() if place is not None else default_directory()
    return folder.exists()
