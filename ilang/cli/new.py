"""`ilang new`: a program to begin with."""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Write a program to begin with.

It asks a model several times and lets the answers vote; its test runs without a model. What is there
already is never written over."""

STARTER = '''# Ask a model several times and let the answers vote.
#
#     ilang run {file} question="What is 12 * 7 + 5?"
#     ilang test {file}

prompt solve(question: text) -> number {{
  user """
    Solve step by step. Finish with a line "Answer: <number>".

    {{{{question}}}}
    """
  answer after("Answer:")
}}

## The answer that most of n draws agree on.
pipeline main(question: text, n: int = 5) -> number {{
  solve(question)
  | sample(n=n)
  | vote
  | .winner
}}

test "the majority wins" {{
  replies solve = ["Answer: 89", "I cannot say.", "Answer: 89", "Answer: 98"]
  expect main("What is 12 * 7 + 5?", n=4) == 89
}}
'''


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang new first", "ilang new pipelines/vote.inf")
    parser.add_argument("path", metavar="NAME|FILE", help="`first` makes first.inf; folders on the way are made")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Write it, and say what to do next."""
    output: Output = args.output
    path = Path(args.path if args.path.endswith(".inf") else args.path + ".inf")
    if not re.fullmatch(r"[\w. -]+", path.name) or not path.name.removesuffix(".inf").strip(". "):
        raise args.parser.problem(f"`{path.name}` is no name for a program", "take letters, digits and `_`")
    shown = str(path) if re.fullmatch(r"[\w./-]+", str(path)) else f'"{path}"'
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(STARTER.format(file=shown))
    except FileExistsError:
        there = Diagnostic("file-exists", f"`{path}` is there already", help="it was not touched; take another name")
        raise IlangError(there) from None
    except OSError as problem:
        raise IlangError(
            Diagnostic(
                "unwritable-file", f"`{path}` cannot be written: {problem.strerror}", help="check the folder's rights"
            )
        ) from None
    if args.json:
        from ilang.report.json_text import object_text

        data = {"schema": 1, "command": "new", "ok": True, "file": os.fspath(path), "error": None}
        output.result(object_text(data))
    else:
        output.note(f'wrote {path}\n\n  ilang test {shown}\n  ilang run {shown} question="What is 12 * 7 + 5?"')
    return ExitCode.ANSWERED
