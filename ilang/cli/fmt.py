"""`ilang fmt`: lays programs out in the usual way."""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples
from ilang.cli.programs import programs_in

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Lay programs out in the usual way.

White space alone is changed: indentation, blanks between words, empty lines. Where lines end is yours. No
comment is lost, and the prompts say what they said. A file that cannot be parsed is left as it is, and the
exit code is 2; with --check it is 1 where a file would change."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        "ilang fmt programs/vote.inf",
        "ilang fmt programs stdlib --check",
        "ilang fmt programs/vote.inf --diff",
    )
    parser.add_argument(
        "files", nargs="+", metavar="FILE|FOLDER|-", help="a program, a folder with programs, or - for standard input"
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 where something would change")
    parser.add_argument("--diff", action="store_true", help="change nothing; show what would change")
    add_output_flags(parser)
    parser.set_defaults(words="files")


@dataclass(frozen=True, slots=True)
class Laid:
    """One file: as it stands and as it would, or why it is no program."""

    file: str
    before: str = ""
    after: str = ""
    problems: tuple[Diagnostic, ...] = ()

    @property
    def changes(self) -> bool:
        return not self.problems and self.before != self.after


def run(args: Namespace) -> ExitCode:
    """Lay out each file and tell which have changed."""
    output: Output = args.output
    found: list[Laid] = []
    for path in args.files:
        for one in _laid(path):
            found.append(one)
            if one.problems and not args.json:
                from ilang.report.diagnostic import diagnostics_text

                output.error(diagnostics_text(one.problems, output.error_style, output.width))
            elif one.file == "-" and not (args.check or args.diff or args.json):
                output.value(one.after)
            elif one.changes and args.diff and not args.json:
                output.value("".join(_difference(one)))
            elif one.changes and not (args.check or args.diff):
                _write(one)
    changed = [one.file for one in found if one.changes]
    if args.json:
        _tell_json(output, found, written=not (args.check or args.diff))
    elif not args.diff and (args.check or "-" not in args.files):
        for file in changed:
            output.note(f"{'would change' if args.check else 'changed'}: {file}")
        if output.verbose or output.on_terminal:
            output.note(f"{len(found) - len(changed)} of {len(found)} stand as they should")
    if any(one.problems for one in found):
        return ExitCode.USAGE
    return ExitCode.FAILED if changed and args.check else ExitCode.ANSWERED


def _laid(path: str) -> Iterator[Laid]:
    from ilang.syntax.format import formatted

    for file in [path] if path == "-" else programs_in(path):
        try:
            before = _read(file)
            yield Laid(file, before, formatted(before, "standard input" if file == "-" else file))
        except IlangError as error:
            yield Laid(file, problems=error.diagnostics)


def _read(file: str) -> str:
    """The text of a file with its line ends as they are. Raises IlangError as `read_source` does."""
    if file == "-":
        data = sys.stdin.buffer.read()
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise IlangError(
                Diagnostic("not-utf8", f"standard input is not UTF-8: byte {problem.start}", help="pass it on as UTF-8")
            ) from None
    from ilang.syntax.read import read_source

    read_source(file)
    with open(file, encoding="utf-8", newline="") as opened:
        return opened.read()


def _difference(one: Laid) -> Iterator[str]:
    lines = difflib.unified_diff(
        one.before.splitlines(keepends=True), one.after.splitlines(keepends=True), one.file, one.file, n=2
    )
    for line in lines:
        yield line if line.endswith("\n") else line + "\n\\ no line break at the end\n"


def _write(one: Laid) -> None:
    """Puts the new text in the file's place at once, with its rights; a link stays a link. Raises IlangError."""
    path = os.path.realpath(one.file)
    made = ""
    try:
        handle, made = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".ilang-fmt-")
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(one.after)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(made, os.stat(path).st_mode & 0o7777)
        os.replace(made, path)
    except OSError as problem:
        if made:
            with suppress(OSError):
                os.unlink(made)
        raise IlangError(
            Diagnostic(
                "unwritable-file",
                f"`{one.file}` cannot be written: {problem.strerror or problem}",
                help="it stands as it stood; check the rights of the file and its folder",
            )
        ) from None


def _tell_json(output: Output, found: list[Laid], *, written: bool) -> None:
    """`{"schema", "command", "ok", "written", "files": [{"file", "changes", "errors"}]}`."""
    from ilang.report.diagnostic_data import diagnostic_data
    from ilang.report.json_text import object_text

    files = [
        {"file": one.file, "changes": one.changes, "errors": [diagnostic_data(d) for d in one.problems]}
        for one in found
    ]
    ok = not any(one.problems for one in found)
    output.result(object_text({"schema": 1, "command": "fmt", "ok": ok, "written": written, "files": files}))
