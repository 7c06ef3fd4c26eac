"""The one helper that runs the `test` blocks of a file: each `expect` on the plain and on the concurrent evaluator."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ilang.check.check import check
from ilang.check.program import Program
from ilang.graph.tests import lower_test
from ilang.run.python_call import PythonRef
from ilang.run.testing import TestCase, TestOutcome, fake_bindings, run_tests
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source


@cache
def program(path: Path) -> Program:
    """The checked program of a file."""
    return check(parse(read_source(str(path))))


def names(path: Path) -> list[str]:
    """The names of a file's tests. A file that does not check has none; running it says why."""
    return [t.name for t in program(path).tests]


def run_one(path: Path, name: str) -> TestOutcome:
    """The outcome of a test by its name."""
    checked = program(path)
    (test,) = [t for t in checked.tests if t.name == name]
    replies, expects = lower_test(checked, test)
    python = {
        key: PythonRef(f.path, f.function, f.signature.params[0].name if f.signature.params else "text", f.batched)
        for key, f in checked.python.items()
    }
    bindings = fake_bindings([d.name for d in checked.models.values()], list(checked.models), python)
    (outcome,) = run_tests([TestCase(test.name, replies, expects)], bindings)
    return outcome


def told(outcome: TestOutcome) -> str:
    """What there is to say of a test that failed."""
    sides = f"\n  left:  {outcome.sides[0]}\n  right: {outcome.sides[1]}" if outcome.sides else ""
    error = f"\n  {outcome.error.code}: {outcome.error.message}" + "".join(f"\n  {n}" for n in outcome.error.notes) if outcome.error else ""
    return f"{outcome.name}\n  expect {outcome.failed}{sides}{error}\n  draws: " + "\n         ".join(outcome.draws)
