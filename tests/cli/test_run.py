import json

import pytest

from tests.cli.calling import codes, program

VOTES = program("votes.inf")


def test_a_pipe_gets_only_the_value(ilang):
    told = ilang("run", VOTES, "q=2 + 2")
    assert (told.code, told.out, told.err) == (0, "4\n", "")


def test_text_as_it_is(ilang, written):
    path = written("pipeline main(x: text) -> text { x }")
    assert ilang("run", path, "x=a\x1b[31m\tb").out == "a\x1b[31m\tb\n"
    assert ilang("run", path, "x=line\n").out == "line\n"
    assert ilang("run", path, "x=").out == "\n"


@pytest.mark.parametrize(
    ("name", "given", "out"),
    [
        ("a_text", "x=  é  ", "  é  \n"),
        ("a_number", "x=0.50", "0.5\n"),
        ("a_number", "x=4.0", "4\n"),
        ("an_int", "x=-3", "-3\n"),
        ("a_bool", "x=yes", "true\n"),
        ("a_label", "x=None of these", "other\n"),
        ("a_list", "x=[1, 2]", "[1, 2]\n"),
        ("a_person", 'x={"name": "Ü", "age": 3}', '{"name": "Ü", "age": 3, "mail": null}\n'),
        ("maybe", "x=here", "here\n"),
        ("maybe", "x=none", "none\n"),
        ("maybe", 'x:="none"', "none\n"),
        ("a_text", 'x:="@file"', "@file\n"),
        ("a_text", 'x:="-"', "-\n"),
        ("a_list", "x:=[1]", "[1]\n"),
        ("a_text", "x=a=b:=c", "a=b:=c\n"),
    ],
)
def test_arguments_by_type(ilang, name, given, out):
    told = ilang("run", f"{program('kinds.inf')}:{name}", given)
    assert (told.code, told.out) == (0, out) and (not told.err or name == "maybe")


def test_none_abstains(ilang):
    told = ilang("run", program("kinds.inf:maybe"))
    assert (told.code, told.out) == (0, "none\n")
    assert told.err.startswith("abstained: the answer is none")
    assert ilang("run", program("kinds.inf:maybe"), "-q").err == ""


def test_a_files_text(ilang, written):
    path = written("first\r\nsecond\n", "x.txt")
    assert ilang("run", program("kinds.inf:a_text"), f"x=@{path}").out == "first\nsecond\n"
    assert ilang("run", program("kinds.inf:an_int"), f"x=@{written('17', 'n.txt')}").out == "17\n"


def test_flags_between_arguments(ilang):
    told = ilang("run", "--seed", "1", program("kinds.inf:two"), "a=x", "--concurrency", "1", "b=y", "-q")
    assert told.out == "x/y\n"


def test_second_run_asks_nobody(ilang):
    first, second = (ilang("run", VOTES, "q=1", "--json").json for _ in range(2))
    assert first["paid"]["calls"] == 3 and second["paid"]["calls"] == 0
    assert first["value"] == second["value"] and first["worth"] == second["worth"]
    more = ilang("run", VOTES, "q=1", "n=4", "--json").json
    assert more["paid"]["draws"] == 1


def test_another_seed_draws_anew(ilang):
    ilang("run", VOTES, "q=1")
    assert ilang("run", VOTES, "q=1", "--seed", "1", "--json").json["paid"]["draws"] == 3
    assert ilang("run", VOTES, "q=1", "--seed", "-1", "--json").json["seed"] == -1


def test_stores(ilang, tmp_path):
    assert ilang("run", VOTES, "q=1", "--store", "none").code == 0
    assert not (tmp_path / "draws").exists()
    assert ilang("run", VOTES, "q=1", "--store", str(tmp_path / "other"), "--json").json["paid"]["draws"] == 3
    assert ilang("run", VOTES, "q=1", "--store", str(tmp_path / "other"), "--json").json["paid"]["draws"] == 0
    assert not (tmp_path / "draws").exists()


@pytest.mark.parametrize(
    "how",
    [["--plain"], ["--no-optimize"], ["--passes", "drop_unused"], ["--passes=-drop_unused"], ["--concurrency", "1"]],
)
def test_the_same_answer_however_it_is_computed(ilang, how):
    told = ilang("run", VOTES, "q=2", "--json", *how).json
    assert told["value"] == 4 and told["tally"] == [[4, 2], [3, 1]]


def test_unknown_pass(ilang):
    told = ilang("run", VOTES, "q=2", "--passes", "drop_unsed")
    assert told.code == 2 and codes(told) == ["unknown-pass"] and "`drop_unused`" in told.err


def test_warnings_go_to_standard_error(ilang):
    told = ilang("run", VOTES, "q=2", "n=4")
    assert told.out == "4\n" and "warning: 1 reply could not be read" in told.err
    assert ilang("run", VOTES, "q=2", "n=4", "-q").err == ""


def test_program_warnings_have_their_place(ilang, written):
    path = written("pipeline main() -> int {\n  let x = 1\n  2\n}\n")
    told = ilang("run", path)
    assert told.out == "2\n" and f"--> {path}:2:7" in told.err and codes(told) == ["unused-let"]


def test_quieter_still(ilang):
    told = ilang("run", VOTES, "q=2", "-qq")
    assert (told.code, told.out, told.err) == (0, "", "")
    assert ilang("run", "nowhere.inf", "-qq").err == ""
    assert ilang("run", VOTES, "q=2", "-qq", "--json").json["value"] == 4


def test_verbose(ilang):
    told = ilang("run", VOTES, "q=2", "-v")
    assert told.out == "4\n"
    assert "pass drop_unused: nothing to do" in told.err
    assert told.err.count("asked  solve[") == 3 and "new    solve[0] fake:m: 2 tokens, Answer: 3" in told.err
    assert "kept   solve[2] fake:m" in ilang("run", VOTES, "q=2", "-v").err
    assert "user: 2" in ilang("run", VOTES, "q=2", "-vv").err


def test_models_by_flag(ilang, written):
    path = written(
        'model a\nmodel b\nprompt p(q: text) -> text """{{q}}"""\n'
        "pipeline main(q: text) -> text { (p(q) | ask(a)) + (p(q) | ask(b)) }\n"
    )
    one = 'fake("1", replies="one")'
    two = 'fake("2", replies="two")'
    assert ilang("run", path, "q=x", "--model", f"a={one}", "--model", two).out == "onetwo\n"
    assert codes(ilang("run", path, "q=x", "--model", f"c={one}")) == ["unknown-name"]
    assert codes(ilang("run", path, "q=x", "--model", "opnai:x")) == ["unknown-backend"]
    told = ilang("run", path, "q=x", "--model", "fake(7)")
    assert told.code == 2 and "--> --model:1:" in told.err


def test_the_models_variable(ilang, monkeypatch, written):
    path = written('prompt p() -> text """hi"""\npipeline main() -> text { p() | ask }\n')
    monkeypatch.setenv("ILANG_MODEL", 'fake("m", replies="from the variable")')
    assert ilang("run", path).out == "from the variable\n"


def test_an_unbidden_model_is_told_of_when_it_answers(ilang, monkeypatch, written):
    from ilang.base.value import Model

    monkeypatch.setattr("ilang.session.models.EMBEDDED", Model("fake", "tiny", (("replies", "hi"),)))
    path = written('prompt p() -> text """hi"""\npipeline main() -> text { (p() | ask) + (p() | ask) }\n')
    told = ilang("run", path, "--model", 'fake("m", replies="[\\"a\\", \\"b\\"]")')
    assert (told.out, told.err) == ("ab\n", "")
    path = written('prompt p() -> text """hi"""\npipeline main() -> text { p() | ask }\n')
    told = ilang("run", path)
    assert told.out == "hi\n" and told.err.startswith("note: no model is named") and told.err.count("\n") == 1
    assert ilang("run", path, "-q").err == ""
    assert ilang("run", VOTES, "q=1").err == ""  # it names its model


def test_progress_lines_where_there_is_no_terminal(ilang, monkeypatch, written):
    monkeypatch.setattr("ilang.report.progress.LINES", 0.05)
    path = written('prompt p() -> text """hi"""\npipeline main() -> text { p() | ask }\n')
    slow = 'fake("m", replies="late", delay=0.3)'
    told = ilang("run", path, "--model", slow)
    assert told.out == "late\n" and "0 of 1 draw, 0 new, " in told.err
    assert ilang("run", path, "--model", slow, "--seed", "1", "--progress", "none").err == ""
    monkeypatch.setenv("ILANG_PROGRESS", "none")
    assert ilang("run", path, "--model", slow, "--seed", "2").err == ""


def test_a_failed_run(ilang, written):
    path = written(
        'model m = fake("m", replies="[\\"a\\", \\"b\\\\u001b[mJ\\", \\"c\\", \\"d\\"]")\n'
        'prompt p() -> number """n?"""\npipeline main() -> number { p() | sample(m, n=4) | vote | .winner }\n'
    )
    told = ilang("run", path)
    assert told.code == 1 and told.out == "" and codes(told) == ["nothing-parsed"]
    assert "4 replies could not be read" in told.err and told.err.count("note: a reply:") == 3
    assert "\x1b" not in told.err and "b\\e[mJ" in told.err
    told = ilang("run", path, "--json")
    assert told.code == 1 and told.json["status"] == "failed" and told.json["error"]["code"] == "nothing-parsed"
    assert told.json["value"] is None and told.json["worth"]["draws"] == 4


def test_a_program_on_standard_input(ilang, monkeypatch):
    import io
    import sys

    def give(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    give(b"pipeline main(x: text) -> text { x }\npipeline other() -> int { 1 }\n")
    assert ilang("run", "-", "x=hi").out == "hi\n"
    give(b"pipeline a() -> int { 2 }\npipeline other() -> int { 1 }\n")
    assert ilang("run", "--", "-:other").out == "1\n"
    give(b"pipeline main( -> text { x }")
    told = ilang("run", "-")
    assert told.code == 2 and "--> <stdin>:1:" in told.err
    give(b"\xff\xfe")
    assert codes(ilang("run", "-")) == ["not-utf8"]
    give(b"#" * 3_000_000)
    assert codes(ilang("run", "-")) == ["source-too-large"]
    give(b"Q\n")
    assert ilang("run", program("kinds.inf:a_text"), "x=-").out == "Q\n"
    give(b"\xff")
    assert codes(ilang("run", program("kinds.inf:a_text"), "x=-")) == ["not-utf8"]


@pytest.mark.parametrize("words", [["-", "x=-"], [program("kinds.inf:two"), "a=-", "b=-"]])
def test_standard_input_once(ilang, words):
    told = ilang("run", *words)
    assert told.code == 2 and codes(told) == ["stdin-twice"]


def test_colour(ilang, monkeypatch):
    assert "\x1b[1;31merror" in ilang("run", "nowhere.inf", "--color", "always").err
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in ilang("run", "nowhere.inf").err
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in ilang("run", "nowhere.inf").err
    assert "\x1b[" in ilang("run", "nowhere.inf", "--color", "always").err


CONTRACT = [
    "schema",
    "command",
    "value",
    "status",
    "pipeline",
    "seed",
    "paid",
    "worth",
    "tally",
    "undrawn",
    "warnings",
    "error",
]
COST = ["calls", "draws", "input_tokens", "cached_tokens", "output_tokens", "usd", "seconds"]


def test_the_contract_of_an_answer(ilang):
    told = ilang("run", VOTES, "q=1", "n=4", "--seed", "5", "--json")
    data = told.json
    assert list(data) == CONTRACT and list(data["paid"]) == COST and list(data["worth"]) == COST
    seconds = data["paid"].pop("seconds")
    assert 0 <= seconds < 60
    assert data == {
        "schema": 1,
        "command": "run",
        "value": 4,
        "status": "answered",
        "pipeline": "main",
        "seed": 5,
        "paid": {"calls": 4, "draws": 4, "input_tokens": 4, "cached_tokens": 0, "output_tokens": 9, "usd": 0},
        "worth": {
            "calls": 4,
            "draws": 4,
            "input_tokens": 4,
            "cached_tokens": 0,
            "output_tokens": 9,
            "usd": 0,
            "seconds": None,
        },
        "tally": [[4, 2], [3, 1]],
        "undrawn": 0,
        "warnings": ['1 reply could not be read (there is no "Answer:" in the reply)'],
        "error": None,
    }


def test_the_contract_of_abstaining(ilang):
    told = ilang("run", program("kinds.inf:maybe"), "--json")
    assert told.code == 0 and told.json["status"] == "abstained" and told.json["value"] is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nowhere.inf"], "no-such-file"),
        ([VOTES], "missing-argument"),
        ([VOTES, "q=1", "n=x"], "bad-argument"),
        ([VOTES, "q=1", "q=2"], "given-twice"),
        ([VOTES, "nonsense"], "bad-argument"),
        ([VOTES, "q=1", "--model", "opnai"], "unknown-backend"),
        ([VOTES, "q=1", "--seed", "x"], "usage"),
        ([program("kinds.inf")], "no-entry"),
    ],
)
def test_the_contract_of_errors(ilang, words, code):
    told = ilang("run", *words, "--json")
    assert told.code == 2 and told.err == ""
    data = told.json
    assert list(data) == CONTRACT and list(data["paid"]) == COST
    assert data["status"] == "failed" and data["error"]["code"] == code and data["paid"]["calls"] == 0


def test_the_contract_of_several_errors(ilang, written):
    path = written("pipeline main() -> int { a }\npipeline b() -> int { c }\n")
    error = ilang("run", path, "--json").json["error"]
    assert error == {
        "code": "unknown-name",
        "message": "nothing here is called `a`",
        "file": path,
        "line": 1,
        "column": 26,
        "end_line": 1,
        "end_column": 27,
        "label": "not known",
        "help": error["help"],
        "notes": ["and 1 more: `ilang check` shows all"],
        "severity": "error",
    }


def test_a_mistake_of_ilangs_in_json(ilang, monkeypatch):
    monkeypatch.setattr("ilang.session.program.load", lambda *_, **__: 1 // 0)
    told = ilang("run", VOTES, "q=1", "--json")
    assert told.code == 1 and told.err == "" and told.json["error"]["code"] == "internal-error"


def test_a_budget_that_was_spent(ilang, monkeypatch):
    from dataclasses import replace

    from ilang.session.program import LoadedProgram

    run = LoadedProgram.run_with
    monkeypatch.setattr(LoadedProgram, "run_with", lambda *a, **k: replace(run(*a, **k), status="budget"))
    told = ilang("run", VOTES, "q=1")
    assert (told.code, told.out) == (3, "4\n") and "budget was spent" in told.err
    told = ilang("run", VOTES, "q=1", "--json")
    assert told.code == 3 and told.json["status"] == "budget"


def test_half_a_character_in_json(ilang, written):
    path = written('model m = fake("m", replies="[\\"a\\"]")\npipeline main(x: text) -> text { x }\n')
    told = ilang("run", path, "--json", 'x:="\\ud800"')
    assert json.loads(told.out)["value"] == "\ud800" and "\\ud800" in told.out
