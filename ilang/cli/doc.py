"""`ilang doc`: what a library or a file offers, with its documentation."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Show what a library or a file offers, with its documentation.

Signatures, and what `##` says of them. Nothing is run, and no Python is imported. Pipelines without
documentation are only named; -v shows them too."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang doc std.voting", "ilang doc programs/vote.inf", "ilang doc std --markdown")
    parser.add_argument("what", metavar="LIBRARY|FILE", help="`std`, `std.voting`, or a file")
    parser.add_argument("--markdown", action="store_true", help="as a page in Markdown")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Show it."""
    from ilang.session.libraries import named

    output: Output = args.output
    modules = named(args.what)
    every = bool(args.verbose)
    if args.json:
        from ilang.report.diagnostic_data import diagnostic_data
        from ilang.report.json_text import object_text

        data = [
            {
                "name": m.name,
                "file": m.path,
                "doc": m.doc,
                "offers": [asdict(o) for o in m.offers],
                "errors": [diagnostic_data(d) for d in m.wrong],
            }
            for m in modules
        ]
        wrong = any(m.wrong for m in modules)
        output.result(object_text({"schema": 1, "command": "doc", "ok": not wrong, "modules": data, "error": None}))
        return ExitCode.USAGE if wrong else ExitCode.ANSWERED
    from ilang.report.diagnostic import diagnostics_text
    from ilang.report.doc_text import doc_markdown, doc_text

    output.value(doc_markdown(modules, every=every) if args.markdown else doc_text(modules, output.style, every=every))
    problems = [d for m in modules for d in m.wrong]
    if problems:
        output.error(diagnostics_text(problems, output.error_style, output.width))
    return ExitCode.USAGE if problems else ExitCode.ANSWERED
