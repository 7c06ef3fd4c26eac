"""`ilang cache show|export|import` and `ilang run --offline`: draws go to a colleague, who replays without a key."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calling import Called
from tests.draws.test_disk_store import small_disk

Ilang = Callable[..., Called]
Written = Callable[..., str]

PROGRAM = '''
model m = sim("a", accuracy=0.7)
prompt say(q: text) -> number {
  user """{{q}}"""
  answer after("Answer:")
}
pipeline main(q: text, n: int = 8) -> number? { say(q) | sample(m, n=n) | vote | .winner }
'''
ROWS = "".join(json.dumps({"q": f"What is {i} + {3 * i}?"}) + "\n" for i in range(30))


@pytest.fixture(autouse=True)
def all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws are counted here, so all are made."""
    monkeypatch.setenv("ILANG_EAGER", "1")


def test_draws_travel_and_are_replayed(
    ilang: Ilang, written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, data = written(PROGRAM, "sums.inf"), written(ROWS, "rows.jsonl")
    assert ilang("run", program, "--data", data, "--out", str(tmp_path / "a.jsonl")).code == 0
    done = ilang("cache", "export", str(tmp_path / "draws.gz"), "--json")
    assert done.json["draws"] == 240
    monkeypatch.setenv("ILANG_STORE", str(tmp_path / "elsewhere"))
    assert "240 draws; nothing was imported" in ilang("cache", "import", str(tmp_path / "draws.gz"), "--dry-run").out
    assert "no draws yet" in ilang("cache").out or ilang("cache", "--json").json["entries"] == 0
    assert ilang("cache", "import", str(tmp_path / "draws.gz")).out == "240 new entries, 0 were there already\n"
    assert ilang("cache", "verify").code == 0
    monkeypatch.setattr("ilang.draws.calling.Calling.dispatch", None)  # nobody may be called
    again = ilang("run", program, "--data", data, "--out", str(tmp_path / "b.jsonl"), "--offline")
    assert again.code == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_what_is_missing_is_told(ilang: Ilang, written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    program = written(PROGRAM, "sums.inf")
    ilang("run", program, "q=What is 3 + 4?", "n=6")
    key = ilang("cache", "ls", "--json").json["requests"][0]["key"]
    monkeypatch.setattr("ilang.draws.calling.Calling.dispatch", None)
    assert ilang("run", program, "q=What is 3 + 4?", "n=5", "--offline").code == 0
    told = ilang("run", program, "q=What is 3 + 4?", "--offline")
    assert told.code == 1 and "error[backend-not-stored]" in told.err
    assert f"not in the store: `say` of m, {key[:12]} index 6, 7\n" in told.err
    told = ilang("run", program, "q=What is 3 + 5?", "--offline", "--json")
    assert told.code == 1 and told.json["warnings"][0].startswith("not in the store: `say` of m,")
    assert told.json["error"]["code"] == "backend-not-stored"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_store_on_a_disk_that_is_read_only_is_replayed(
    ilang: Ilang, written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = written(PROGRAM, "sums.inf")
    with small_disk(tmp_path / "disk", "4m") as disk:
        monkeypatch.setenv("ILANG_STORE", str(disk / "draws"))
        first = ilang("run", program, "q=What is 3 + 4?", "--json")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        again = ilang("run", program, "q=What is 3 + 4?", "--json", "--offline")
        assert again.code == 0 and again.json["value"] == first.json["value"]
        assert (again.json["paid"]["calls"], again.json["worth"]) == (0, first.json["worth"])
        assert "error[backend-not-stored]" in ilang("run", program, "q=What is 5 + 4?", "--offline").err
        assert "error[store-read-only]" in ilang("run", program, "q=What is 3 + 4?").err
        monkeypatch.setenv("ILANG_STORE", str(disk / "none"))
        assert "error[store-read-only]" in ilang("run", program, "q=What is 3 + 4?", "--offline").err


def test_the_draws_of_a_request_are_shown(ilang: Ilang, written: Written) -> None:
    ilang("run", written(PROGRAM, "sums.inf"), "q=What is 3 + 4?", "n=2")
    key = ilang("cache", "ls", "--json").json["requests"][0]["key"]
    shown = ilang("cache", "show", key[:7])
    assert f"{key[:12]}#0  sim" in shown.out and f"{key[:12]}#1  sim" in shown.out and "Answer: 7" in shown.out
    data = ilang("cache", "show", key, "--json").json["draws"]
    assert [one["index"] for one in data] == [0, 1] and data[0]["prompt"] == "say"
    assert "error[no-such-draws]" in ilang("cache", "show", "zzz").err


def test_an_export_of_one_model(ilang: Ilang, written: Written, tmp_path: Path) -> None:
    program = written(PROGRAM, "sums.inf")
    ilang("run", program, "q=What is 3 + 4?", "n=2")
    ilang("run", program, "q=What is 3 + 4?", "n=3", "--model", 'm=sim("b")')
    assert ilang("cache", "export", str(tmp_path / "b.gz"), "--model", ":b", "--json").json["draws"] == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show",), "`ilang cache show` needs a KEY"),
        (("export",), "`ilang cache export` needs a FILE"),
        (("info", "x"), "`ilang cache info` takes no `x`"),
        (("import", "nowhere.gz"), "there is no nowhere.gz"),
    ],
)
def test_calls_that_are_none(ilang: Ilang, words: tuple[str, ...], told: str) -> None:
    done = ilang("cache", *words)
    assert done.code == 2 and told in done.err


def test_what_the_store_saved_is_told(ilang: Ilang, written: Written) -> None:
    priced = PROGRAM.replace("accuracy=0.7", 'accuracy=0.7, prices="1 in, 2 out"')
    program = written(priced, "sums.inf")
    paid = ilang("run", program, "q=What is 3 + 4?", "--json").json["paid"]["usd"]
    ilang("run", program, "q=What is 3 + 4?", "n=6")
    ilang("run", program, "q=What is 3 + 4?")
    (one,) = ilang("cache", "info", "--json").json["reuse"]
    assert (one["runs"], one["new"], one["stored"], one["rate"]) == (3, 8, 14, 14 / 22)
    assert paid < one["saved"] < 2 * paid
    assert "sums.inf     3    8              14    64%  0.00" in ilang("cache").out
