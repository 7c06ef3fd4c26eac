"""Each phase of each program of the repository is what its golden file says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.golden.phases import FILES, ROOT, golden, phases, programs


@pytest.mark.parametrize("file", programs(), ids=lambda f: str(f.relative_to(ROOT)))
def test_every_phase_is_what_it_was(file: Path, pytestconfig: pytest.Config) -> None:
    """`pytest tests/golden --update` writes them anew."""
    made, kept = asyncio.run(phases(file)), golden(file)
    if pytestconfig.getoption("update", default=False):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(made, "utf-8")
    assert kept.is_file(), "there is no golden file: pytest tests/golden --update"
    assert made == kept.read_text("utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {f for f in FILES.rglob("*.txt")} == {golden(f) for f in programs()}


def test_they_are_of_any_machine() -> None:
    for file in FILES.rglob("*.txt"):
        assert str(ROOT) not in file.read_text("utf-8")
