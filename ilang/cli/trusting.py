"""Asks the user whether the Python of a library may run: by `--trust`, or by a question on a terminal."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ilang.report.output import Output
    from ilang.session.trust import Ask, Foreign


def add_trust_flag(parser: ArgumentParser) -> None:
    """`--trust`."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="let the Python of the libraries that the program uses run, from now on and until it changes; without it "
        "a terminal is asked once, and anything else refuses",
    )


def asker(args: Namespace) -> Ask:
    """What is asked where a library's Python is not trusted yet."""
    output: Output = args.output

    def ask(foreign: Foreign) -> bool:
        from ilang.report.count import counted
        from ilang.report.escape import visible_line
        from ilang.session.trust import of_distribution

        name = f"`{visible_line(foreign.library)}`{visible_line(of_distribution(foreign))}"
        if args.trust:
            output.note(f"trusted from now on: the Python of {name}, {counted(foreign.files, 'file')}")
            return True
        if args.json or output.quiet or not (output.errors_on_terminal and sys.stdin and sys.stdin.isatty()):
            return False
        output.note(
            f"The library {name} wants to run Python: {visible_line(', '.join(foreign.functions))}\n"
            f"Its files ({foreign.files}) are in {visible_line(foreign.folder)}\n"
            "They can do whatever you can. You are asked again only when they change.\n"
            "Trust them? [y/N]"
        )
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    return ask
