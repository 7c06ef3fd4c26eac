"""What is told of stages by name holds of the stages."""

from __future__ import annotations

import inspect

import pytest

from ilang.check.prelude import prelude
from ilang.optimize.effects import RANDOM, SILENT, VALUES
from ilang.optimize.judge import FUNCTIONS, WRITES
from ilang.run.stage_table import stage
from ilang.stages.pure import PURE
from tests.test_house import stage_files


def test_random_are_those_that_say_so() -> None:
    assert {name for name in stage_files() if stage(name).random and not stage(name).draws} == RANDOM


@pytest.mark.parametrize("name", SILENT)
def test_a_silent_stage_reports_nothing_without_its_functions(name: str) -> None:
    """It asks nothing and makes no candidate, but for what its functions are asked for."""
    source = inspect.getsource(inspect.getmodule(stage(name).apply))  # type: ignore[arg-type]
    assert not any(word in source for word in ("Candidate(", "rewritten", "copied", "told_apart", "Chance", "Send("))
    assert bool(SILENT[name]) == ("Judge" in source or "ranks(" in source)


def test_values_are_no_functions() -> None:
    """No parameter of a stage that is passed over may be a function; and those of judges are functions."""
    for name, signatures in prelude().items():
        if name in PURE:
            continue
        for signature in signatures:
            for p in signature.params:
                assert p.name not in VALUES or "->" not in str(p.type), (name, p.name)
    for name, functions in FUNCTIONS.items():
        for function in functions:
            assert any("->" in str(p.type) for s in prelude()[name] for p in s.params if p.name == function)


def test_judges_write_what_they_say() -> None:
    """What a stage changes of a candidate is named in the file that changes it."""
    for name, fields in WRITES.items():
        source = inspect.getsource(inspect.getmodule(stage(name).apply))  # type: ignore[arg-type]
        changed = {f for f in ("verified", "feedback", "score", "weight") if f"replace(c, {f}=" in source}
        changed |= {"feedback"} if "feedback=feedback" in source else set()
        assert changed == fields
