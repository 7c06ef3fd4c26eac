"""`ilang help`: tells of a command, a stage, an error's code, or the whole language on one page."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.main import COMMANDS
from ilang.cli.parser import Parser, examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Tell of a command, a stage, an error's code, or of the whole language.

`ilang help language` is the language on one page, for people and for coding agents; `ilang help vote` a stage
with its parameters; `ilang help needs-candidates` what an error means, with a wrong program and a right one."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang help language", "ilang help vote", "ilang help needs-candidates")
    parser.add_argument(
        "topic", nargs="?", metavar="TOPIC", help="a command, a stage, a word, a code, `language` or `codes`"
    )
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Tell it. Raises IlangError for a topic that there is not."""
    output: Output = args.output
    topic: str | None = args.topic
    if topic is None:
        from ilang.cli.dispatch import overview

        text, kind = overview(), "overview"
    elif topic in COMMANDS:
        parser = Parser(f"ilang {topic}")
        import_module(f"ilang.cli.{topic}").add(parser)
        text, kind = parser.format_help(), "command"
    elif topic == "language":
        text, kind = files("ilang.help").joinpath("language.md").read_text("utf-8"), "language"
    elif topic == "codes":
        from ilang.help.registry import entries

        text, kind = "".join(f"{code}\n" for code in sorted(entries())), "codes"
    else:
        text, kind = _stage_or_code(topic, output)
    if args.json:
        from ilang.report.json_text import object_text

        output.result(
            object_text(
                {"schema": 1, "command": "help", "ok": True, "topic": topic, "kind": kind, "text": text, "error": None}
            )
        )
    else:
        output.result(text)
    return ExitCode.ANSWERED


def _stage_or_code(topic: str, output: Output) -> tuple[str, str]:
    from ilang.check.prelude import prelude
    from ilang.help.registry import entries

    if topic in prelude():
        from ilang.report.signature_text import signatures_text

        return signatures_text(prelude()[topic]), "stage"
    if topic in entries():
        from ilang.report.code_text import code_text

        return code_text(entries()[topic], output.style), "code"
    from ilang.check.near import near
    from ilang.help.words import WORDS, passages

    if topic in WORDS:
        return f"{passages(topic)}\nThe whole page: `ilang help language`\n", "word"
    close = near(topic, (*prelude(), *entries(), *COMMANDS, *WORDS, "language"))
    raise IlangError(
        Diagnostic(
            "no-such-topic",
            f"there is no command, stage, word or code `{topic}`",
            help=f"did you mean `ilang help {close}`?" if close else "`ilang help codes` lists the codes of errors",
        )
    )
