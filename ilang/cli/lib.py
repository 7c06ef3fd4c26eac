"""`ilang lib`: the libraries of pipelines that are installed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Show the libraries of pipelines that are installed.

A library is a Python distribution with an entry point in the group `ilang.libraries`; `use best_of from
std.selection` takes a pipeline from one. Nothing of a library is imported or run to show it."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang lib", "ilang lib -v", "ilang lib --json")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Show them: version and folder, and with -v each pipeline."""
    from ilang.session.libraries import installed

    output: Output = args.output
    found = installed()
    if args.json:
        from ilang.report.json_text import object_text

        data = [
            {
                "name": one.name,
                "distribution": one.distribution,
                "version": one.version,
                "path": one.path,
                "modules": [
                    {
                        "name": f"{one.name}.{m.name}",
                        "file": m.path,
                        "pipelines": [o.name for o in m.offers if o.kind == "pipeline" and o.doc],
                        "ok": not m.wrong,
                    }
                    for m in one.modules
                ],
            }
            for one in found
        ]
        output.result(object_text({"schema": 1, "command": "lib", "ok": True, "libraries": data, "error": None}))
        return ExitCode.ANSWERED
    from ilang.report.escape import visible_line

    lines = []
    for one in found:
        where = one.path or "its package is not there any more: install it again"
        lines.append(f"{output.style.paint(visible_line(one.name), 'bold')}  {one.distribution} {one.version}  {where}")
        for m in one.modules:
            names = [o.name for o in m.offers if o.kind == "pipeline" and o.doc]
            lines.append(f"  {one.name}.{m.name}: {', '.join(names) or 'no documented pipelines'}")
            if args.verbose:
                lines += [f"    {visible_line(o.heading)}" for o in m.offers if o.kind == "pipeline" and o.doc]
            if m.wrong:
                lines.append(f"    has errors: `ilang check {m.path}` shows them")
    output.value("\n".join(lines) + "\n")
    return ExitCode.ANSWERED
