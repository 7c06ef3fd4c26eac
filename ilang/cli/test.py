"""`ilang test`: runs the `test` blocks of programs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples
from ilang.cli.programs import programs_in
from ilang.cli.trusting import add_trust_flag, asker

if TYPE_CHECKING:
    from ilang.report.output import Output
    from ilang.run.testing import TestOutcome
    from ilang.session.trust import Ask

DESCRIPTION = """Run the `test` blocks of programs.

Models are scripted by each test's `replies`, so no model is needed and nothing is paid. Of a folder every
.inf file is taken, however deep. Exit code 0: all passed; 1: a test failed; 2: a file is no program."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        "ilang test programs/vote.inf",
        "ilang test programs stdlib",
        "ilang test programs/vote.inf -k majority -v",
        "ilang test programs --junit tests.xml",
    )
    parser.add_argument("files", nargs="+", metavar="FILE|FOLDER", help="a program, or a folder with programs")
    parser.add_argument("-k", dest="containing", default="", metavar="TEXT", help="tests whose names hold this text")
    parser.add_argument("--junit", metavar="FILE", help="write what came of them as JUnit XML, too")
    add_trust_flag(parser)
    add_output_flags(parser)
    parser.set_defaults(words="files")


@dataclass(frozen=True, slots=True)
class Tested:
    """One file: its tests with the lines where they stand and what came of them, or why it is no program."""

    file: str
    outcomes: tuple[tuple[int, TestOutcome], ...] = ()
    left_out: int = 0
    problems: tuple[Diagnostic, ...] = ()


def run(args: Namespace) -> ExitCode:
    """Run them all and tell what failed."""
    output: Output = args.output
    tested = [_test(file, args.containing, asker(args)) for path in args.files for file in programs_in(path)]
    outcomes = [outcome for one in tested for _, outcome in one.outcomes]
    if args.containing and not outcomes and not any(one.problems for one in tested):
        raise args.parser.problem(f"no test's name holds `{args.containing}`", _names_of(tested))
    if args.junit is not None:
        _write_junit(args.junit, tested)
    if args.json:
        from ilang.report.json_text import object_text

        output.result(object_text(_data(tested)))
    else:
        from ilang.report.test_text import summary_text, tests_text

        for one in tested:
            shown = tests_text(one.file, one.outcomes, one.left_out, output.style, verbose=bool(output.verbose))
            if one.problems:
                _complain(output, one.problems)
            elif shown and (not output.quiet or any(not outcome.passed for _, outcome in one.outcomes)):
                output.value(shown + "\n")
        if not output.quiet:
            output.value(summary_text(outcomes, sum(bool(one.problems) for one in tested), output.style) + "\n")
    if any(one.problems for one in tested):
        return ExitCode.USAGE
    return ExitCode.ANSWERED if all(outcome.passed for outcome in outcomes) else ExitCode.FAILED


def _write_junit(path: str, tested: Sequence[Tested]) -> None:
    from ilang.report.junit_xml import Suite, junit_xml

    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(junit_xml([Suite(one.file, one.outcomes, one.problems) for one in tested]))
    except OSError as problem:
        raise IlangError(
            Diagnostic("unwritable-file", f"`{path}` cannot be written: {problem.strerror}", help="name another file")
        ) from None


def _test(file: str, containing: str, ask: Ask) -> Tested:
    from ilang.check.check import check
    from ilang.session.tests import run_program_tests
    from ilang.syntax.parse import parse
    from ilang.syntax.read import read_source

    try:
        program = check(parse(read_source(file)))
        outcomes = run_program_tests(program, containing, ask)
    except IlangError as error:
        return Tested(file, problems=error.diagnostics)
    chosen = [test for test in program.tests if containing in test.name]
    lines = [test.span.source.line_column(test.span.start)[0] for test in chosen]
    return Tested(file, tuple(zip(lines, outcomes, strict=True)), len(program.tests) - len(chosen))


def _names_of(tested: Sequence[Tested]) -> str:
    left_out = sum(one.left_out for one in tested)
    return f"{left_out} tests have other names; leave out -k to run them" if left_out else "there are no tests at all"


def _complain(output: Output, problems: Sequence[Diagnostic]) -> None:
    from ilang.report.diagnostic import diagnostics_text

    output.error(diagnostics_text(problems, output.error_style, output.width))


def _data(tested: Sequence[Tested]) -> dict[str, Any]:
    """`{"schema", "command", "ok", "passed", "failed", "files": [{"file", "errors", "tests": [...]}]}`.

    A test is `{"name", "line", "passed", "expect", "left", "right", "draws", "error"}`; the last five
    say what failed and are null (`draws`: empty) where it passed.
    """
    from ilang.report.diagnostic_data import diagnostic_data

    files = []
    for one in tested:
        tests = [
            {
                "name": outcome.name,
                "line": line,
                "passed": outcome.passed,
                "expect": None if outcome.passed else outcome.failed,
                "left": outcome.sides[0] if outcome.sides else None,
                "right": outcome.sides[1] if outcome.sides else None,
                "draws": list(outcome.draws),
                "error": diagnostic_data(outcome.error) if outcome.error else None,
                "unused": [{"prompt": name, "replies": n, "of": of} for name, n, of in outcome.unused],
            }
            for line, outcome in one.outcomes
        ]
        files.append({"file": one.file, "errors": [diagnostic_data(d) for d in one.problems], "tests": tests})
    outcomes = [outcome for one in tested for _, outcome in one.outcomes]
    failed = sum(not outcome.passed for outcome in outcomes)
    return {
        "schema": 1,
        "command": "test",
        "ok": not failed and not any(one.problems for one in tested),
        "passed": len(outcomes) - failed,
        "failed": failed,
        "files": files,
    }
