"""`ilang explain`: on the command line."""

from __future__ import annotations

import pytest

from tests.cli.calling import ROOT, codes

QUESTION = "question=What is 12 * 7 + 5?"
PROGRAM = "programs/best_of_n.inf"


@pytest.fixture(autouse=True)
def _place(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ILANG_STORE", str(tmp_path / "draws"))


def test_no_store_is_made(ilang, tmp_path):
    assert ilang("explain", PROGRAM, QUESTION, "--model", "sim").code == 0
    assert not (tmp_path / "draws").exists()


def test_json_has_all_of_it(ilang):
    data = ilang("explain", PROGRAM, QUESTION, "n=4", "--model", "sim", "--json").json
    assert (data["schema"], data["command"], data["pipeline"], data["rows"]) == (1, "explain", "main", 1)
    sample, rate = data["stages"]
    assert sample["draws"] == {"low": 4, "expected": 4, "high": 4, "mark": "bounded"}
    assert rate["draws"]["low"] == 0 and rate["draws"]["high"] == 4
    assert sample["output_tokens"]["mark"] == "assumed"
    assert sample["at"] == {"file": "best_of_n.inf", "line": 36, "column": 5}
    assert {
        "name": "output",
        "words": "a reply has 0.5 of the tokens that it may have",
        "flag": "--assume output=0.5",
    } in (sample["assumed"])
    assert data["worth"]["calls"] == {"low": 1, "expected": 5, "high": 5}
    assert data["store"] == {"known": 4, "stored": 0}
    assert data["longest"]["way"] == [{"stage": "sample solve", "calls": 1}, {"stage": "ask rate", "calls": 1}]
    assert data["dearest"]["way"] == ["main", "ask rate"]
    assert data["passes"][0]["pass"] == "drop_unused"
    assert data["error"] is None


def test_what_is_not_given_has_no_bound_and_is_null(ilang):
    data = ilang("explain", PROGRAM, "--model", "sim", "--json").json
    (sample, _) = data["stages"]
    assert sample["input_tokens"]["high"] is None and sample["input_tokens"]["mark"] == "unbounded"
    assert sample["unbounded"] == ["`question` is not given"]
    told = ilang("explain", PROGRAM, "--model", "sim").out
    assert "no bound at best_of_n.inf:36:5: `question` is not given" in told and "unbounded" in told


def test_a_price_that_nobody_knows_is_null(ilang):
    model = 'openai("m", base_url="http://localhost:1/v1")'
    data = ilang("explain", PROGRAM, QUESTION, "--model", f"writer={model}", "--model", "judge=sim", "--json").json
    assert data["worth"]["usd"] is None and data["stages"][0]["usd"] is None
    assert data["stages"][1]["usd"]["high"] == 0
    told = ilang("explain", PROGRAM, QUESTION, "--model", f"writer={model}", "--model", "judge=sim").out
    assert "unknown" in told and "USD unknown" in told


def test_the_store_pays(ilang, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"question": "1 + 1?"}\n{"question": "2 + 2?"}\n{"question": "1 + 1?"}\n')
    words = (PROGRAM, "--data", str(rows), "n=5", "--model", "sim")
    before = ilang("explain", *words, "--json").json
    assert (before["rows"], before["store"]) == (3, {"known": 10, "stored": 0})
    assert before["worth"]["draws"]["low"] == 15 and before["paid"]["draws"]["low"] == 10
    ran = ilang("run", *words)
    assert ran.code == 0
    after = ilang("explain", *words, "--json").json
    assert after["store"] == {"known": 10, "stored": 10}
    more = ilang("explain", PROGRAM, "--data", str(rows), "n=8", "--model", "sim").out
    assert "store: 10 of 16 draws that are known before the run are already paid for" in more


def test_rows_that_cannot_be_run_ask_nothing(ilang, tmp_path):
    """A row without an argument fails in a run, before any model is asked."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"question": "1 + 1?"}\n{"other": 1}\n{"question": 7}\n{"question": "2 + 2?"}\n{"q\n[1]\n')
    words = (PROGRAM, "--data", str(rows), "n=5", "--model", "sim")
    data = ilang("explain", *words, "--json").json
    assert data["rows"] == 2 and list(data["failing"])[:2] == ["missing-argument", "bad-argument"]
    assert data["worth"]["draws"]["low"] == 10 and data["worth"]["input_tokens"]["high"] is not None
    assert "4 of 6 rows cannot be run: missing-argument, bad-argument, bad-row" in ilang("explain", *words).out
    assert ilang("run", *words).out.count('"status": "failed"') == 4
    whole = ilang("explain", PROGRAM, "--data", "docs/data/more_sums.jsonl", "--model", "sim")
    assert "cannot be run" not in whole.out


@pytest.mark.parametrize(("most", "code"), [("calls=5", 0), ("calls=4", 3), ("tokens=1000", 3), ("usd=0", 0)])
def test_max_is_a_gate(ilang, most, code):
    """The program may come to five calls, and costs nothing on `sim`."""
    called = ilang("explain", PROGRAM, QUESTION, "n=4", "--model", "sim", "--max", most)
    assert called.code == code
    assert codes(called) == ([] if code == 0 else ["over-max"])
    assert called.out.startswith("stage")


def test_max_in_json(ilang):
    called = ilang("explain", PROGRAM, QUESTION, "--model", "sim", "--max", "calls=1", "--json")
    assert called.code == 3 and called.json["error"]["code"] == "over-max"


def test_max_where_the_price_is_not_known(ilang):
    model = 'openai("m", base_url="http://localhost:1/v1")'
    called = ilang("explain", PROGRAM, QUESTION, "--model", model, "--max", "usd=5")
    assert called.code == 3 and codes(called) == ["over-max"] and "prices=" in called.err


def test_missing_says_which_part_differs(ilang):
    words = ("programs/prune.inf", "question=What is 6 * 7?")
    assert "the store has no draw of this prompt" in ilang("explain", *words, "--model", "sim", "--missing").out
    assert ilang("run", *words, "--model", "sim").code == 0
    assert "missing: none of the draws" in ilang("explain", *words, "--model", "sim", "--missing").out
    assert "the seed differs from" in ilang("explain", *words, "--model", "sim", "--seed", "1", "--missing").out
    other = ilang("explain", *words, "--model", "sim(accuracy=0.9)", "--missing").out
    assert "the model and the settings differ from what the store has of this prompt" in other
    longer = ilang("explain", *words, "--model", "sim(max_tokens=99)", "--missing").out
    assert "the settings differ from what the store has of this prompt" in longer
    asked = ilang("explain", words[0], "question=Why?", "--model", "sim", "--missing", "--json").json
    assert [one["why"].split(": ")[1] for one in asked["missing"]] == [
        "message 1 differs from what the store has of this prompt"
    ]


def test_more_of_a_request_than_the_store_has(ilang):
    assert ilang("run", PROGRAM, QUESTION, "n=2", "--model", "sim").code == 0
    told = ilang("explain", PROGRAM, QUESTION, "n=3", "--model", "sim", "--missing").out
    assert "missing: 1 of `solve` of writer: the store has draws of this request, but not so many" in told


def test_assume_changes_what_is_expected(ilang):
    data = ilang("explain", PROGRAM, QUESTION, "n=4", "--model", "sim", "--assume", "reply=10", "--json").json
    assert data["stages"][0]["output_tokens"]["expected"] == 40
    assert data["stages"][0]["output_tokens"]["high"] == 4 * 2048


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--assume", "replay=3"), "did you mean `reply`?"),
        (("--assume", "output=2"), "needs a number from 0 to 1"),
        (("--assume", "characters=0"), "needs a number"),
        (("--max", "seconds=3"), "how many seconds it takes is not told before a run"),
        (("--max", "euros=3"), "needs limits such as"),
        (("--limit", "3"), "--limit goes with --data"),
    ],
)
def test_a_wrong_word(ilang, words, said):
    called = ilang("explain", PROGRAM, QUESTION, *words)
    assert called.code == 2 and codes(called) == ["usage"] and said in called.err


def test_wrong_arguments_are_the_same_as_of_a_run(ilang):
    called = ilang("explain", PROGRAM, "questoin=x", "--model", "sim")
    assert called.code == 2 and codes(called) == ["unknown-argument"]
    called = ilang("explain", PROGRAM, QUESTION, "n=many", "--model", "sim")
    assert called.code == 2 and codes(called) == ["bad-argument"]


def test_passes_can_be_left_out(ilang):
    told = ilang("explain", "programs/self_refine.inf", "brief=x", "--model", "sim", "--no-optimize").out
    assert "pass " not in told
