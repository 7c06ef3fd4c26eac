"""`ilang new`, `ilang doc`, `ilang lib`."""

import os

from tests.cli.calling import codes


def test_new_writes_a_program_that_passes_its_test(ilang, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = ilang("new", "first")
    assert told.code == 0 and told.out == "" and "ilang test first.inf" in told.err
    for command in (("test", "first.inf"), ("fmt", "--check", "first.inf"), ("check", "first.inf")):
        assert ilang(*command).code == 0
    assert ilang("run", "first.inf", "question=2 + 3", "--model", "sim(accuracy=0.9)").code == 0


def test_new_writes_nothing_over(ilang, written):
    path = written("mine")
    told = ilang("new", path)
    assert told.code == 2 and codes(told) == ["file-exists"] and open(path).read() == "mine"


def test_new_makes_folders_and_tells_json(ilang, tmp_path):
    path = str(tmp_path / "a" / "b.inf")
    assert ilang("new", path, "--json").json == {
        "schema": 1, "command": "new", "ok": True, "file": path, "error": None,
    }  # fmt: skip
    assert os.path.exists(path)
    assert codes(ilang("new", str(tmp_path / "a" / "?.inf"))) == ["usage"]


def test_doc_shows_signatures_and_documentation(ilang):
    told = ilang("doc", "std.voting")
    assert told.code == 0
    assert "pipeline self_consistency(request: request[T], model: model? = none, n: int = 16) -> T" in told.out
    assert "\n    Self-consistency (Wang et al., 2022): n draws, the most common answer.\n" in told.out
    assert "without documentation: pick_number" in told.out
    assert "prompt pick_number(" in ilang("doc", "std.voting", "-v").out


def test_doc_of_a_whole_library_of_a_file_and_as_markdown(ilang):
    whole = ilang("doc", "std").out
    assert "std.voting" in whole and "std.selection" in whole
    assert "pipeline main(question: text" in ilang("doc", "programs/vote.inf").out
    page = ilang("doc", "std.voting", "--markdown").out
    assert page.startswith("# std.voting\n\n") and "## self_consistency\n\n```ilang\npipeline self_consistency(" in page


def test_doc_of_what_is_not_there(ilang):
    assert codes(ilang("doc", "stdd")) == ["library-not-found"]
    assert "did you mean `std.voting`?" in ilang("doc", "std.votin").err
    assert codes(ilang("doc", "nowhere.inf")) == ["no-such-file"]


def test_doc_of_a_file_with_errors_shows_what_can_be_read(ilang, written):
    path = written("## Fine.\npipeline fine() -> int { 1 }\npipeline wrong( -> {\n")
    told = ilang("doc", path)
    assert told.code == 2 and "pipeline fine() -> int\n    Fine." in told.out and codes(told)


def test_no_html_of_an_author_comes_through(ilang, written):
    path = written("## <script>alert(1)</script> a\x1b[31m\npipeline fine() -> int { 1 }\n".replace("\x1b", ""))
    assert "<script>" not in ilang("doc", path, "--markdown").out


def test_lib_shows_what_is_installed(ilang):
    told = ilang("lib")
    assert told.code == 0 and "  std.voting: self_consistency, votes, agreed, weighted_vote\n" in told.out
    data = ilang("lib", "--json").json
    (std,) = [one for one in data["libraries"] if one["name"] == "std"]
    assert std["distribution"] == "ilang" and std["version"] and os.path.isdir(std["path"])
    assert {m["name"] for m in std["modules"]} >= {"std.voting", "std.particles"}
    assert "pipeline votes(request: request[T]" in ilang("lib", "-v").out


def test_new_takes_no_folder_for_a_name(ilang, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (".", "..", ".inf", "sub/."):
        told = ilang("new", name)
        assert told.code == 2 and "no name for a program" in told.err, name
    assert not list(tmp_path.iterdir())
