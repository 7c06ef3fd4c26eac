"""`ilang check`: says what is wrong with programs, without running them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.configure import add_configuration_flags, preferences
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_model_flag, add_output_flags
from ilang.cli.parser import examples
from ilang.cli.programs import programs_in

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Say what is wrong with programs, without running them.

Names, types, imports, and bounds on what a program can cost; where a model is named, by the program or
with --model, also whether it can do what the program needs of it. All files are checked; with an error
in any of them the exit code is 2. Nothing is said of a file that is right, but on a terminal or with -v."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        "ilang check programs/vote.inf",
        "ilang check programs/vote.inf programs/best_of_n.inf --model sim",
        "ilang check programs --format sarif",
    )
    parser.add_argument(
        "files", nargs="+", metavar="FILE|FOLDER", help="a program, FILE:PIPELINE, a folder, or - (standard input)"
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "github", "sarif"),
        default=None,
        metavar="FORMAT",
        help="text (the default), json, github (annotations of a workflow) or sarif",
    )
    add_model_flag(parser)
    add_configuration_flags(parser)
    add_output_flags(parser)
    parser.set_defaults(words="files", failure=failure)


def run(args: Namespace) -> ExitCode:
    """Check each file and tell what was found."""
    from ilang.session.checking import check_file

    output: Output = args.output
    found: list[tuple[str, tuple[Diagnostic, ...]]] = []
    form = args.format or ("json" if args.json else "text")
    for file in (file for path in args.files for file in programs_in(path)):
        try:
            found.append((file, check_file(file, args.model, preferences(args))))
        except IlangError as error:
            found.append((file, error.diagnostics))
    if form == "json":
        from ilang.report.json_text import object_text

        output.result(object_text(_data(found)))
    elif form == "sarif":
        from ilang.report.sarif import sarif_text

        output.result(sarif_text([d for _, problems in found for d in problems]))
    elif form == "github":
        from ilang.report.github import annotations_text

        output.result(annotations_text([d for _, problems in found for d in problems]))
    else:
        _show(output, found)
    return ExitCode.USAGE if any(_errors(problems) for _, problems in found) else ExitCode.ANSWERED


def failure(args: Namespace, problems: Sequence[Diagnostic]) -> dict[str, Any]:
    """`ilang check --json` that was called wrongly."""
    from ilang.report.diagnostic_data import diagnostic_data

    return {"schema": 1, "command": "check", "ok": False, "files": [], "error": diagnostic_data(problems[0])}


def _data(found: Sequence[tuple[str, Sequence[Diagnostic]]]) -> dict[str, Any]:
    """`{"schema", "command", "ok", "files": [{"file", "ok", "errors", "warnings"}], "error": null}`."""
    from ilang.report.diagnostic_data import diagnostic_data

    files = [
        {
            "file": file,
            "ok": not _errors(problems),
            "errors": [diagnostic_data(d) for d in _errors(problems)],
            "warnings": [diagnostic_data(d) for d in problems if d.severity == "warning"],
        }
        for file, problems in found
    ]
    return {
        "schema": 1,
        "command": "check",
        "ok": all(file["ok"] for file in files),
        "files": files,
        "error": None,
    }


def _show(output: Output, found: Sequence[tuple[str, Sequence[Diagnostic]]]) -> None:
    from ilang.report.diagnostic import count_text, diagnostic_text

    style = output.error_style
    shown = [d for _, problems in found for d in problems if d.severity == "error" or not output.quiet]
    for d in shown:
        output.error(diagnostic_text(d, style, output.width) + ("\n" if len(shown) > 1 else ""))
    if len(shown) > 1:
        output.error(count_text(shown, style))
    if output.on_terminal or output.verbose:
        for file, problems in found:
            if not _errors(problems) and not output.quiet:
                output.value(f"{output.style.paint('ok', 'green')}: {file}\n")


def _errors(problems: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [d for d in problems if d.severity == "error"]
