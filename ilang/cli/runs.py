"""`ilang runs`: lists the runs that were made."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples, whole_number

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """List the runs that `ilang run` has made, the oldest first. A command that takes a run takes its name
here (r7), @last, or @-2 for the one before the last. The newest 200 are kept, in the user's state folder."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang runs", "ilang runs --limit 5 --json")
    parser.add_argument("--limit", type=whole_number(1), default=20, metavar="N", help="the newest N (default 20)")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Show them."""
    from ilang.report.runs_text import run_data, runs_text
    from ilang.session.runs import all_runs

    output: Output = args.output
    found = all_runs()[-args.limit :]
    if args.json:
        from ilang.report.json_text import object_text

        output.result(object_text({"schema": 1, "command": "runs", "runs": [run_data(one) for one in found]}))
    else:
        output.value(runs_text(found) + "\n")
    return ExitCode.ANSWERED
