"""Runs the `test` blocks of a file: every model is `fake`, so that no model is needed and nothing is paid."""

from __future__ import annotations

from ilang.check.check import check
from ilang.check.program import Program
from ilang.graph.tests import lower_test
from ilang.run.testing import TestCase, TestOutcome, fake_bindings, run_tests
from ilang.session.runner import python_refs
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source


def run_file_tests(path: str) -> list[TestOutcome]:
    """The tests of a file, in order. Raises IlangError where the file is no program."""
    return run_program_tests(check(parse(read_source(path))))


def run_program_tests(program: Program, containing: str = "") -> list[TestOutcome]:
    """The tests of a checked program whose names contain a text, in order."""
    cases = [TestCase(t.name, *lower_test(program, t)) for t in program.tests if containing in t.name]
    models = {key: (declared.name, declared.model) for key, declared in program.models.items()}
    bindings = fake_bindings(models, python_refs(program))
    return run_tests(cases, bindings)
