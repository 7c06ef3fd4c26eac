"""`ilang doctor`: looks whether all is well here, and says what to do where it is not."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Look whether all is well here: Python, packages, weights, the store, prices, keys, servers, settings.

Each is ok, warn or fail, with its cure. What is printed is fit to be pasted: no key is in it, and your home folder is
a `~`. The exit code is 1 if anything fails."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang doctor", "ilang doctor --json")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Look."""
    from ilang.report.escape import visible_line
    from ilang.report.table import table_text
    from ilang.session.health import findings

    output: Output = args.output
    found = list(findings())
    well = all(one.state != "fail" for one in found)
    if args.json:
        from dataclasses import asdict

        from ilang.report.json_text import object_text

        output.result(
            object_text({"schema": 1, "command": "doctor", "ok": well, "findings": [asdict(f) for f in found]})
        )
    else:
        output.value(table_text([[one.state, one.what, visible_line(one.told)] for one in found]) + "\n")
        for one in found:
            if one.cure:
                output.value(f"\n{one.what}: {visible_line(one.cure)}\n")
    return ExitCode.ANSWERED if well else ExitCode.FAILED
