"""The pytest plugin: each `test` block of a program is a test.

    pytest --ilang                 # all .inf files that pytest comes by
    pytest pipelines/vote.inf      # a file that is named is always taken

`ilang = true` in pytest's settings stands for the flag. Nothing of ilang is imported before a file is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ilang.check.program import Program, Test
    from ilang.run.testing import TestOutcome


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--ilang`, and `ilang` in the settings."""
    group = parser.getgroup("ilang", "test blocks of ilang programs")
    group.addoption("--ilang", action="store_true", default=False, help="take the test blocks of .inf files")
    parser.addini("ilang", "take the test blocks of .inf files", type="bool", default=False)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> InfFile | None:
    """Takes a program that is named, or any where that is wished."""
    if file_path.suffix != ".inf":
        return None
    config = parent.config
    if config.getoption("ilang") or config.getini("ilang") or parent.session.isinitpath(file_path):
        return InfFile.from_parent(parent, path=file_path)
    return None


class InfFile(pytest.File):
    """A program with `test` blocks."""

    def collect(self) -> Iterator[InfTest]:
        """Its tests. A file that is no program is an error of the collection."""
        from ilang.check.check import check
        from ilang.syntax.parse import parse
        from ilang.syntax.read import read_source

        program = check(parse(read_source(str(self.path))))
        for test in program.tests:
            yield InfTest.from_parent(self, name=test.name, program=program, test=test)

    def repr_failure(self, excinfo: Any) -> Any:  # type: ignore[override]
        """The diagnostics, as `ilang check` shows them."""
        from ilang.base.diagnostic import IlangError
        from ilang.report.diagnostic import diagnostics_text

        if isinstance(excinfo.value, IlangError):
            return diagnostics_text(excinfo.value.diagnostics)
        return super().repr_failure(excinfo)


class Failed(Exception):
    """A test block whose expectation does not hold."""

    def __init__(self, outcome: TestOutcome) -> None:
        super().__init__(outcome.failed)
        self.outcome = outcome


class InfTest(pytest.Item):
    """One `test` block."""

    def __init__(self, *, program: Program, test: Test, **more: Any) -> None:
        super().__init__(**more)
        self.program = program
        self.test = test

    def runtest(self) -> None:
        """On the plain evaluator, then on the concurrent one."""
        from ilang.session.tests import run_one_test

        outcome = run_one_test(self.program, self.test)
        if not outcome.passed:
            raise Failed(outcome)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Both sides of the expectation, and the draws."""
        if isinstance(excinfo.value, Failed):
            from ilang.report.test_text import failure_text

            return failure_text(excinfo.value.outcome)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line, the name."""
        source = self.test.span.source
        return self.path, source.line_column(self.test.span.start)[0] - 1, self.name
