"""`ilang diff`: holds two runs against each other."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Hold two runs over the same rows against each other: rows won and lost (with McNemar's exact test, as
the rows are paired), what each cost, and the lines of the program that differ. With --truth FIELD a row is won that
gives the right answer and did not before; without it, one that is answered and was not before."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang diff @-2 @last --truth answer", "ilang diff r1 r2 --exit-code")
    parser.add_argument("first", nargs="?", default="@-2", metavar="RUN1", help="r3, @-2 (default) ...")
    parser.add_argument("second", nargs="?", default="@last", metavar="RUN2", help="r7, @last (default) ...")
    parser.add_argument("--truth", metavar="FIELD", help="the field of the rows that has the right answer")
    parser.add_argument("--exit-code", action="store_true", help="exit code 1 where a row differs")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Show what differs."""
    from ilang.report.diff_text import diff_text
    from ilang.session.comparing import changed_lines, compared
    from ilang.session.runs import find_run

    output: Output = args.output
    first, second = find_run(args.first), find_run(args.second)
    found = compared(first, second, args.truth)
    lines = list(changed_lines(first, second))
    if args.json:
        from ilang.report.json_text import object_text
        from ilang.report.runs_text import run_data

        data = {**asdict(found), "p": found.p, "first": run_data(first), "second": run_data(second), "lines": lines}
        output.result(object_text({"schema": 1, "command": "diff", **data}))
    else:
        output.value(diff_text(first, second, found, lines, truth=args.truth) + "\n")
    return ExitCode.FAILED if args.exit_code and found.differs else ExitCode.ANSWERED
