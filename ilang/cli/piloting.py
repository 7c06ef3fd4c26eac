"""`ilang run --pilot N`: runs N rows drawn at random, and says what all of them will come to."""

from __future__ import annotations

import contextlib
import sys
from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ilang.cli.exit_code import ExitCode
from ilang.cli.rows import mapping

if TYPE_CHECKING:
    from ilang.report.output import Output
    from ilang.session.pilot import Pilot
    from ilang.session.program import LoadedProgram
    from ilang.session.runner import Options, Runner


def run_pilot(args: Namespace, program: LoadedProgram, given: Mapping[str, Any], options: Options) -> ExitCode:
    """Runs the rows and shows what came of it. Answers are not written: the run over all rows writes them."""
    import asyncio

    from ilang.session.arguments import match
    from ilang.session.data_run import DataOptions
    from ilang.session.runner import Runner

    output: Output = args.output
    if args.out is not None or args.sample is not None:
        flag = "--out" if args.out is not None else "--sample"
        raise args.parser.problem(f"--pilot does not go with {flag}", "it draws its rows itself, and writes no answers")
    program.check_models()
    names = [p.name for p in program.pipeline.signature.params]
    if any(name not in names for name in given):
        match(program.pipeline, given)
    chosen = DataOptions(
        data=args.data,
        mapped=mapping(args.map, names),
        id=args.id,
        limit=args.limit,
        sample_seed=args.sample_seed or 0,
        where=args.where,
        independent=args.independent_rows,
        patient=args.keep_going,
    )
    run = Runner(program.program, program.pipeline, program.models, options)
    with contextlib.redirect_stdout(sys.stderr):
        made = asyncio.run(_go(run, given, chosen, args.pilot))
    if args.json:
        from ilang.report.json_text import object_text
        from ilang.report.pilot_text import pilot_data

        output.result(object_text(pilot_data(made)))
    else:
        from ilang.report.pilot_text import pilot_text

        output.value("\n".join(pilot_text(made)) + "\n")
    return ExitCode.ANSWERED if made.statuses.get("failed", 0) < made.rows else ExitCode.FAILED


async def _go(run: Runner, given: Mapping[str, Any], chosen: Any, n: int) -> Pilot:
    from ilang.session.pilot import pilot

    async with run:
        made = await pilot(run, given, chosen, n)
        run.summary = {"status": "done", "error": None, "rows": made.rows, "statuses": dict(made.statuses)}
        return made
