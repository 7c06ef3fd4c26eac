"""The part of `ilang run` that goes over the rows of a data set: its flags, and what it shows."""

from __future__ import annotations

import contextlib
import gc
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.assignment import STDIN
from ilang.cli.exit_code import ExitCode
from ilang.cli.parser import whole_number

if TYPE_CHECKING:
    from ilang.report.output import Output
    from ilang.session.data_run import DataRun
    from ilang.session.program import LoadedProgram
    from ilang.session.runner import Options, Runner

FLAGS = (
    "map pilot out id limit sample sample_seed where independent_rows force keep_going allow_failed redo_failed".split()
)
"""Those that mean something with `--data` alone."""


def add_data_flags(parser: ArgumentParser) -> None:
    """`--data` and what belongs to it."""
    group = add_row_flags(parser)
    group.add_argument(
        "--out", metavar="FILE", help="answers: .jsonl or .parquet, continued if it is there; - (default)"
    )
    group.add_argument("--id", metavar="FIELD", help="the field that tells rows apart (default: `id`)")
    group.add_argument(
        "--allow-failed", type=share, metavar="N|P%", help="so many rows may fail and the exit code be 0"
    )
    group.add_argument(
        "--pilot", type=whole_number(1), metavar="N", help="run N rows drawn at random, and say what all will come to"
    )
    group.add_argument("--keep-going", action="store_true", help="go on when 20 rows in a row fail for one cause")
    group.add_argument("--redo-failed", action="store_true", help="rows of --out that failed are done again")
    group.add_argument("--force", action="store_true", help="replace an --out that answers something else")


def add_row_flags(parser: ArgumentParser) -> Any:
    """`--data`, and which of its rows are meant; gives the group of flags."""
    group = parser.add_argument_group("data sets: a row is a run, its fields are parameters by name")
    group.add_argument(
        "--data", action="append", metavar="FILE", help="rows: .jsonl .csv .tsv (.gz) .parquet, a pattern, or -"
    )
    group.add_argument("--map", action="append", metavar="PARAM=FIELD", help="a parameter takes this field")
    group.add_argument("--limit", type=whole_number(1), metavar="N", help="the first N rows alone")
    group.add_argument("--sample", type=whole_number(1), metavar="N", help="N rows drawn at random, in their order")
    group.add_argument("--sample-seed", type=whole_number(), metavar="S", help="of that draw (default 0)")
    group.add_argument("--where", metavar="EXPR", help="rows for which an expression over their fields is true")
    group.add_argument("--independent-rows", action="store_true", help="equal rows draw apart: other addresses")
    return group


def share(text: str) -> tuple[float, bool]:
    """`5` or `2%`: a number, and whether it is of a hundred."""
    percent = text.endswith("%")
    try:
        number = float(text.removesuffix("%")) if percent else int(text)
    except ValueError:
        raise ArgumentTypeError(f"needs a number of rows, or a share like 2%, not {text!r}") from None
    if not 0 <= number <= (100 if percent else 10**12):
        raise ArgumentTypeError(f"needs a number of rows, or a share like 2%, not {text!r}")
    return number, percent


def refuse_stray_flags(args: Namespace) -> None:
    """Raises IlangError for a flag that means something with `--data` alone."""
    for name in FLAGS:
        if getattr(args, name, None):
            raise args.parser.problem(f"--{name.replace('_', '-')} goes with --data")


def mapping(words: list[str] | None, known: list[str]) -> dict[str, str]:
    """`--map question=q`, by parameter. Raises IlangError."""
    from ilang.check.near import near

    found = {}
    for word in words or ():
        name, sign, of = word.partition("=")
        if not sign or not of or name not in known:
            close = near(name, known)
            raise IlangError(
                Diagnostic(
                    "bad-map",
                    f"--map {word}: " + (f"there is no parameter `{name}`" if sign and of else "PARAM=FIELD is needed"),
                    help=f"did you mean `{close}`?" if close else f"parameters: {', '.join(known) or 'none'}",
                )
            )
        found[name] = of
    return found


def run_rows(
    args: Namespace, program: LoadedProgram, given: Mapping[str, Any], options: Options, progress: Any
) -> ExitCode:
    """Runs the program over the rows and says what came of them."""
    import asyncio

    from ilang.session.data_run import DataOptions, DataRun
    from ilang.session.retrying import remember
    from ilang.session.runner import Runner

    output: Output = args.output
    program.check_models()
    signature = program.pipeline.signature
    run = Runner(program.program, program.pipeline, program.models, options)
    to_file = args.out is not None and args.out != STDIN
    chosen = DataOptions(
        data=args.data,
        out=Path(args.out) if to_file else None,
        mapped=mapping(args.map, [p.name for p in signature.params]),
        id=args.id,
        limit=args.limit,
        sample=args.sample,
        sample_seed=args.sample_seed or 0,
        where=args.where,
        independent=args.independent_rows,
        redo_failed=args.redo_failed,
        force=args.force,
        patient=args.keep_going,
    )
    unknown = [n for n in given if n not in {p.name for p in signature.params}]
    if unknown:
        from ilang.session.arguments import match

        match(program.pipeline, given)
    made = DataRun(run, given, chosen)

    def begun() -> None:
        if to_file and STDIN not in args.data:
            remember(Path(args.out), args.words_given)

    progress.over_rows(made.tallied, lambda: run.paid, made.expected())
    began = time.monotonic()
    error: IlangError | None = None
    interrupted = False
    try:
        with progress, contextlib.redirect_stdout(sys.stderr):
            gc.freeze()  # what the program is made of stays; what a row leaves behind is looked for less often
            gc.set_threshold(20_000, 20, 20)
            asyncio.run(_go(run, made, output, begun))
    except KeyboardInterrupt:
        interrupted = True
    except IlangError as problem:
        error = problem
    seconds = time.monotonic() - began
    return _end(args, output, run, made, seconds, error, interrupted=interrupted)


async def _go(run: Runner, made: DataRun, output: Output, begun: Callable[[], None]) -> None:
    async with run:
        try:
            await made.go(lambda answer: output.value(answer.line().decode("utf-8", "replace")), begun)
        finally:
            run.summary = made.summary()


def _end(
    args: Namespace,
    output: Output,
    run: Runner,
    made: DataRun,
    seconds: float,
    error: IlangError | None,
    *,
    interrupted: bool,
) -> ExitCode:
    """Tells what came of it; the exit code."""
    from ilang.report.diagnostic import diagnostic_text
    from ilang.report.rows_text import rows_text, summary_data

    tallied = made.tallied
    stopped = tallied.stopped or (error.diagnostics[0] if error is not None else None)
    first = tallied.first_failure if stopped is None and tallied.failed else None
    if interrupted:
        stopped = Diagnostic("interrupted", "interrupted: the same command goes on from there")
    if args.json and made.working is not None:
        from ilang.report.json_text import object_text

        output.result(object_text(summary_data(made, run, stopped)))
    else:
        for line in rows_text(made, run, seconds):
            output.note(line)
        if first is not None:
            output.note(f"the first that failed: {diagnostic_text(first, output.error_style, output.width)}")
        if stopped is not None:
            output.error(diagnostic_text(stopped, output.error_style, output.width))
    if interrupted:
        return ExitCode.INTERRUPTED
    if error is not None:
        return ExitCode.USAGE if error.exit_code == ExitCode.USAGE and not tallied.rows else ExitCode.FAILED
    if tallied.stopped is not None and tallied.stopped.code == "budget-spent":
        return ExitCode.BUDGET
    if tallied.stopped is not None or tallied.failed > allowed(args.allow_failed, tallied.rows):
        return ExitCode.FAILED
    return ExitCode.ANSWERED


def allowed(share_: tuple[float, bool] | None, rows: int) -> float:
    """How many rows may fail."""
    if share_ is None:
        return 0
    number, percent = share_
    return rows * number / 100 if percent else number
