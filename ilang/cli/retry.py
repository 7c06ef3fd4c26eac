"""`ilang retry`: does the rows again that failed in the last run over a data set."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

DESCRIPTION = """Do the rows again that failed in the last run with --data and --out, or in the last whose answers
went to OUT. It is the command of that run with --redo-failed, in the directory in which it was given: rows that
were answered stay as they are, and no draw that came is paid for again."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang retry", "ilang retry answers.jsonl")
    parser.add_argument("out", nargs="?", metavar="OUT", help="the file of answers; left out, that of the last run")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Give the command again."""
    from ilang.cli.dispatch import dispatch
    from ilang.session.retrying import recalled

    words, directory = recalled(args.out)
    try:
        os.chdir(directory)
    except OSError as error:
        why = error.strerror or str(error)
        raise IlangError(Diagnostic("unreadable-file", f"the directory of that run, {directory}: {why}")) from error
    more = [flag for flag in ("--redo-failed", "--json") if flag not in words and (flag != "--json" or args.json)]
    return ExitCode(dispatch([*words, *more]))
