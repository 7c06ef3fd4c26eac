"""`ilang run --pilot`: what all rows will come to, told by some."""

from __future__ import annotations

import json
import math
import random

import pytest

from ilang.session.pilot import forecast, student
from tests.cli.calling import ROOT, codes

PROGRAM = "programs/cascade.inf"


@pytest.fixture(autouse=True)
def _place(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ILANG_STORE", str(tmp_path / "draws"))


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps({"question": f"What is {i} * 3 + 2?"}) + "\n" for i in range(80)))
    return str(file)


def test_what_all_come_to_is_in_the_interval(ilang, data):
    """The rows of the pilot are not paid for again."""
    told = ilang("run", PROGRAM, "--data", data, "--model", "sim", "--pilot", "30", "--json").json
    assert (told["pilot"], told["rows"], told["statuses"]) == (30, 80, {"answered": 30})
    out = data.replace("rows", "answers")
    whole = ilang("run", PROGRAM, "--data", data, "--model", "sim", "--out", out, "--json").json
    for name in ("calls", "draws", "input_tokens", "output_tokens"):
        one = told["worth"][name]
        assert one["low"] <= whole["worth"][name] <= one["high"], name
        assert one["high"] < 2 * one["expected"]
    assert whole["paid"]["draws"] + told["paid"]["draws"] == whole["worth"]["draws"]


def test_of_all_rows_it_is_exact(ilang, data):
    told = ilang("run", PROGRAM, "--data", data, "--model", "sim", "--limit", "4", "--pilot", "9", "--json").json
    assert (told["pilot"], told["rows"]) == (4, 4)
    assert told["worth"]["draws"]["low"] == told["worth"]["draws"]["high"]


def test_for_people(ilang, data):
    told = ilang("run", PROGRAM, "--data", data, "--model", "sim", "--pilot", "5").out
    assert told.startswith("5 of 80 rows were run: 5 answered") and "95% interval" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pilot", "5"), "--pilot goes with --data"),
        (("--data", "x.jsonl", "--pilot", "5", "--out", "a.jsonl"), "--pilot does not go with --out"),
        (("--data", "x.jsonl", "--pilot", "5", "--sample", "9"), "--pilot does not go with --sample"),
        (("--data", "x.jsonl", "--pilot", "0"), "needs a whole number from 1 on"),
    ],
)
def test_a_wrong_word(ilang, words, said):
    called = ilang("run", PROGRAM, *words, "--model", "sim")
    assert called.code == 2 and codes(called) == ["usage"] and said in called.err


@pytest.mark.parametrize(
    ("degrees", "t"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (19, 2.093), (100, 1.984)],
)
def test_students_quantile(degrees, t):
    assert student(degrees) == pytest.approx(t, rel=0.012 if degrees == 3 else 0.004)


def test_the_interval_holds_as_often_as_it_says():
    """Samples of 20 of 200 numbers: about 95 of 100 intervals hold the sum. Two that are told exactly are not counted."""
    luck = random.Random(7)
    held = 0
    for _ in range(1000):
        whole = [luck.gauss(100, 20) for _ in range(200)]
        one = forecast(luck.sample(whole, 20), 200)
        held += one.low <= math.fsum(whole) <= one.high
    assert 930 <= held <= 970


def test_of_one_row_there_is_no_interval():
    one = forecast([3.0], 10)
    assert (one.expected, one.low, one.high) == (30, 3, math.inf)
    assert forecast([3.0, 5.0], 2) == forecast([5.0, 3.0], 2)
