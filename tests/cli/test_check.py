import pytest

from tests.cli.calling import codes, program, terminal


def test_nothing_is_said_of_what_is_right(ilang):
    told = ilang("check", program("votes.inf"), program("kinds.inf"))
    assert (told.code, told.out, told.err) == (0, "", "")
    assert ilang("check", program("votes.inf"), "-v").out == f"ok: {program('votes.inf')}\n"


def test_a_terminal_is_told(surroundings):
    told = terminal("check", "programs/vote.inf", env={"NO_COLOR": "1"})
    assert (told.code, told.out) == (0, "ok: programs/vote.inf\n")


def test_a_library_needs_no_entry(ilang):
    for name in ("voting", "selection", "refining"):
        assert ilang("check", f"stdlib/{name}.inf").code == 0


def test_all_files_are_checked(ilang, written):
    one = written("pipeline main() -> int { a }", "one.inf")
    two = written("pipeline main() -> int {\n  let unread = 1\n  b\n}", "two.inf")
    told = ilang("check", one, "nowhere.inf", program("votes.inf"), two, "-v")
    assert told.code == 2 and codes(told) == ["unknown-name", "no-such-file", "unknown-name"]
    assert told.out == f"ok: {program('votes.inf')}\n" and told.err.endswith("\n\n3 errors\n")


def test_flags_between_files(ilang):
    told = ilang("check", program("votes.inf"), "--json", program("kinds.inf")).json
    assert [f["file"] for f in told["files"]] == [program("votes.inf"), program("kinds.inf")]


def test_warnings_do_not_fail(ilang, written):
    path = written("pipeline main() -> int {\n  let unread = 1\n  2\n}")
    told = ilang("check", path)
    assert told.code == 0 and codes(told) == ["unused-let"] and told.err.startswith("warning[")
    assert ilang("check", path, "-q").err == ""


def test_json(ilang, written):
    path = written("pipeline main() -> int { a }\npipeline b() -> int { c }")
    told = ilang("check", path, program("votes.inf"), "--json")
    data = told.json
    assert told.code == 2 and told.err == ""
    assert list(data) == ["schema", "command", "ok", "files", "error"]
    assert (data["schema"], data["command"], data["ok"], data["error"]) == (1, "check", False, None)
    assert [(f["file"], f["ok"], len(f["errors"])) for f in data["files"]] == [
        (path, False, 2),
        (program("votes.inf"), True, 0),
    ]
    assert data["files"][0]["errors"][0]["line"] == 1


def test_a_named_pipeline(ilang):
    assert ilang("check", program("kinds.inf:a_text")).code == 0
    assert codes(ilang("check", program("kinds.inf:a_tex"))) == ["no-entry"]


@pytest.mark.parametrize(("model", "code"), [("m=sim", 0), ("m=anthropic:claude-sonnet-4-5", 2), ("sim", 0)])
def test_models_that_are_named_are_held_against_the_program(ilang, written, model, code):
    path = written(
        'model m\nprompt p() -> text """hi"""\n'
        "pipeline main() -> text { p() | start(m) | extend(model=m, n=2) | best }\n"
    )
    assert ilang("check", path).code == 0  # nobody has named a model yet
    assert ilang("check", path, "--model", model).code == code


def test_a_declared_model_is_held_against_the_program(ilang, written):
    path = written(
        'model m = anthropic("claude-sonnet-4-5")\nprompt p() -> text """hi"""\n'
        "pipeline main() -> text { p() | start(m) | extend(model=m, n=2) | best }\n"
    )
    assert ilang("check", path).code == 2


def test_no_key_is_needed(ilang, written):
    path = written(
        'model m = openai("gpt-5-mini")\nprompt p() -> text """hi"""\npipeline main() -> text { p() | ask(m) }\n'
    )
    assert ilang("check", path).code == 0
