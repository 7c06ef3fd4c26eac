"""`ilang check --format`."""

import json

from tests.cli.calling import program

WRONG = "pipeline main(a: int) -> int {\n  b\n}\npipeline other() -> text { 3 }\n"


def test_github_annotations(ilang, written):
    path = written(WRONG, "a,b.inf")
    told = ilang("check", path, "--format", "github")
    assert told.code == 2 and told.err == ""
    first, second = told.out.splitlines()
    assert first.startswith(
        f"::error file={path.replace(',', '%2C')},line=2,col=3,endLine=2,endColumn=4,title=unknown-name::"
    )
    assert "%0Ahelp: " in first or "%0A" not in first
    assert "title=type-mismatch" in second


def test_what_a_name_holds_begins_no_command(ilang, written):
    path = written('pipeline main() -> int { "::error::%0A" }\n')
    (line,) = ilang("check", path, "--format", "github").out.splitlines()
    assert line.startswith("::error file=")


def test_sarif(ilang, written):
    path = written(WRONG)
    told = ilang("check", path, program("votes.inf"), "--format", "sarif")
    data = json.loads(told.out)
    assert told.code == 2 and data["version"] == "2.1.0"
    (run,) = data["runs"]
    assert run["tool"]["driver"]["name"] == "ilang"
    rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert rules == ["type-mismatch", "unknown-name"]
    for result in run["results"]:
        assert (
            rules[result["ruleIndex"]] == result["ruleId"] and result["level"] == "error" and result["message"]["text"]
        )
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1 and region["endColumn"] > region["startColumn"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")


def test_nothing_wrong_is_an_empty_run(ilang):
    data = json.loads(ilang("check", program("votes.inf"), "--format", "sarif").out)
    assert data["runs"][0]["results"] == []
    assert ilang("check", program("votes.inf"), "--format", "github").out == ""


def test_json_is_a_format_and_a_folder_is_all_its_programs(ilang, written, tmp_path):
    written("pipeline main() -> int { 1 }", "a.inf")
    (tmp_path / "inner").mkdir()
    written("pipeline main() -> int { a }", "inner/b.inf")
    told = ilang("check", str(tmp_path), "--format", "json")
    assert told.code == 2 and [f["ok"] for f in told.json["files"]] == [True, False]
    assert told.out == ilang("check", str(tmp_path), "--json").out
