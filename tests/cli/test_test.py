import pytest

from tests.cli.calling import codes, program

FAILING = """
prompt solve(q: text) -> number { user \"\"\"{{q}}\"\"\" answer after("Answer:") }
pipeline main(q: text, n: int = 2) -> number { solve(q) | sample(n=n) | vote | .winner }

test "wrong" {
  replies solve = ["Answer: 3", "Answer: 3"]
  expect main("q") == 4
}

test "right" {
  replies solve = ["Answer: 3", "Answer: 3"]
  expect main("q") == 3
}

test "too few replies" {
  replies solve = ["Answer: 3"]
  expect main("what?") == 3
}
"""


def test_all_pass(ilang):
    told = ilang("test", program("votes.inf"))
    assert (told.code, told.out, told.err) == (0, "2 passed\n", "")
    told = ilang("test", program("votes.inf"), "-v")
    assert f'passed {program("votes.inf")}:16 "the majority wins"\n' in told.out


def test_a_failing_test_shows_what_was_written_and_what_came(ilang, written):
    path = written(FAILING)
    told = ilang("test", path)
    assert told.code == 1
    assert told.out.startswith(
        f'failed {path}:5 "wrong"\n'
        '    expect main("q") == 4\n'
        "      left:  3\n"
        "      right: 4\n"
        "      draws: solve[0]: Answer: 3\n"
        "             solve[1]: Answer: 3\n"
    )
    assert "error[unforeseen-draw]" in told.out and "user: what?" in told.out
    assert told.out.endswith("1 passed, 2 failed\n")


def test_some_by_name(ilang, written):
    path = written(FAILING)
    assert ilang("test", path, "-k", "right").out == "1 passed\n"
    told = ilang("test", path, "-k", "nothing of that name")
    assert told.code == 2 and codes(told) == ["usage"] and "3 tests have other names" in told.err


def test_folders(ilang, written, tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    written(FAILING, "deep/er/b.inf")
    written("pipeline main() -> int { 1 }", "deep/a.inf")
    told = ilang("test", str(tmp_path))
    assert told.code == 1 and f"{tmp_path}/deep/a.inf: no tests\n" in told.out and "2 failed" in told.out
    told = ilang("test", str(tmp_path / "deep" / "none"))
    assert told.code == 2


def test_a_folder_without_programs(ilang, tmp_path):
    assert codes(ilang("test", str(tmp_path))) == ["no-such-file"]


def test_a_file_without_tests_says_so(ilang):
    told = ilang("test", program("kinds.inf"))
    assert (told.code, told.out) == (0, f"{program('kinds.inf')}: no tests\nno tests\n")


def test_a_broken_file_does_not_keep_the_others(ilang, written):
    broken = written("pipeline main() -> int { a }")
    told = ilang("test", broken, program("votes.inf"))
    assert told.code == 2 and codes(told) == ["unknown-name"] and told.out == "2 passed, 1 file with errors\n"


def test_quiet(ilang, written):
    assert ilang("test", program("votes.inf"), "-q").out == ""
    told = ilang("test", written(FAILING), "-q")
    assert "failed" in told.out and "1 passed" not in told.out


def test_json(ilang, written):
    path = written(FAILING)
    told = ilang("test", path, "--json")
    data = told.json
    assert told.code == 1 and (data["ok"], data["passed"], data["failed"]) == (False, 1, 2)
    wrong, right, _ = data["files"][0]["tests"]
    assert wrong == {
        "name": "wrong",
        "line": 5,
        "passed": False,
        "expect": 'main("q") == 4',
        "left": "3",
        "right": "4",
        "draws": ["solve[0]: Answer: 3", "solve[1]: Answer: 3"],
        "error": None,
        "unused": [],
    }
    assert right["passed"] and right["expect"] is None
    broken = ilang("test", "nowhere.inf", "--json")
    assert broken.code == 2 and broken.json["files"][0]["errors"][0]["code"] == "no-such-file"


@pytest.mark.parametrize("folder", ["stdlib", "programs"])
def test_what_we_ship_passes(ilang, folder):
    told = ilang("test", folder)
    assert told.code == 0, told.out + told.err


def test_of_a_session(written):
    from ilang.session.tests import run_file_tests

    assert [(o.name, o.passed) for o in run_file_tests(written(FAILING))] == [
        ("wrong", False),
        ("right", True),
        ("too few replies", False),
    ]


def test_junit(ilang, written, tmp_path):
    from xml.etree import ElementTree

    good = written('pipeline main() -> int { 1 }\ntest "is \\u001b[31mone" { expect main() == 1 }\n', "good.inf")
    bad = written('pipeline main() -> int { 1 }\ntest "is two" { expect main() == 2 }\n', "bad.inf")
    wrong = written("pipeline", "wrong.inf")
    path = tmp_path / "tests.xml"
    assert ilang("test", good, bad, wrong, "--junit", str(path)).code == 2
    root = ElementTree.parse(path).getroot()
    assert (root.attrib["tests"], root.attrib["failures"], root.attrib["errors"]) == ("3", "1", "1")
    cases = {c.attrib["name"]: c for c in root.iter("testcase")}
    assert set(cases) == {"is \\e[31mone", "is two", "check"}
    assert "right: 2" in cases["is two"].find("failure").text and cases["check"].find("error").attrib["type"]
    assert codes(ilang("test", good, "--junit", str(tmp_path / "nowhere" / "x.xml"))) == ["unwritable-file"]


def test_replies_that_nobody_drew_are_told(ilang, written):
    path = written(
        'prompt say(q: text) -> text """{{q}}"""\npipeline main() -> text { say("q") | ask }\n'
        'test "one of three" { replies say = ["a", "b", "c"] expect main() == "a" }\n'
    )
    assert "    2 of 3 replies of `say` were not drawn\n" in ilang("test", path, "-v").out
    (test,) = ilang("test", path, "--json").json["files"][0]["tests"]
    assert test["unused"] == [{"prompt": "say", "replies": 2, "of": 3}]
