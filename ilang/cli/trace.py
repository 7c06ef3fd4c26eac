"""`ilang trace`: shows what happened in a run."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples, whole_number

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Show what happened in a run: what each stage cost; and of one row, stage by stage, what was drawn, what
was judged, which candidates went on and which were dropped. A candidate is named by six digits of its text's hash. The
texts are in the store: `ilang cache ls`. --json gives the lines as they were written."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang trace", "ilang trace @-2", "ilang trace r1 --row 0")
    parser.add_argument("which", nargs="?", default="@last", metavar="RUN", help="r7, @last (default), @-2")
    parser.add_argument("--row", type=whole_number(), metavar="N", help="this row of a data set, stage by stage")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Show it."""
    from ilang.report.trace_text import trace_text
    from ilang.session.runs import find_run

    output: Output = args.output
    found = find_run(args.which)
    if args.json:
        from ilang.report.json_text import object_text
        from ilang.report.runs_text import run_data

        lines = [one for one in found.lines() if args.row is None or one.get("row") == args.row]
        output.result(object_text({"schema": 1, "command": "trace", **run_data(found), "lines": lines}))
    else:
        output.value(trace_text(found, args.row) + "\n")
    return ExitCode.ANSWERED
