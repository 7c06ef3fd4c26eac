"""`ilang graph`: draws the graph of a pipeline."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples
from ilang.cli.show import add_pass_flags, passes_of, passes_told

if TYPE_CHECKING:
    from ilang.graph.node import Graph
    from ilang.report.graph_picture import Picture
    from ilang.report.output import Output

DESCRIPTION = """Draw the graph of a pipeline: what flows from where to where.

Stages, prompts and branches are boxes, with what they are given. Functions that draw, loops, called pipelines
and budgets have their bodies inside. Beside a line stands the type of what flows; a broken line is an arm of a
branch. The name of PICTURE says of which kind it is: .svg, .html (a page with the program beside it), .mmd
(Mermaid) or .dot."""

FORMATS = ("svg", "mmd", "html", "dot")
_NAMES = {".svg": "svg", ".html": "html", ".htm": "html", ".mmd": "mmd", ".mermaid": "mmd", ".dot": "dot", ".gv": "dot"}


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        "ilang graph programs/cascade.inf",
        "ilang graph programs/cascade.inf -o plan.svg --json",
        "ilang graph programs/refine.inf:main --phase graph --format html",
    )
    parser.add_argument("file", metavar="FILE[:PIPELINE]", help="the program, and which of its pipelines")
    parser.add_argument("-o", "--out", metavar="PICTURE", help="the file to write (default: standard output)")
    parser.add_argument(
        "--format", choices=FORMATS, metavar="FORMAT", help="svg, mmd, html or dot; left out: by PICTURE, else mmd"
    )
    parser.add_argument(
        "--phase",
        choices=("graph", "plan"),
        default="plan",
        metavar="PHASE",
        help="graph: as it was written; plan (the default): as the optimizer leaves it",
    )
    add_pass_flags(parser)
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Draw it. Raises IlangError."""
    from ilang.check.check import check
    from ilang.graph.lower import lower
    from ilang.report.graph_picture import picture
    from ilang.report.graph_told import told_of
    from ilang.session.program import entry_key, split_entry
    from ilang.syntax.parse import parse
    from ilang.syntax.read import read_source

    output: Output = args.output
    kind = format_of(args)
    file, entry = split_entry(args.file)
    program = check(parse(read_source(file)))
    key = entry_key(program, entry)
    told, graph, sizes = passes_told(lower(program, key), passes_of(args))
    for line in told:
        output.detail(line)
    drawn = picture(graph, told_of(graph, program, key))
    made = drawn_as(kind, drawn, graph)
    if args.out is not None and args.out != "-":
        write(Path(args.out), made)
    if args.json:
        from ilang.report.json_text import object_text

        output.result(object_text(_data(args, kind, drawn, made, sizes)))
    elif args.out is None or args.out == "-":
        output.value(made)
    return ExitCode.ANSWERED


def format_of(args: Namespace) -> str:
    """The kind of picture that the flags ask for. Raises IlangError where they do not say it, or say two."""
    given: str | None = args.format
    if args.out is None or args.out == "-":
        return given or "mmd"
    named = _NAMES.get(Path(args.out).suffix.lower())
    if Path(args.out).suffix.lower() == ".inf" or (given is None and named is None):
        raise IlangError(
            Diagnostic(
                "unknown-format",
                f"{args.out}: a picture is written as .svg, .html, .mmd or .dot",
                help="for example -o plan.svg; --format says it where the name does not",
            )
        )
    if given is not None and named not in (None, given):
        raise IlangError(
            Diagnostic(
                "unknown-format",
                f"{args.out} is the name of another kind of picture than --format {given}",
                help=f"leave out --format, or name a .{given}",
            )
        )
    return given or named or "mmd"


def drawn_as(kind: str, drawn: Picture, graph: Graph) -> str:
    """The picture as a text of this kind."""
    if kind == "mmd":
        from ilang.report.graph_mermaid import mermaid

        return mermaid(drawn)
    if kind == "dot":
        from ilang.report.graph_dot import dot

        return dot(drawn)
    from ilang.report.graph_layout import layout
    from ilang.report.graph_tips import tips

    sheet, describe = layout(drawn), tips(graph)
    if kind == "html":
        from ilang.report.graph_html import html

        return html(sheet, describe)
    from ilang.report.graph_svg import svg

    return svg(sheet, describe)


def write(path: Path, made: str) -> None:
    """The picture as a file. Raises IlangError."""
    try:
        path.write_text(made, "utf-8", newline="\n")
    except OSError as problem:
        raise IlangError(
            Diagnostic(
                "unwritable-file",
                f"`{path}` cannot be written: {problem.strerror or problem}",
                help="name another file",
            )
        ) from None


def _data(args: Namespace, kind: str, drawn: Picture, made: str, sizes: list[dict[str, Any]]) -> dict[str, Any]:
    from ilang.report.graph_picture_data import picture_data

    to_file = args.out is not None and args.out != "-"
    return {
        "schema": 1,
        "command": "graph",
        "ok": True,
        "pipeline": drawn.title,
        "phase": args.phase,
        "passes": sizes,
        "format": kind,
        "out": args.out if to_file else None,
        "picture": None if to_file else made,
        **picture_data(drawn),
        "error": None,
    }
