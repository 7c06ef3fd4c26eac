"""What a run over rows is the run of: the program as it is written, not what passes make of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import ilang
from ilang.base.diagnostic import IlangError
from ilang.draws.memory_store import MemoryStore

PROGRAM = '''
model m = sim("a", accuracy=1)
prompt say(q: text, n: number) -> number {
  user """{{q}}"""
  answer after("Answer:")
}
pipeline main(q: text) -> number? { say(q, 1 + 1) | sample(m, n=3) | vote | .winner }
'''


def test_answers_go_on_with_other_passes(tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"q": "What is 1 + 2?"}\n')
    program = ilang.loads(PROGRAM)
    first = program.map(str(rows), out=str(out), store=MemoryStore(), passes=())
    assert first.values == [3]
    again = program.map(str(rows), out=str(out), store=MemoryStore())
    assert again.values == [3] and again.paid.draws == 0
    with pytest.raises(IlangError, match="the program differs"):
        ilang.loads(PROGRAM.replace("1 + 1", "1 + 2")).map(str(rows), out=str(out), store=MemoryStore())
