"""A loaded program: checked, ready to be run.

program = ilang.load("vote.inf")
result = program.run(question="What is 2 + 2?")
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.check import problems
from ilang.check.capable import Bound, lacking, temperature_warnings
from ilang.check.check import check
from ilang.check.program import Pipeline, Program
from ilang.session.asked import not_asked
from ilang.session.models import BoundModels, bind_models
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source

if TYPE_CHECKING:
    from ilang.graph.node import Graph
    from ilang.session.result import Result


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
        settled: Mapping[str, str] | None = None,
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
        import asyncio

        inside = True
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            inside = False
        if not inside:
            return asyncio.run(self.run_with_async(arguments, **options))
        outcome: list[Any] = []

        def work() -> None:
            try:
                outcome.append(asyncio.run(self.run_with_async(arguments, **options)))
            except BaseException as failure:
                outcome.append(failure)

        thread = threading.Thread(target=work, name="ilang-run", daemon=True)
        thread.start()
        thread.join()
        if isinstance(outcome[0], BaseException):
            raise outcome[0]
        result: Result = outcome[0]
        return result

    async def run_with_async(self, arguments: Mapping[str, Any], **options: Any) -> Result:
        """One run; `options` are `texts` and those of `runner.Options`: seed, store, concurrency, on_event ..."""
        from ilang.session.runner import run_once

        self.check_models()
        told = [w.message for w in self.warnings]
        return await run_once(self.program, self.pipeline, self.models, told, arguments, **options)


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


def load(
    file: str | Path,
    *,
    models: Sequence[str] | str = (),
    entry: str | None = None,
    settled: Mapping[str, str] | None = None,
) -> LoadedProgram:
    """Read and check a program. `file` may name a pipeline: `"lib.inf:name"`. `models` are as after `--model`;
    `settled` those that hold where neither they nor the program say otherwise, by name."""
    path, named = split_entry(str(file))
    program = check(parse(read_source(path)))
    return LoadedProgram(program, entry or named, (models,) if isinstance(models, str) else models, settled)


def loads(
    text: str,
    *,
    name: str = "<text>",
    models: Sequence[str] | str = (),
    entry: str | None = None,
    settled: Mapping[str, str] | None = None,
) -> LoadedProgram:
    """The same of a program's text; files that it uses are looked for in the working directory."""
    program = check(parse(Source(name, text)))
    return LoadedProgram(program, entry, (models,) if isinstance(models, str) else models, settled)
