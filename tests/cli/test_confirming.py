"""`ilang run --dry-run`, and the question before a dear run."""

from __future__ import annotations

import json

import pytest

from tests.cli.calling import ROOT, codes, terminal

NOBODY = 'base_url="http://127.0.0.1:9/v1", retries=0, max_tokens=1000'
UNPRICED = f'openai("m", {NOBODY})'
DEAR = f'openai("m", {NOBODY}, prices="1 in, 1000 out")'
CHEAP = f'openai("m", {NOBODY}, prices="0.1 in, 0.1 out")'
WORDS = ("programs/prune.inf", "question=What is 6 * 7?")
"""Eight draws: of DEAR half of 8,000 tokens is expected, 4 USD."""


@pytest.fixture(autouse=True)
def _place(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ILANG_STORE", str(tmp_path / "draws"))
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.delenv("ILANG_CONFIRM_ABOVE", raising=False)


def went(called) -> bool:
    """Whether it asked the model, which nobody answers for."""
    return called.code == 1 and codes(called) != ["not-confirmed"]


def test_a_dry_run_asks_no_model(ilang, tmp_path):
    called = ilang("run", *WORDS, "--model", DEAR, "--dry-run")
    assert called.code == 0 and "to be paid: 0.." in called.out and "4.00" in called.out
    assert not (tmp_path / "draws").exists()
    data = ilang("run", *WORDS, "--model", DEAR, "--dry-run", "--json").json
    assert data["command"] == "run" and data["worth"]["draws"]["expected"] == 8
    assert data["worth"]["usd"]["expected"] == pytest.approx(4, rel=0.01)


def test_a_dear_run_without_a_terminal_is_refused(ilang):
    called = ilang("run", *WORDS, "--model", DEAR)
    assert called.code == 2 and codes(called) == ["not-confirmed"]
    assert "expected to cost" in called.err and "--yes" in called.err
    told = ilang("run", *WORDS, "--model", DEAR, "--json").json
    assert told["error"]["code"] == "not-confirmed"


def test_a_price_that_nobody_knows_is_asked_about(ilang):
    called = ilang("run", *WORDS, "--model", UNPRICED)
    assert codes(called) == ["not-confirmed"] and "what it costs is not known" in called.err


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (CHEAP, ()),
        (DEAR, ("--yes",)),
        (UNPRICED, ("--yes",)),
        (DEAR, ("--confirm-above", "5")),
        (DEAR, ("--confirm-above", "inf")),
        (UNPRICED, ("--confirm-above", "inf")),
        (DEAR, ("--budget", "usd=0.9")),
    ],
)
def test_what_is_not_asked_about(ilang, model, words):
    assert not codes_of(ilang("run", *WORDS, "--model", model, *words))


def codes_of(called) -> list[str]:
    """Whether it was refused."""
    return [code for code in codes(called) if code == "not-confirmed"]


@pytest.mark.parametrize("price", [', prices="1 in, 1000 out"', ""])
def test_a_fallback_is_asked_about(ilang, tmp_path, price):
    """A free model answers, as long as it can; then the one that stands in for it."""
    file = tmp_path / "p.inf"
    file.write_text(
        f'model far = openai("m", {NOBODY}{price})\nmodel near = sim("s", max_tokens=1000, fallback=far)\n'
        'prompt p() -> number """x"""\npipeline main() -> number { p() | sample(near, n=8) | vote | .winner }\n'
    )
    called = ilang("run", str(file))
    assert codes(called) == ["not-confirmed"]
    assert ("4.00 USD where a `fallback` answers" if price else "what it costs is not known") in called.err
    limited = ilang("explain", str(file), "--max", "usd=1")
    assert codes(limited) == ["over-max"]
    assert not codes_of(ilang("run", str(file), "--yes"))


def test_a_setting_says_above_what(ilang, monkeypatch):
    monkeypatch.setenv("ILANG_CONFIRM_ABOVE", "5")
    assert not codes_of(ilang("run", *WORDS, "--model", DEAR))
    monkeypatch.setenv("ILANG_CONFIRM_ABOVE", "0.00001")
    assert codes_of(ilang("run", *WORDS, "--model", CHEAP))
    monkeypatch.setenv("ILANG_CONFIRM_ABOVE", "much")
    assert codes(ilang("run", *WORDS, "--model", CHEAP)) == ["bad-setting"]


def test_a_project_may_not_settle_it(ilang, tmp_path, monkeypatch):
    (tmp_path / "ilang.toml").write_text("confirm-above = 1000\n")
    monkeypatch.chdir(tmp_path)
    called = ilang("run", str(ROOT / WORDS[0]), WORDS[1], "--model", DEAR)
    assert codes(called) == ["not-for-a-project"]


def test_free_models_never_ask(ilang):
    assert ilang("run", *WORDS, "--model", "sim", "--confirm-above", "0").code == 0


def test_what_is_in_the_store_is_not_asked_about(ilang):
    """All draws are there: nothing will be paid, whatever they would cost."""
    priced = 'sim("m", max_tokens=1000, prices="1 in, 1000 out")'
    assert codes_of(ilang("run", *WORDS, "--model", priced))
    assert ilang("run", *WORDS, "--model", priced, "--yes").code == 0
    assert ilang("run", *WORDS, "--model", priced).code == 0


@pytest.mark.parametrize(("typed", "goes"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_a_terminal_is_asked(tmp_path, typed, goes):
    called = terminal(
        "run",
        *WORDS,
        "--model",
        DEAR,
        typed=typed,
        env={"ILANG_STORE": str(tmp_path / "draws"), "ILANG_CONFIRM_ABOVE": ""},
    )
    assert "Run it? [y/N]" in called.out and "sample solve" in called.out
    assert ("it was not run, and nothing was paid" in called.out) is not goes
    assert called.code == (1 if goes else 2)


def rows(tmp_path, n: int) -> str:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps({"question": f"What is {i} + 1?"}) + "\n" for i in range(n)))
    return str(file)


def test_many_cheap_rows_are_dear_together(ilang, tmp_path):
    """A row is expected to cost 0.0004 USD: 100 rows far less than 1, 4,000 rows more."""
    file = rows(tmp_path, 100)
    assert not codes_of(ilang("run", WORDS[0], "--data", file, "--model", CHEAP, "--limit", "2"))
    file = rows(tmp_path, 4000)
    assert codes_of(ilang("run", WORDS[0], "--data", file, "--model", CHEAP))


def test_rows_that_come_on_standard_input_cannot_be_told(ilang):
    called = ilang("run", WORDS[0], "--data", "-", "--model", CHEAP)
    assert codes(called) == ["not-confirmed"] and "before its rows have come" in called.err


def test_an_error_of_the_estimate_is_an_unknown_price(ilang, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("ilang.cli.confirming._planned", broken)
    called = ilang("run", *WORDS, "--model", CHEAP)
    assert codes(called) == ["not-confirmed"] and "cannot be reckoned (ZeroDivisionError" in called.err
    assert went(ilang("run", *WORDS, "--model", CHEAP, "--yes"))


def test_a_wrong_amount(ilang):
    called = ilang("run", *WORDS, "--confirm-above", "much")
    assert called.code == 2 and codes(called) == ["usage"]
