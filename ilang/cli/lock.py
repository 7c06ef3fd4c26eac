"""`ilang lock`: writes down which revisions of models answered."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Write beside a program (vote.inf.lock) which revision of each model answered in its last run. With
--locked `ilang run` then ends, with `model-changed`, as soon as another one answers."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang lock programs/cascade.inf", "ilang lock programs/cascade.inf --run r1")
    parser.add_argument("file", metavar="FILE", help="the program")
    parser.add_argument("--run", dest="which", metavar="RUN", help="take what answered in this run (default: the last)")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Write it."""
    from ilang.report.escape import visible_line
    from ilang.session.locking import last_run, lock_file, write_lock
    from ilang.session.runs import find_run

    output: Output = args.output
    of = last_run(args.file) if args.which is None else find_run(args.which)
    path = lock_file(args.file)
    models = write_lock(path, of)
    if args.json:
        from ilang.report.json_text import object_text

        output.result(
            object_text({"schema": 1, "command": "lock", "path": str(path), "run": of.name, "models": models})
        )
    else:
        lines = [f"{path} (from {of.name})", *(f"  {model}: {', '.join(some)}" for model, some in models.items())]
        output.value("\n".join(visible_line(line) for line in lines) + "\n")
    return ExitCode.ANSWERED
