"""`ilang show`: shows what a phase of the compiler makes of a program."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.check.program import Program
    from ilang.graph.node import Graph
    from ilang.optimize.optimize import Pass
    from ilang.report.output import Output

DESCRIPTION = """Show what a phase of the compiler makes of a program.

ast: what was written, as a tree. program: what it declares, and the type of every let, stage and call.
graph: the operations of a pipeline and what flows between them. plan: the same after the optimizer, with
what each pass did."""

PHASES = ("ast", "program", "graph", "plan")


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        "ilang show programs/vote.inf",
        "ilang show programs/vote.inf --phase plan",
        "ilang show programs/vote.inf:main --phase graph --json",
    )
    parser.add_argument("file", metavar="FILE[:PIPELINE]", help="the program; the pipeline counts for graph and plan")
    parser.add_argument(
        "--phase", choices=PHASES, default="program", metavar="PHASE", help="ast, program (the default), graph or plan"
    )
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Show the phase."""
    from ilang.session.program import split_entry
    from ilang.syntax.parse import parse
    from ilang.syntax.read import read_source

    output: Output = args.output
    file, entry = split_entry(args.file)
    module = parse(read_source(file))
    if args.phase == "ast":
        from ilang.report.tree_data import tree_data
        from ilang.report.tree_text import tree_text

        _give(output, args, tree_data(module) if args.json else tree_text(module))
        return ExitCode.ANSWERED
    from ilang.check.check import check

    program = check(module)
    if args.phase == "program":
        from ilang.report.program_data import program_data
        from ilang.report.program_text import program_text

        _give(output, args, program_data(program) if args.json else program_text(program))
        return ExitCode.ANSWERED
    _give(output, args, _graph(program, entry, args))
    return ExitCode.ANSWERED


def _graph(program: Program, entry: str | None, args: Namespace) -> dict[str, Any] | str:
    from ilang.graph.lower import lower
    from ilang.optimize.optimize import PASSES
    from ilang.report.graph_data import graph_data
    from ilang.report.graph_text import graph_text
    from ilang.session.program import entry_key

    graph = lower(program, entry_key(program, entry))
    if args.phase == "graph":
        return graph_data(graph) if args.json else graph_text(graph)
    told, planned, sizes = passes_told(graph, PASSES)
    if args.json:
        return {"passes": sizes, **graph_data(planned)}
    return "\n".join([*told, "", graph_text(planned)])


def passes_told(graph: Graph, passes: Sequence[Pass]) -> tuple[list[str], Graph, list[dict[str, Any]]]:
    """What each pass does, in words and as data, and the graph after all of them."""
    from ilang.optimize.optimize import optimize
    from ilang.report.graph_data import size

    told: list[str] = []
    sizes: list[dict[str, Any]] = []
    before = graph

    def after(name: str, made: Graph) -> None:
        nonlocal before
        if made is before:
            told.append(f"pass {name}: nothing to do")
        else:
            told.append(f"pass {name}: {size(before)} nodes become {size(made)}")
        sizes.append({"pass": name, "changed": made is not before, "before": size(before), "after": size(made)})
        before = made

    return told, optimize(graph, passes, after), sizes


def _give(output: Output, args: Namespace, shown: dict[str, Any] | str) -> None:
    if isinstance(shown, str):
        output.value(shown + "\n")
        return
    from ilang.report.json_text import object_text

    output.result(object_text({"schema": 1, "command": "show", "phase": args.phase, **shown}))
