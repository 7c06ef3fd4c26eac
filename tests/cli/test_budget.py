"""`ilang run --budget`: what is paid, never more; the same command again gets further."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calling import Called

Ilang = Callable[..., Called]
Written = Callable[..., str]

PROGRAM = '''
model m = sim("a", accuracy=0.7, prices="1 in, 2 out", max_tokens=100)
prompt say(q: text) -> number {
  user """{{q}}"""
  answer after("Answer:")
}
pipeline main(q: text, n: int = 8) -> number? { say(q) | sample(m, n=n) | vote | .winner }
'''
ROWS = "".join(json.dumps({"id": i, "q": f"What is {i} + {3 * i}?"}) + "\n" for i in range(40))


@pytest.fixture
def program(written: Written) -> str:
    return written(PROGRAM, "sums.inf")


@pytest.mark.parametrize("n", ["1", "8", "64"])
def test_the_same_rows_are_answered_at_any_concurrency(
    ilang: Ilang, written: Written, program: str, tmp_path: Path, n: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ILANG_STORE", str(tmp_path / "apart"))
    data, out = written(ROWS, "rows.jsonl"), tmp_path / "answers.jsonl"
    words = ("run", program, "--data", data, "--out", str(out), "--concurrency", n)
    done = ilang(*words, "--budget", "usd=0.02", "--json")
    assert done.code == 3
    assert done.json["error"]["code"] == "budget-spent"
    assert "row 12 and those behind it are not answered" in done.json["error"]["message"]
    assert 0.0184 < done.json["paid"]["usd"] <= 0.02  # a row is 0.0016 at most
    assert len(out.read_text().splitlines()) == done.json["rows"] == 12
    paid, times = done.json["paid"]["usd"], 1
    while done.code == 3:
        done, times = ilang(*words, "--budget", "usd=0.02", "--json"), times + 1
        paid += done.json["paid"]["usd"]
    assert done.code == 0 and times == 4
    assert len(out.read_text().splitlines()) == 40
    free = tmp_path / "free.jsonl"
    again = ilang("run", program, "--data", data, "--out", str(free), "--json", "--budget", "calls=0")
    assert again.code == 0  # all of it is there: a budget of nothing is enough
    assert free.read_bytes() == out.read_bytes()


def test_any_order_spends_as_little(ilang: Ilang, written: Written, program: str, tmp_path: Path) -> None:
    words = ("run", program, "--data", written(ROWS, "rows.jsonl"), "--out", str(tmp_path / "a.jsonl"), "--json")
    done = ilang(*words, "--budget", "usd=0.02,calls=1000", "--budget-order", "any")
    assert done.code == 3 and 0.0184 < done.json["paid"]["usd"] <= 0.02


def test_one_run_gives_the_best_so_far(ilang: Ilang, program: str) -> None:
    done = ilang("run", program, "q=What is 3 + 4?", "--budget", "usd=0.0012", "--json")
    assert (done.code, done.json["status"], done.json["paid"]["draws"]) == (3, "budget", 5)
    assert "`--budget usd=0.0012` has no room for more" in done.json["warnings"]
    again = ilang("run", program, "q=What is 3 + 4?", "--budget", "usd=0.0012", "--json")
    assert (again.code, again.json["paid"]["draws"]) == (0, 3)  # what was paid for is kept


ROUNDS = PROGRAM.replace("accuracy=0.7", "accuracy=0.7, mean_tokens=45").replace(
    "say(q) | sample(m, n=n) | vote | .winner", "within(tokens=330) { say(q) | sample(m, n=4) | vote | .winner }"
)


@pytest.mark.parametrize("limit", ["calls=31", "tokens=4000", "usd=0.008"])
@pytest.mark.parametrize("cut", [[], ["--budget-cut"]])
def test_what_a_stage_draws_in_rounds_is_counted_in_rounds(
    ilang: Ilang, written: Written, tmp_path: Path, limit: str, cut: list[str]
) -> None:
    """A `within` admits some, and later others: these are two calls, also where the purse settles them together."""
    words = ("run", written(ROUNDS, "rounds.inf"), "--data", written(ROWS, "rows.jsonl"), "--budget", limit, *cut)
    answers = []
    for number, how in enumerate((("--plain",), ("--concurrency", "1"), ("--concurrency", "64"))):
        out, store = tmp_path / f"{number}.jsonl", tmp_path / f"store{number}"
        done = ilang(*words, "--out", str(out), "--store", str(store), "--json", *how)
        name, most = limit.split("=")
        paid = done.json["paid"]
        spent = paid["input_tokens"] + paid["output_tokens"] if name == "tokens" else paid[name]
        assert done.code == 3 and spent <= float(most), how
        answers.append(out.read_bytes())
    assert answers[0] == answers[1] == answers[2] and answers[0].count(b"\n") > 3


PROMPT_OF_TWO = PROGRAM.replace("accuracy=0.7", "accuracy=0.7, fallback=big")


CUTTING = PROGRAM.replace("accuracy=0.7", "accuracy=0.7, mean_tokens=20")


def test_what_does_not_fit_may_be_begun(ilang: Ilang, written: Written, tmp_path: Path) -> None:
    program = written(CUTTING, "long.inf")
    words = ("run", program, "q=What is 3 + 4?", "--json")
    whole = ilang(*words, "--budget", "tokens=300", "--store", str(tmp_path / "whole"))
    cut = ilang(*words, "--budget", "tokens=300", "--budget-cut", "--store", str(tmp_path / "cut"))
    assert (whole.code, cut.code) == (3, 3)
    spent = [sum(one.json["paid"][k] for k in ("input_tokens", "output_tokens")) for one in (whole, cut)]
    assert spent[0] < spent[1] == 300  # to the token
    assert cut.json["paid"]["draws"] > whole.json["paid"]["draws"]
    kept = ilang(*words, "--store", str(tmp_path / "cut"))
    free = ilang(*words, "--store", str(tmp_path / "free"))
    assert kept.json["value"] == free.json["value"] and kept.json["worth"] == free.json["worth"]
    assert 8 - kept.json["paid"]["draws"] >= cut.json["paid"]["draws"] - 1  # what was cut was not kept, all others were


def test_a_price_that_is_not_known_is_refused(ilang: Ilang, program: str) -> None:
    dear = 'm=openai("m", base_url="http://127.0.0.1:9/v1")'
    done = ilang("run", program, "q=What is 3 + 4?", "--model", dear, "--budget", "usd=1")
    assert done.code == 2 and "error[no-price]: `--budget usd=...` cannot count what openai:m costs" in done.err


def test_so_is_one_of_a_model_that_may_stand_in(ilang: Ilang, written: Written) -> None:
    text = 'model big = openai("m", base_url="http://127.0.0.1:9/v1")' + PROMPT_OF_TWO
    done = ilang("run", written(text, "two.inf"), "--data", written(ROWS, "rows.jsonl"), "--budget", "usd=100")
    assert done.code == 2 and "error[no-price]: `--budget usd=...` cannot count what openai:m costs" in done.err


def test_a_dearer_model_that_may_stand_in_is_reckoned_with(ilang: Ilang, written: Written, tmp_path: Path) -> None:
    text = 'model big = sim("b", prices="10 in, 20 out", max_tokens=100)' + PROMPT_OF_TWO
    words = ("run", written(text, "two.inf"), "--data", written(ROWS, "rows.jsonl"), "--budget", "usd=0.05", "--json")
    answers = []
    for number, how in enumerate((("--plain",), ("--concurrency", "1"), ("--concurrency", "64"))):
        out = tmp_path / f"{number}.jsonl"
        done = ilang(*words, "--out", str(out), "--store", str(tmp_path / f"store{number}"), *how)
        assert done.code == 3 and 0.03 < done.json["paid"]["usd"] <= 0.05
        answers.append(out.read_bytes())
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ("2.50", "needs limits such as usd=2.50 or calls=100"),
        ("euro=3", "needs limits such as usd=2.50"),
        ("usd=-1", "needs a number from 0 for `usd`, not `-1`"),
        ("usd=nan", "needs a number from 0 for `usd`, not `nan`"),
        ("calls=1.5", "needs a whole number from 0 for `calls`, not `1.5`"),
        ("calls=1,calls=2", "has `calls` twice"),
    ],
)
def test_limits_that_are_none(ilang: Ilang, program: str, limits: str, told: str) -> None:
    done = ilang("run", program, "q=1", "--budget", limits)
    assert done.code == 2 and told in done.err
