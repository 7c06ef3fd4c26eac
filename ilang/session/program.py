"""A loaded program: checked, ready to be run.

program = ilang.load("vote.inf")
result = program.run(question="What is 2 + 2?")
"""

from __future__ import annotations

import threading
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.check import problems
from ilang.check.capable import Bound, lacking, temperature_warnings
from ilang.check.check import check
from ilang.check.program import Pipeline, Program
from ilang.session.asked import not_asked
from ilang.session.models import BoundModels, Preferences, bind_models
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source

if TYPE_CHECKING:
    from ilang.graph.node import Graph
    from ilang.session.result import Result

T = TypeVar("T")

Given = Mapping[str, str] | Sequence[str] | str
"""Models as `--model` takes them, one or several, or by the names that the program gives them."""


class LoadedProgram:
    """A checked program. `entry` is the pipeline that `run` runs.

    Raises IlangError, with diagnostics, for whatever is wrong with a program or its arguments; a
    run that fails is a Result with status failed.
    """

    def __init__(
        self,
        program: Program,
        entry: str | None = None,
        models: Sequence[str] = (),
        settled: Preferences | None = None,
    ) -> None:
        self.program = program
        self.entry = entry_key(program, entry)
        self.models: BoundModels = bind_models(program, models, settled=settled)
        self.warnings: tuple[Diagnostic, ...] = program.warnings

    @property
    def pipeline(self) -> Pipeline:
        return self.program.pipelines[self.entry]

    def check_models(self) -> None:
        """Raises IlangError where a bound model cannot do what the program needs of it."""
        bound = Bound(self.models.models, self.models.default)
        found = lacking(self.program, bound, self.entry)
        if found:
            raise IlangError(found)
        self.warnings = (
            *self.program.warnings,
            *temperature_warnings(self.program, bound, self.entry),
            *(not_asked(self.program, bound, self.entry) if self.models.meant else ()),
        )

    def graph(self) -> Graph:
        """The graph that a run executes: lowered and optimised."""
        from ilang.graph.lower import lower
        from ilang.optimize.optimize import optimize

        return optimize(lower(self.program, self.entry))

    def run(self, **arguments: Any) -> Result:
        """Run the program with these arguments and wait for it. Works inside a running event loop too."""
        return self.run_with(arguments)

    async def run_async(self, **arguments: Any) -> Result:
        """The same, awaited."""
        return await self.run_with_async(arguments)

    def run_with(self, arguments: Mapping[str, Any], **options: Any) -> Result:
        """`run` with options: see `run_with_async`."""
        result: Result = wait_for(self.run_with_async(arguments, **options))
        return result

    async def run_with_async(self, arguments: Mapping[str, Any], **options: Any) -> Result:
        """One run; `options` are `texts` and those of `runner.Options`: seed, store, concurrency, on_event ..."""
        from ilang.session.runner import run_once

        self.check_models()
        told = [w.message for w in self.warnings]
        return await run_once(self.program, self.pipeline, self.models, told, arguments, **options)

    def map(self, rows: Any, **given: Any) -> Any:
        """Run the program for each row: a list of dicts, a pandas or polars frame, an Arrow table, the path of a file.

        A field is bound to the parameter of its name. What is given by a parameter's name is the same for all rows;
        else it is one of `out mapped id limit where independent keep_going prefix on_progress`, or an option of a run
        (`seed store concurrency budget ...`). A frame comes back with columns value, status and error beside its own,
        anything else as `Answers`. A row that fails is in the answers; what is wrong with all of them is an IlangError.
        """
        return wait_for(self.map_async(rows, **given))

    async def map_async(self, rows: Any, **given: Any) -> Any:
        """The same, awaited."""
        from ilang.session.mapping import map_rows

        names = {p.name for p in self.pipeline.signature.params}
        constants = {name: value for name, value in given.items() if name in names}
        options = {name: value for name, value in given.items() if name not in names}
        try:
            return await map_rows(self, rows, constants, **options)
        except TypeError as error:
            if "unexpected keyword" not in str(error):
                raise
            raise IlangError(Diagnostic("bad-argument", f"program.map: {error}")) from None


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """What comes of the work, waited for: in this thread, or in another where an event loop runs here."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    outcome: list[Any] = []

    def do() -> None:
        try:
            outcome.append((asyncio.run(work), None))
        except BaseException as failure:
            outcome.append((None, failure))

    thread = threading.Thread(target=do, name="ilang-run", daemon=True)
    thread.start()
    thread.join()
    value, failure = outcome[0]
    if failure is not None:
        raise failure
    made: T = value
    return made


def entry_key(program: Program, name: str | None) -> str:
    """The key of the pipeline to run. Raises IlangError where it cannot be told."""
    own = [k for k in program.pipelines if ":" not in k]
    if name is None:
        if program.entry is None:
            raise IlangError(problems.no_entry(None, "", own))
        return program.entry
    if name not in own:
        raise IlangError(problems.no_entry(None, name, own))
    return name


def split_entry(file: str) -> tuple[str, str | None]:
    """`file.inf:name` -> the file and the pipeline's name."""
    if Path(file).exists():
        return file, None
    path, colon, name = file.rpartition(":")
    if colon and name.isidentifier() and path:
        return path, name
    return file, None


def as_flags(models: Given) -> Sequence[str]:
    """What `--model` would be given."""
    if isinstance(models, Mapping):
        return [f"{name}={model}" for name, model in models.items()]
    return (models,) if isinstance(models, str) else models


def load(
    file: str | Path,
    *,
    models: Given = (),
    entry: str | None = None,
    settled: Preferences | None = None,
) -> LoadedProgram:
    """Read and check a program. `file` may name a pipeline: `"lib.inf:name"`. `models` are as after `--model`, or
    `{name: model}`; `settled` is what holds where neither they nor the program say otherwise."""
    path, named = split_entry(str(file))
    program = check(parse(read_source(path)))
    return LoadedProgram(program, entry or named, as_flags(models), settled)


def loads(
    text: str,
    *,
    name: str = "<text>",
    models: Given = (),
    entry: str | None = None,
    settled: Preferences | None = None,
) -> LoadedProgram:
    """The same of a program's text; files that it uses are looked for in the working directory."""
    program = check(parse(Source(name, text)))
    return LoadedProgram(program, entry, as_flags(models), settled)
