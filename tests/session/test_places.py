"""What goes wrong in a run has a place in the program, on both evaluators."""

from __future__ import annotations

import pytest

import ilang
from ilang.draws.memory_store import MemoryStore

PROGRAM = '''
prompt s(q: text) -> number { user """{{q}}""" answer after("Nothing:") }
pipeline divided(q: int) -> number { 1 / q }
pipeline unread(q: int) -> number { s("a question") | sample(n=2) | vote | .winner }
pipeline many(q: int) -> number { [s("a question"), s("b")] | sample(n=q + 60000) | vote | .winner }
'''


@pytest.mark.parametrize("plainly", [False, True])
@pytest.mark.parametrize(
    ("entry", "code", "line"),
    [("divided", "cannot-give", 3), ("unread", "nothing-parsed", 4), ("many", "too-many-draws", 5)],
)
def test_place(entry: str, code: str, line: int, plainly: bool) -> None:
    program = ilang.loads(PROGRAM, entry=entry, models="sim")
    result = program.run_with({"q": 0}, store=MemoryStore(), plainly=plainly)
    assert result.status == "failed" and result.error is not None and result.error.code == code
    assert result.error.span is not None
    assert result.error.span.source.line_column(result.error.span.start)[0] == line
