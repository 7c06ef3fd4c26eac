"""`program.map`: rows of lists, frames, tables and files, given back as they came."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ilang
from ilang.base.diagnostic import IlangError
from ilang.draws.memory_store import MemoryStore
from ilang.session.mapping import Answers

PROGRAM = '''
model m = sim("a", accuracy=1)
prompt say(q: text) -> number {
  user """{{q}}"""
  answer after("Answer:")
}
pipeline main(q: text, n: int = 3) -> number? { say(q) | sample(m, n=n) | vote | .winner }
'''
ROWS = [{"q": f"What is {i} + {2 * i}?", "id": f"r{i}"} for i in range(6)]
VALUES = [0, 3, 6, 9, 12, 15]


@pytest.fixture
def program() -> ilang.LoadedProgram:
    return ilang.loads(PROGRAM)


def test_a_list_gives_answers(program: ilang.LoadedProgram) -> None:
    told: list[int] = []
    found = program.map(
        ROWS, n=2, store=MemoryStore(), eager=1.0, on_progress=lambda tallied: told.append(tallied.rows)
    )
    assert isinstance(found, Answers) and found.values == VALUES and len(found) == 6
    assert found[1] == {
        "row": 1,
        "id": "r1",
        "input": {"q": "What is 1 + 2?"},
        "value": 3,
        "status": "answered",
        "worth": found[1]["worth"],
        "error": None,
    }
    assert found[0]["worth"]["draws"] == 2 and found.paid.draws == 12 and len(told) == 6
    assert [row["id"] for row in found[2:4]] == ["r2", "r3"]


def test_an_iterator_is_read_as_it_is_needed(program: ilang.LoadedProgram) -> None:
    read: list[int] = []

    def rows() -> Any:
        for i in range(100_000):
            read.append(i)
            yield ROWS[i % 6]

    assert program.map(rows(), limit=4, store=MemoryStore()).values == VALUES[:4]
    assert len(read) < 300


def test_a_row_that_fails_is_among_the_answers(program: ilang.LoadedProgram) -> None:
    found = program.map([ROWS[0], {"q": 7}, "no row", ROWS[1]], store=MemoryStore())
    assert [row["status"] for row in found] == ["answered", "failed", "failed", "answered"]
    assert found[2]["error"]["code"] == "not-a-row" and found[1]["error"] is not None


def test_pandas(program: ilang.LoadedProgram) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(ROWS, index=[f"i{k}" for k in range(6)])
    frame["weight"] = [1.5, None, 2.0, None, 1.0, 0.5]
    made = program.map(frame, store=MemoryStore(), eager=1.0)
    assert list(made.columns) == ["q", "id", "weight", "value", "status", "error"]
    assert list(made.index) == list(frame.index) and list(made["value"]) == VALUES
    assert list(made["status"]) == ["answered"] * 6 and made.attrs["ilang"]["paid"].draws == 18
    assert "value" not in frame.columns
    part = program.map(frame, store=MemoryStore(), limit=2)
    assert list(part["status"][:2]) == ["answered"] * 2 and pandas.isna(part["status"].iloc[2])


def test_numbers_of_a_frame_are_numbers() -> None:
    pandas = pytest.importorskip("pandas")
    program = ilang.loads("pipeline main(n: int, x: number?) -> number { n + (x | otherwise(10)) }")
    frame = pandas.DataFrame({"n": [1, 2], "x": [0.5, None]})
    assert list(program.map(frame, store=MemoryStore())["value"]) == [1.5, 12]


def test_polars(program: ilang.LoadedProgram) -> None:
    polars = pytest.importorskip("polars")
    made = program.map(polars.DataFrame(ROWS), store=MemoryStore())
    assert made.columns == ["q", "id", "value", "status", "error"] and made["value"].to_list() == VALUES


def test_arrow(program: ilang.LoadedProgram) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    made = program.map(pyarrow.Table.from_pylist(ROWS), store=MemoryStore(), prefix="a_")
    assert made.column_names == ["q", "id", "a_value", "a_status", "a_error"]
    assert made.column("a_value").to_pylist() == VALUES


def test_a_file(program: ilang.LoadedProgram, tmp_path: Path) -> None:
    path, out = tmp_path / "rows.jsonl", tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    store = MemoryStore()
    assert program.map(path, store=store).values == VALUES
    assert program.map(str(path), store=store, out=out, where='id != "r3"').values == [0, 3, 6, 12, 15]
    again = program.map(str(path), store=store, out=out, where='id != "r3"')
    assert again.values == [0, 3, 6, 12, 15] and again.paid.calls == 0
    assert len(out.read_text().splitlines()) == 5


def test_a_budget_ends_it(program: ilang.LoadedProgram) -> None:
    found = program.map(ROWS, store=MemoryStore(), budget={"calls": 4}, concurrency=2)
    assert found.values == VALUES[:4] and found.paid.calls == 4
    assert found.stopped is not None and found.stopped.code == "budget-spent"


@pytest.mark.parametrize(
    ("rows", "given", "code", "told"),
    [
        ({"q": "x"}, {}, "bad-argument", "rows are needed, not a dict"),
        (7, {}, "bad-argument", "rows are needed, not a int"),
        (ROWS, {"out": "x.jsonl"}, "bad-argument", "`out` and `where` go with rows from a file"),
        (ROWS, {"nonsense": 1}, "bad-argument", "nonsense"),
        ([{"question": "x"}], {}, "no-such-field", "no field `q`"),
        ("nowhere.jsonl", {}, "no-such-file", "nowhere.jsonl"),
    ],
)
def test_what_cannot_be_mapped(
    program: ilang.LoadedProgram, rows: Any, given: dict[str, Any], code: str, told: str
) -> None:
    with pytest.raises(IlangError) as refused:
        program.map(rows, store=MemoryStore(), **given)
    assert refused.value.diagnostics[0].code == code and told in refused.value.diagnostics[0].message


def test_columns_that_are_taken(program: ilang.LoadedProgram) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame([{**row, "value": 1} for row in ROWS])
    with pytest.raises(IlangError) as refused:
        program.map(frame, store=MemoryStore())
    assert "columns value already" in refused.value.diagnostics[0].message
    assert program.map(frame, store=MemoryStore(), prefix="my_")["my_value"].to_list() == VALUES


def test_inside_an_event_loop(program: ilang.LoadedProgram) -> None:
    async def work() -> tuple[Any, Any]:
        return program.map(ROWS, store=MemoryStore()), await program.map_async(ROWS, store=MemoryStore())

    one, other = asyncio.run(work())
    assert one.values == other.values == VALUES


def test_no_frame_is_loaded_that_is_not_given(tmp_path: Path) -> None:
    (tmp_path / "p.inf").write_text(PROGRAM, "utf-8")
    code = (
        "import sys, ilang; from ilang.draws.memory_store import MemoryStore\n"
        f"print(ilang.load({str(tmp_path / 'p.inf')!r}).map([{{'q': 'What is 1 + 2?'}}], store=MemoryStore()).values)\n"
        "assert not {'pandas', 'polars', 'pyarrow', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[3]\n"


# ---- as a notebook shows it ---------------------------------------------------------------

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m\u202e"


def test_what_a_model_says_can_do_nothing_in_a_notebook() -> None:
    program = ilang.loads(
        'prompt say(q: text) -> text """{{q}}"""\npipeline main(q: text) -> text { (say(q) | sample(n=2) | vote).winner }',
        models="fake",
    )

    class Says:
        def __init__(self, model: Any) -> None:
            from ilang.backend.registry import find

            provider = find("fake")
            assert provider is not None
            self.capabilities = provider.capabilities(model)

        async def generate(self, request: Any) -> Any:
            from ilang.backend.request import Choice, Reply, Usage

            return Reply(tuple(Choice(EVIL, "end") for _ in range(request.n)), Usage(1, 1))

        async def aclose(self) -> None: ...

    result = program.run_with({"q": "x"}, store=MemoryStore(), open_backend=Says)
    answers = program.map([{"q": "x"}], store=MemoryStore(), open_backend=Says)
    assert result.value == answers.values[0] == EVIL
    for shown in (result._repr_html_(), answers._repr_html_()):
        assert "&lt;script&gt;" in shown and "<script" not in shown and "<img" not in shown
        assert "\x1b" not in shown and "\u202e" not in shown and "http" not in shown


def test_a_failed_result_is_shown(program: ilang.LoadedProgram) -> None:
    shown = program.run_with({"q": "What is 1 + 1?"}, store=MemoryStore(), offline=True)._repr_html_()
    assert "backend-not-stored" in shown and "failed" in shown


@pytest.mark.timeout(120)
def test_in_a_real_kernel(tmp_path: Path) -> None:
    """Cells run inside an event loop: `run` and `map` wait, `run_async` is awaited, a result is shown as HTML."""
    manager = pytest.importorskip("jupyter_client.manager")
    pytest.importorskip("ipykernel")
    pytest.importorskip("pandas")
    (tmp_path / "p.inf").write_text(PROGRAM, "utf-8")
    kernel, client = manager.start_new_kernel(
        cwd=str(tmp_path), env=dict(os.environ), extra_arguments=["--ip=127.0.0.1"]
    )
    try:

        def cell(code: str) -> dict[str, Any]:
            shown: dict[str, Any] = {}

            def hook(message: dict[str, Any]) -> None:
                content = message["content"]
                if message["msg_type"] == "error":
                    raise AssertionError(content["evalue"])
                shown.update(content.get("data", {}))
                if message["msg_type"] == "stream":
                    shown["stream"] = shown.get("stream", "") + content["text"]

            client.execute_interactive(code, timeout=60, output_hook=hook)
            return shown

        cell("import ilang, pandas\nfrom ilang.draws.memory_store import MemoryStore\nprogram = ilang.load('p.inf')")
        shown = cell("program.run_with({'q': 'What is 20 + 22?'}, store=MemoryStore())")
        assert ">42</pre>" in shown["text/html"] and "Result(" in shown["text/plain"]
        shown = cell("(await program.run_with_async({'q': 'What is 1 + 2?'}, store=MemoryStore())).value")
        assert shown["text/plain"] == "3"
        shown = cell(
            "frame = pandas.DataFrame({'q': ['What is 1 + 1?']})\nprogram.map(frame, store=MemoryStore())['value'].tolist()"
        )
        assert shown["text/plain"] == "[2]"
        shown = cell("program.map([{'q': 'What is 1 + 1?'}], store=MemoryStore())")
        assert "<table>" in shown["text/html"]
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
