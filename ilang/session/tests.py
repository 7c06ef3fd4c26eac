"""Runs the `test` blocks of a file: every model is `fake`, so that no model is needed and nothing is paid."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.check.check import check
from ilang.check.program import Program, Test
from ilang.graph.tests import lower_test
from ilang.run.testing import TestCase, TestOutcome, fake_bindings, run_tests
from ilang.session.python import python_refs, reached
from ilang.session.trust import Ask, nobody, require
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source


def run_file_tests(path: str) -> list[TestOutcome]:
    """The tests of a file, in order. Raises IlangError where the file is no program."""
    return run_program_tests(check(parse(read_source(path))))


def run_one_test(program: Program, test: Test) -> TestOutcome:
    """One test of a checked program."""
    (outcome,) = _run(program, [test])
    return outcome


def run_program_tests(program: Program, containing: str = "", ask: Ask = nobody) -> list[TestOutcome]:
    """The tests of a checked program whose names contain a text, in order.

    `ask` is asked whether the Python of a library is trusted, where that is not known. Raises IlangError where it
    is not.
    """
    return _run(program, [t for t in program.tests if containing in t.name], ask)


def _run(program: Program, tests: Sequence[Test], ask: Ask = nobody) -> list[TestOutcome]:
    cases = [TestCase(t.name, *lower_test(program, t)) for t in tests]
    models = {key: (declared.name, declared.model) for key, declared in program.models.items()}
    functions = reached(program, [graph for case in cases for expect in case.expects for graph in expect[:2] if graph])
    require(program, functions, ask)
    return run_tests(cases, fake_bindings(models, python_refs(functions)))
