"""`ilang show`: shows what a phase of the compiler makes of a program."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples
from ilang.cli.run import chosen_passes

if TYPE_CHECKING:
    from ilang.check.program import Program
    from ilang.graph.node import Graph
    from ilang.optimize.optimize import Pass
    from ilang.report.output import Output

DESCRIPTION = """Show what a phase of the compiler makes of a program.

ast: what was written, as a tree. program: what it declares, and the type of every let, stage and call.
graph: the operations of a pipeline and what flows between them; with --passes, after those. plan: the same
after the optimizer, with what each pass did; with --each, the nodes that each pass took away, made or changed."""

PHASES = ("ast", "program", "graph", "plan")


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        "ilang show programs/vote.inf",
        "ilang show programs/vote.inf --phase plan --each",
        "ilang show programs/vote.inf:main --phase graph --json",
    )
    parser.add_argument("file", metavar="FILE[:PIPELINE]", help="the program; the pipeline counts for graph and plan")
    parser.add_argument(
        "--phase", choices=PHASES, default="program", metavar="PHASE", help="ast, program (the default), graph or plan"
    )
    parser.add_argument("--each", action="store_true", help="of a plan: what each pass changed, node by node")
    add_pass_flags(parser)
    add_output_flags(parser)


def add_pass_flags(parser: ArgumentParser) -> None:
    """`--no-optimize --passes`, as `ilang run` has them."""
    group = parser.add_argument_group("the passes of the optimizer")
    group.add_argument("--no-optimize", action="store_true", help="none: the graph as it was written")
    group.add_argument(
        "--passes", metavar="NAMES", help="these alone, in their order; or all but some: --passes=-NAME,-NAME"
    )


def passes_of(args: Namespace) -> tuple[Pass, ...]:
    """The passes that a phase stands behind: none of `graph` unless some are named. Raises IlangError."""
    passes = chosen_passes(args)
    return () if args.phase == "graph" and args.passes is None else passes


def run(args: Namespace) -> ExitCode:
    """Show the phase."""
    from ilang.session.program import split_entry
    from ilang.syntax.parse import parse
    from ilang.syntax.read import read_source

    output: Output = args.output
    refuse_stray_flags(args)
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


def refuse_stray_flags(args: Namespace) -> None:
    """Raises IlangError for a flag that says nothing of this phase."""
    if args.phase not in ("graph", "plan"):
        for flag, given in (("--passes", args.passes is not None), ("--no-optimize", args.no_optimize)):
            if given:
                raise args.parser.problem(
                    f"`{flag}` says nothing of --phase {args.phase}", "it goes with --phase graph or --phase plan"
                )
    if args.each and args.phase != "plan":
        raise args.parser.problem(f"`--each` says nothing of --phase {args.phase}", "it goes with --phase plan")


def _graph(program: Program, entry: str | None, args: Namespace) -> dict[str, Any] | str:
    from ilang.graph.lower import lower
    from ilang.report.graph_data import graph_data
    from ilang.report.graph_text import graph_text
    from ilang.session.program import entry_key

    passes = passes_of(args)
    told, planned, sizes = passes_told(lower(program, entry_key(program, entry)), passes, each=args.each)
    if args.phase == "graph":
        return graph_data(planned) if args.json else graph_text(planned)
    if args.json:
        return {"passes": sizes, **graph_data(planned)}
    if args.each:
        return "\n".join(told or ["no pass"])
    return "\n".join([*told, *([""] if told else []), graph_text(planned)])


def passes_told(
    graph: Graph, passes: Sequence[Pass], *, each: bool = False
) -> tuple[list[str], Graph, list[dict[str, Any]]]:
    """What each pass does, in words and as data, and the graph after all of them. `each`: with the nodes it changed."""
    from ilang.optimize.optimize import optimize
    from ilang.report.graph_change import changes, changes_data, changes_text
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
        one = {"pass": name, "changed": made is not before, "before": size(before), "after": size(made)}
        if each:
            found = changes(before, made) if made is not before else ()
            told.extend(changes_text(found))
            one["changes"] = changes_data(found)
        sizes.append(one)
        before = made

    return told, optimize(graph, passes, after), sizes


def _give(output: Output, args: Namespace, shown: dict[str, Any] | str) -> None:
    if isinstance(shown, str):
        output.value(shown + "\n")
        return
    from ilang.report.json_text import object_text

    output.result(object_text({"schema": 1, "command": "show", "phase": args.phase, **shown}))
