"""Runs the `test` blocks of a file: every model is `fake`, so that no model is needed and nothing is paid."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.check.check import check
from ilang.check.program import Program, Test
from ilang.graph.tests import lower_test
from ilang.run.testing import TestCase, TestOutcome, fake_bindings, run_tests
from ilang.session.runner import python_refs
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source


def run_file_tests(path: str) -> list[TestOutcome]:
    """The tests of a file, in order. Raises IlangError where the file is no program."""
    return run_program_tests(check(parse(read_source(path))))


def run_one_test(program: Program, test: Test) -> TestOutcome:
    """One test of a checked program."""
    (outcome,) = _run(program, [test])
    return outcome


def run_program_tests(program: Program, containing: str = "") -> list[TestOutcome]:
    """The tests of a checked program whose names contain a text, in order."""
    return _run(program, [t for t in program.tests if containing in t.name])


def _run(program: Program, tests: Sequence[Test]) -> list[TestOutcome]:
    cases = [TestCase(t.name, *lower_test(program, t)) for t in tests]
    models = {key: (declared.name, declared.model) for key, declared in program.models.items()}
    bindings = fake_bindings(models, python_refs(program))
    return run_tests(cases, bindings)
