import os
import re
import stat
from xml.etree import ElementTree

import pytest

from tests.cli.calling import ROOT, Called, codes, process, program

VOTES = program("votes.inf")
UNREAD = "pipeline main(n: int) -> int {\n  let unread = n + 1\n  n\n}\n"
SVG = "{http://www.w3.org/2000/svg}"


def titles(svg: str) -> list[str]:
    """The bold texts of a picture."""
    return [t.text for t in ElementTree.fromstring(svg).iter(f"{SVG}text") if t.get("font-weight") == "bold"]


def test_a_picture_on_standard_output(ilang):
    told = ilang("graph", VOTES)
    assert told.code == 0 and told.out.startswith("flowchart TD\n%% main\n") and told.err == ""
    assert re.search(r'^  n0_\d+\[\["sample<br/>model m', told.out, re.MULTILINE)


@pytest.mark.parametrize("name", ["plan.svg", "plan.SVG"])
def test_a_picture_as_a_file(ilang, tmp_path, name):
    told = ilang("graph", VOTES, "-o", str(tmp_path / name))
    assert (told.code, told.out, told.err) == (0, "", "")
    found = titles((tmp_path / name).read_text("utf-8"))
    assert found == ["main", "q: text", "n: int", "solve", "sample", "vote", "vote.winner", "result"]


BEGINS = {
    "html": "<!DOCTYPE html>\n",
    "htm": "<!DOCTYPE html>\n",
    "mmd": "flowchart TD\n",
    "mermaid": "flowchart TD\n",
    "dot": 'digraph "main" {\n',
    "gv": 'digraph "main" {\n',
}


@pytest.mark.parametrize("ending", BEGINS)
def test_the_name_says_of_which_kind(ilang, tmp_path, ending):
    path = tmp_path / f"p.{ending}"
    assert ilang("graph", VOTES, "-o", str(path)).code == 0
    assert path.read_text("utf-8").startswith(BEGINS[ending])


def test_format_says_it_where_no_name_does(ilang, tmp_path):
    assert ilang("graph", VOTES, "--format", "svg").out.startswith("<svg ")
    assert ilang("graph", VOTES, "--format", "dot", "-o", "-").out.startswith("digraph ")
    assert ilang("graph", VOTES, "--format", "dot", "-o", str(tmp_path / "picture")).code == 0
    assert (tmp_path / "picture").read_text("utf-8").startswith("digraph ")


@pytest.mark.parametrize("words", [("-o", "plan.pdf"), ("-o", "plan"), ("-o", "plan.svg", "--format", "dot")])
def test_an_unknown_kind(ilang, words):
    told = ilang("graph", VOTES, *words)
    assert told.code == 2 and codes(told) == ["unknown-format"] and "help: " in told.err


def test_a_program_is_not_written_over(ilang, written):
    path = written(UNREAD)
    told = ilang("graph", path, "-o", path, "--format", "svg")
    assert codes(told) == ["unknown-format"]
    with open(path) as file:
        assert file.read() == UNREAD


def test_what_cannot_be_written(ilang, tmp_path):
    told = ilang("graph", VOTES, "-o", str(tmp_path / "none" / "p.svg"))
    assert told.code == 2 and codes(told) == ["unwritable-file"] and "help: " in told.err
    told = ilang("graph", VOTES, "-o", str(tmp_path / "none" / "p.svg"), "--json")
    assert told.code == 2 and told.json["error"]["code"] == "unwritable-file"


def test_the_rights_of_a_file_stay(ilang, tmp_path):
    path = tmp_path / "p.svg"
    path.write_text("old")
    path.chmod(0o640)
    assert ilang("graph", VOTES, "-o", str(path)).code == 0
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640 and path.read_text("utf-8").startswith("<svg ")


def test_phases(ilang, written):
    path = written(UNREAD)
    plan, graph = (titles(ilang("graph", path, "--phase", p, "--format", "svg").out) for p in ("plan", "graph"))
    assert plan == ["main", "n: int", "result"] and graph == ["main", "n: int", "unread = n + 1", "result"]
    assert titles(ilang("graph", path, "--no-optimize", "--format", "svg").out) == graph
    assert titles(ilang("graph", path, "--passes=-drop_unused", "--format", "svg").out) == graph
    words = ("--phase", "graph", "--passes", "drop_unused", "--format", "svg")
    assert titles(ilang("graph", path, *words).out) == plan
    assert "pass drop_unused: 3 nodes become 1" in ilang("graph", path, "-v").err
    assert codes(ilang("graph", path, "--passes", "drop_unsed")) == ["unknown-pass"]


def test_which_pipeline(ilang):
    assert codes(ilang("graph", program("kinds.inf"))) == ["no-entry"]
    assert ilang("graph", program("kinds.inf:two")).out.startswith("flowchart TD\n%% two\n")


def test_a_program_with_errors(ilang, written):
    told = ilang("graph", written("pipeline main() -> int { x }\n"))
    assert told.code == 2 and told.out == "" and codes(told) == ["unknown-name"]


def test_json(ilang, tmp_path):
    data = ilang("graph", VOTES, "--format", "svg", "--json").json
    assert (data["schema"], data["command"], data["ok"], data["error"]) == (1, "graph", True, None)
    assert (data["pipeline"], data["phase"], data["format"], data["out"]) == ("main", "plan", "svg", None)
    assert data["picture"] == ilang("graph", VOTES, "--format", "svg").out
    assert data["passes"][0]["pass"] == "drop_unused"
    (draw,) = [box for box in data["boxes"] if box["kind"] == "draw"]
    assert (draw["title"], draw["gives"], draw["line"], draw["column"]) == ("sample", "candidates[number]", 11, 5)
    (line,) = [x for x in data["lines"] if x["from"] == draw["key"]]
    assert next(b for b in data["boxes"] if b["key"] == line["to"])["title"] == "vote"
    nodes = ilang("show", VOTES, "--phase", "plan", "--json").json["graphs"][0]["nodes"]
    assert "draw" in {nodes[place]["op"] for number, place in draw["nodes"] if number == 0}
    path = str(tmp_path / "p.svg")
    data = ilang("graph", VOTES, "-o", path, "--json").json
    assert data["out"] == path and data["picture"] is None and os.path.isfile(path)


def test_equal_bytes_wherever_it_is_called(tmp_path):
    """Of two processes with other hashes and other folders, and of two paths of the program."""
    words = ("graph", "tests/examples/4_step_search.inf:beam", "--format", "html")
    one, two = (process(*words, env={"PYTHONHASHSEED": seed}) for seed in "12")
    there = process("graph", str(ROOT / "tests/examples/4_step_search.inf:beam"), "--format", "html", cwd=tmp_path)
    assert one.code == 0 and one.out == two.out == there.out and str(ROOT) not in one.out


def lines_of_the_page() -> list[str]:
    page = (ROOT / "docs" / "graph.md").read_text("utf-8")
    return [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]


@pytest.mark.parametrize("line", [*lines_of_the_page(), "ilang graph programs/cascade.inf -o plan.svg"])
def test_commands_of_the_pages(line, tmp_path):
    """Those that write a file; the others are run by `tests/docs`. The last is the README's."""
    for name in ("programs", "stdlib"):
        (tmp_path / name).symlink_to(ROOT / name)
    words = line.split()
    assert words[0] == "ilang" and words[-2] == "-o"
    assert process(*words[1:], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}) == Called(0, "", "")
    assert "</svg>" in (tmp_path / words[-1]).read_text("utf-8")


def test_the_pages_show_what_it_draws(ilang, tmp_path):
    """`python -m tests.report.drawing` draws it anew."""
    assert ilang("graph", str(ROOT / "programs/cascade.inf"), "-o", str(tmp_path / "plan.svg")).code == 0
    assert (tmp_path / "plan.svg").read_bytes() == (ROOT / "docs/pictures/cascade.svg").read_bytes()
    for page, command in (("README.md", "`{}`"), ("docs/graph.md", "{}\n")):
        text = (ROOT / page).read_text("utf-8")
        assert (
            command.format("ilang graph programs/cascade.inf -o plan.svg") in text and "pictures/cascade.svg)" in text
        )


def test_no_other_program_is_called(ilang, monkeypatch, tmp_path):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr("subprocess.Popen", refuse)
    monkeypatch.setattr("os.posix_spawn", refuse)
    for kind in ("svg", "html", "mmd", "dot"):
        assert ilang("graph", VOTES, "-o", str(tmp_path / f"p.{kind}")).code == 0
