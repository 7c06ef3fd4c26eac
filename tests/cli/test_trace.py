"""`ilang runs`, `trace`, `diff` and `lock`: what is kept of a run, and how two are held against each other."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calling import Called

Ilang = Callable[..., Called]
Written = Callable[..., str]

PROGRAM = '''
model m = sim("a", accuracy=0.7, prices="1 in, 2 out")
prompt say(q: text) -> number {
  user """{{q}}"""
  answer after("Answer:")
}
pipeline main(q: text, n: int = 8) -> number? {
  say(q) | sample(m, n=n) | verify(it > 5) | prune(unless=it.verified) | prune(keep=3, by=-it.tokens) | vote | .winner
}
'''
ROWS = "".join(json.dumps({"id": i, "q": f"What is {i} + {3 * i}?", "a": 4 * i}) + "\n" for i in range(30))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def program(written: Written) -> str:
    return written(PROGRAM, "sums.inf")


def test_a_run_is_kept_and_shown(ilang: Ilang, program: str, state: Path) -> None:
    assert "no runs yet" in ilang("runs").out
    assert ilang("run", program, "q=What is 3 + 4?").out == "7\n"
    listed = ilang("runs", "--json").json["runs"]
    assert [(r["run"], r["status"], r["paid"]["draws"]) for r in listed] == [("r1", "answered", 8)]
    assert listed[0]["models"]["m"] == "sim:a" and listed[0]["revisions"] == {"m": ["a"]}
    shown = ilang("trace").out
    assert "say     m        8       0" in shown
    assert "prune  8 -> 8" in shown and "prune  8 -> 3" in shown and "    dropped " in shown
    lines = ilang("trace", "r1", "--json").json["lines"]
    stages = [line["stage"] for line in lines if line["t"] == "stage"]
    assert stages == ["sample", "verify", "prune", "prune", "vote"]
    first, second = (line for line in lines if line.get("stage") == "prune")
    assert "dropped" not in first and len(second["dropped"]) == 5
    judged = dict(map(tuple, second["judged"][0]))
    left = set(second["pool"])
    assert min(judged[who] for who in left) >= max(judged[who] for who, _ in second["dropped"])
    (draws,) = (line for line in lines if line["t"] == "draws")
    assert draws["new"] and draws["index"] == list(range(8)) and len(draws["key"]) == 12
    for path in (state / "ilang").rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_the_evaluators_write_the_same_notes(ilang: Ilang, program: str) -> None:
    ilang("run", program, "q=What is 3 + 4?")
    ilang("run", program, "q=What is 3 + 4?", "--plain", "--no-optimize")
    a, b = ([line for line in ilang("trace", r, "--json").json["lines"] if line["t"] != "draws"] for r in ("r1", "r2"))
    assert a == b


def test_none_is_written_where_none_is_wanted(ilang: Ilang, program: str, state: Path) -> None:
    ilang("run", program, "q=What is 3 + 4?", "--no-trace")
    assert not (state / "ilang" / "runs").exists()


def test_a_state_that_cannot_be_written_keeps_no_program_from_running(
    ilang: Ilang, program: str, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", written("no folder", "file"))
    assert ilang("run", program, "q=What is 3 + 4?").out == "7\n"


@pytest.mark.parametrize("name", ["r9", "@-3", "@-0", "last", "r", "../r1"])
def test_a_run_that_is_not_there(ilang: Ilang, program: str, name: str) -> None:
    assert "none is kept" in ilang("trace", name).err
    ilang("run", program, "q=What is 3 + 4?")
    told = ilang("trace", name)
    assert told.code == 2 and "error[no-such-run]" in told.err and "`@last` is the last" in told.err


def test_why_draws_are_paid_for_again(ilang: Ilang, program: str) -> None:
    ilang("run", program, "q=What is 3 + 4?")
    assert "differs" not in ilang("run", program, "q=What is 5 + 4?").err  # another question
    assert "differs" not in ilang("run", program, "q=What is 3 + 4?", "n=9").err  # more of the same
    Path(program).write_text(PROGRAM.replace("{{q}}", "{{q}} Think."), "utf-8")
    assert "8 new draws: prompt `say` line 4 differs from run r3" in ilang("run", program, "q=What is 3 + 4?").err
    Path(program).write_text(PROGRAM.replace("accuracy=0.7", "accuracy=0.7, temperature=0.5"), "utf-8")
    ilang("run", program, "q=What is 3 + 4?")
    Path(program).write_text(PROGRAM.replace("accuracy=0.7", "accuracy=0.7, temperature=0.6"), "utf-8")
    told = ilang("run", program, "q=What is 3 + 4?").err
    assert "8 new draws: of prompt `say` the settings differs from run r5" in told


def test_two_runs_over_rows(ilang: Ilang, written: Written, program: str, tmp_path: Path) -> None:
    words = ("run", program, "--data", written(ROWS, "rows.jsonl"), "--out", str(tmp_path / "a.jsonl"))
    assert ilang(*words).code == 0
    assert ilang(*words, "n=1", "--force").code == 0
    same = ilang("diff", "r1", "r1", "--exit-code")
    assert same.code == 0 and "all 30 rows gave the same" in same.out
    found = ilang("diff", "--truth", "a", "--json", "--exit-code")
    assert found.code == 1
    data = found.json
    assert data["both"] == 30 and data["good"][0] > data["good"][1]
    assert len(data["lost"]) - len(data["won"]) == data["good"][0] - data["good"][1]
    assert data["p"] < 0.2
    assert data["first"]["run"] == "r1" and data["second"]["paid"]["draws"] == 0
    text = ilang("diff", "r1", "r2", "--truth", "a").out
    assert f"lost {len(data['lost'])}: rows" in text
    assert "error[no-such-field]" in ilang("diff", "--truth", "nope").err
    row = ilang("trace", "r1", "--row", "3").out
    assert "vote  3" in row and "answered: 1" in row
    assert "`ilang trace r1 --row 0`" in ilang("trace", "r1").out


def test_changed_lines_are_shown(ilang: Ilang, program: str) -> None:
    ilang("run", program, "q=What is 3 + 4?")
    Path(program).write_text(PROGRAM.replace("it > 5", "it > 6"), "utf-8")
    ilang("run", program, "q=What is 3 + 4?")
    told = ilang("diff").out
    assert (
        "\n-  say(q) | sample(m, n=n) | verify(it > 5)" in told
        and "\n+  say(q) | sample(m, n=n) | verify(it > 6)" in told
    )


def test_the_sign_test() -> None:
    from ilang.session.comparing import alike, sign_test

    assert sign_test(0, 0) == 1.0
    assert sign_test(5, 5) == 1.0
    assert sign_test(0, 5) == 2 / 32
    assert sign_test(1, 9) == 2 * 11 / 1024
    assert (
        alike(12, "12.0")
        and alike("1,200", 1200)
        and alike(" a", "a")
        and not alike("a", "b")
        and not alike(True, False)
    )


def test_a_lock_refuses_another_model(ilang: Ilang, program: str) -> None:
    assert "error[no-such-run]" in ilang("lock", program).err
    assert "error[no-lock]" in ilang("run", program, "q=What is 3 + 4?", "--locked").err
    ilang("run", program, "q=What is 3 + 4?")
    made = ilang("lock", program, "--json").json
    assert made["models"] == {"sim:a": ["a"]} and made["run"] == "r1"
    assert ilang("run", program, "q=What is 3 + 4?", "--locked").out == "7\n"
    lock = Path(program + ".lock")
    lock.write_text(lock.read_text().replace('"a"', '"b"'))
    told = ilang("run", program, "q=What is 3 + 4?", "--locked")
    assert told.code == 1 and "error[model-changed]: sim:a is locked to b, and a answered" in told.err
    lock.write_text("{}")
    assert "no lock of this version" in ilang("run", program, "q=What is 3 + 4?", "--locked").err


def test_mixed_revisions_are_told(tmp_path: Path) -> None:
    """Draws of one model that two revisions gave: the server's has changed under its name."""
    import ilang
    from ilang.backend.registry import find
    from ilang.draws.memory_store import MemoryStore

    program = ilang.loads(PROGRAM)
    store = MemoryStore()

    class Renamed:
        def __init__(self, backend: object, name: str) -> None:
            self._backend, self._name = backend, name
            self.capabilities = backend.capabilities  # type: ignore[attr-defined]

        async def generate(self, request: object) -> object:
            from dataclasses import replace

            return replace(await self._backend.generate(request), model=self._name)  # type: ignore[attr-defined]

        async def aclose(self) -> None: ...

    def opened(name: str) -> Callable[..., object]:
        async def open_(model: object) -> object:
            return Renamed(await find("sim").open(model), name)  # type: ignore[union-attr,arg-type]

        return open_

    first = program.run_with({"q": "What is 3 + 4?", "n": 4}, store=store, open_backend=opened("a-2025"))
    assert not [w for w in first.warnings if "model-changed" in w]
    second = program.run_with({"q": "What is 3 + 4?", "n": 8}, store=store, open_backend=opened("a-2026"))
    assert [w for w in second.warnings if w.startswith("model-changed: draws of m come from a-2025 and a-2026")]


def test_the_oldest_runs_go(ilang: Ilang, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ilang.session.runs.KEPT", 3)
    for _ in range(5):
        ilang("run", program, "q=What is 3 + 4?")
    assert [run["run"] for run in ilang("runs", "--json").json["runs"]] == ["r3", "r4", "r5"]
    monkeypatch.setattr("ilang.session.runs.LARGEST", 10)
    ilang("run", program, "q=What is 3 + 4?")
    assert [run["run"] for run in ilang("runs", "--json").json["runs"]] == ["r5", "r6"]
