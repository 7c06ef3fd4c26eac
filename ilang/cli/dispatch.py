"""dispatch(words) -> exit code: finds the command, reads its words, and sees that no error leaves as a traceback.

A command that has something to say in JSON when it fails sets its parser's default `failure`, a function
of (args, diagnostics).
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.configure import configure
from ilang.cli.exit_code import ExitCode
from ilang.cli.main import COMMANDS
from ilang.cli.parser import Parser
from ilang.report.output import Output, standard_output


def dispatch(words: list[str]) -> int:
    """Run one command; its exit code."""
    args = Namespace()
    try:
        return _answer(words, args)
    except BrokenPipeError:
        return ExitCode.CLOSED_PIPE
    finally:
        _forget_unwritten()


def _answer(words: list[str], args: Namespace) -> int:
    try:
        return _run(words, args)
    except BrokenPipeError:
        raise
    except SystemExit as done:  # argparse has shown a help
        return done.code if isinstance(done.code, int) else ExitCode.USAGE
    except IlangError as error:
        return _failed(words, args, error)
    except KeyboardInterrupt:
        return _failed(words, args, IlangError(Diagnostic("interrupted", "interrupted"), ExitCode.INTERRUPTED))
    except Exception as error:
        return _failed(words, args, _unexpected(error))


def _run(words: list[str], args: Namespace) -> int:
    """The command's own work."""
    if not words or words[0] in ("-h", "--help"):
        standard_output().result(overview())
        return ExitCode.ANSWERED
    if words[0] in ("-V", "--version"):
        from ilang import __version__

        standard_output().result(f"ilang {__version__}\n")
        return ExitCode.ANSWERED
    if words[0] not in COMMANDS:
        raise _unknown_command(words[0])
    args.command = words[0]
    command = import_module(f"ilang.cli.{words[0]}")
    parser = Parser(f"ilang {words[0]}")
    command.add(parser)
    args.words_given = words
    args.failure = parser.get_default("failure")
    parser.read(words[1:], args)
    configure(args, parser, words[1:])
    args.parser = parser
    args.output = standard_output(color=args.color, quiet=args.quiet, verbose=args.verbose)
    code: ExitCode = command.run(args)
    return code


def overview() -> str:
    """All commands, and what they have in common."""
    from ilang.report.table import table_text

    rows = []
    for name in COMMANDS:
        parser = Parser(f"ilang {name}")
        import_module(f"ilang.cli.{name}").add(parser)
        rows.append((name, (parser.description or "").split("\n")[0]))
    return (
        "usage: ilang COMMAND ...\n\n"
        "Inference programs: sample a language model, verify, refine, vote, prune.\n\n"
        f"commands:\n{table_text(rows, indent='  ')}\n\n"
        "`ilang COMMAND --help` tells more of each; `ilang --version` says which ilang this is.\n\n"
        "exit codes: 0 answered, 1 failed, 2 an error in the program or the call, 3 a budget was spent,\n"
        "130 interrupted\n"
    )


def _unknown_command(word: str) -> IlangError:
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, 1)
    if near:
        help_ = f"did you mean `ilang {near[0]}`?"
    elif word.endswith(".inf"):
        help_ = f"did you mean `ilang run {word}`?"
    else:
        help_ = f"there are: {', '.join(COMMANDS)}"
    if word.startswith("-"):
        return IlangError(Diagnostic("usage", f"`{word}` stands before the command", help="flags stand behind it"))
    return IlangError(Diagnostic("unknown-command", f"there is no command `{word}`", help=help_))


def _failed(words: Sequence[str], args: Namespace, error: IlangError) -> int:
    """Tell what went wrong; the exit code."""
    output: Output = getattr(args, "output", None) or standard_output()
    flags = words[: words.index("--")] if "--" in words else words
    if getattr(args, "json", False) or "--json" in flags:
        from ilang.report.json_text import object_text

        failure = getattr(args, "failure", None) or _failure
        output.result(object_text(failure(args, error.diagnostics)))
    elif error.exit_code == ExitCode.INTERRUPTED:
        output.error(error.diagnostics[0].message)
    else:
        from ilang.report.diagnostic import diagnostics_text

        output.error(diagnostics_text(error.diagnostics, output.error_style, output.width))
    return error.exit_code


def _failure(args: Namespace, problems: Sequence[Diagnostic]) -> dict[str, Any]:
    """What most commands say in JSON when they fail."""
    from ilang.report.diagnostic_data import diagnostic_data

    return {
        "schema": 1,
        "command": getattr(args, "command", None),
        "ok": False,
        "error": diagnostic_data(problems[0]),
    }


def _unexpected(error: Exception) -> IlangError:
    """A mistake of ilang's, or a fault of a backend's that nobody expected there."""
    from ilang.backend.protocol import BackendFault

    if os.environ.get("ILANG_DEBUG"):
        import traceback

        traceback.print_exc()
    if isinstance(error, BackendFault):
        return IlangError(Diagnostic(f"backend-{error.kind}", error.message, help=error.help), ExitCode.FAILED)
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return IlangError(
        Diagnostic(
            "internal-error",
            f"ilang made a mistake ({said})",
            help="please report it with the program and the command; with ILANG_DEBUG=1 the command shows "
            "where it happened",
            notes=("draws that had come are kept",),
        ),
        ExitCode.FAILED,
    )


def _forget_unwritten() -> None:
    """What could not be written (whoever read it has gone, a disk is full) is not tried again at exit."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None or stream.closed:
            continue
        try:
            stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
