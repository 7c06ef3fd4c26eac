from pathlib import Path

import pytest

from ilang.optimize.optimize import PASSES
from tests.cli.calling import ROOT, codes, process, program

VOTES = program("votes.inf")


def test_ast(ilang):
    told = ilang("show", VOTES, "--phase", "ast")
    assert told.code == 0 and told.out.startswith('Module\n  declarations ModelDecl name="m" doc="Three draws')
    assert '\n  declarations PipelineDecl name="main"  9:1\n' in told.out
    assert '\n        stages Stage name="sample"  11:5\n' in told.out


def test_program(ilang):
    told = ilang("show", VOTES)
    assert told.out.splitlines()[:15] == [
        "model",
        '  m  fake:m (replies=["Answer: 3", "so Answer: 4", "Answer: 4", "no idea"])',
        "",
        "prompt",
        "  solve(q: text) -> request[number]",
        "    user",
        '    answer after "Answer:"',
        "",
        "pipeline",
        "  main(q: text, n: int = 3) -> number  (entry)",
        "    10:3  solve(...)  request[number]",
        "    11:5  sample      candidates[number]",
        "    12:5  vote        tally[number]",
        "    13:5  .winner     number",
        "",
    ]


def test_types_of_lets(ilang, written):
    path = written("pipeline main(n: int) -> number {\n  let half = n / 2\n  half + 1\n}\n")
    assert "2:3  let half  number" in ilang("show", path).out


def test_graph(ilang):
    told = ilang("show", VOTES, "--phase", "graph")
    assert told.out.splitlines()[:7] == [
        "graph main(q, n)",
        "     0 input q",
        "     1 input n",
        "     2 call solve(q=~0)",
        "       body 1: solve(q)",
        "          0 input q",
        '        > 1 render solve(0) [user] answer after "Answer:" -> number',
    ]
    assert "draw sample(request=2, model=3, n=1, " in told.out
    assert ilang("show", f"{VOTES}:main", "--phase", "graph").out == told.out


def test_a_shared_body_stands_once(ilang, written):
    path = written(
        'prompt p(q: text) -> text """{{q}}"""\npipeline main() -> text { (p("a") | ask) + (p("b") | ask) }\n'
    )
    shown = ilang("show", path, "--phase", "graph").out
    assert shown.count("body 1: p(q)") == 1 and shown.count("body 1, above") == 1


def test_plan_says_what_each_pass_did(ilang, written):
    path = written("pipeline main(n: int) -> int {\n  let unread = n + 1\n  n\n}\n")
    told = ilang("show", path, "--phase", "plan", "--passes", "drop_unused")
    assert told.out.startswith("pass drop_unused: 3 nodes become 1\n\ngraph main(n)\n")
    every = ilang("show", path, "--phase", "plan").out.partition("\n\n")[0].splitlines()
    assert [line.split(":")[0] for line in every] == [f"pass {one.__name__}" for one in PASSES]
    plan = ilang("show", VOTES, "--phase", "plan").out
    assert plan.startswith("pass drop_unused: nothing to do\n") and "\npass demand: " in plan and "consumer=" in plan


def test_several_pipelines(ilang):
    assert ilang("show", program("kinds.inf")).code == 0
    assert codes(ilang("show", program("kinds.inf"), "--phase", "graph")) == ["no-entry"]
    assert ilang("show", program("kinds.inf:two"), "--phase", "plan").code == 0


def test_unknown_phase(ilang):
    told = ilang("show", VOTES, "--phase", "plain")
    assert told.code == 2 and codes(told) == ["usage"]


@pytest.mark.parametrize("phase", ["ast", "program", "graph", "plan"])
def test_json(ilang, phase):
    data = ilang("show", VOTES, "--phase", phase, "--json").json
    assert (data["schema"], data["command"], data["phase"]) == (1, "show", phase)
    assert {"ast": "declarations", "program": "pipelines", "graph": "graphs", "plan": "passes"}[phase] in data


@pytest.mark.parametrize("path", sorted(Path(ROOT, "tests/examples").rglob("*.inf")), ids=lambda p: p.stem)
def test_every_example_can_be_shown(ilang, path):
    module = ilang("show", str(path), "--phase", "ast")
    assert module.code == 0
    if ilang("check", str(path)).code:
        pytest.skip("it does not check here")
    told = ilang("show", str(path), "--json").json
    assert ilang("show", str(path)).code == 0
    for pipeline in told["pipelines"]:
        shown = ilang("show", f"{path}:{pipeline['name']}", "--phase", "plan")
        assert shown.code == 0
        assert str(ROOT) not in shown.out and " at 0x" not in shown.out


def test_equal_in_two_processes(written):
    path = "tests/examples/4_step_search.inf"
    words = ("show", f"{path}:beam", "--phase", "plan")
    one, two = (process(*words, env={"PYTHONHASHSEED": seed}) for seed in "12")
    assert one.code == 0 and one.out == two.out and str(ROOT) not in one.out
    one, two = (process("show", path, "--json", env={"PYTHONHASHSEED": seed}) for seed in "12")
    assert one.code == 0 and one.out == two.out and str(ROOT) not in one.out


UNREAD = """pipeline main(n: int) -> int {
  let unread = n + 1
  same(n)
}
pipeline same(x: int) -> int {
  let nobody = x * 2
  x
}
"""


def test_graph_behind_passes(ilang, written):
    path = written(UNREAD)
    plain = ilang("show", path, "--phase", "graph").out
    assert "stage +(left=0" in plain and ilang("show", path, "--phase", "graph", "--no-optimize").out == plain
    behind = ilang("show", path, "--phase", "graph", "--passes", "drop_unused").out
    plan = ilang("show", path, "--phase", "plan").out
    assert "stage +" not in behind and behind.startswith("graph main(n)\n") and behind in plan
    assert ilang("show", path, "--phase", "plan", "--no-optimize").out == plain
    assert "stage +(left=0" in ilang("show", path, "--phase", "plan", "--passes=-drop_unused").out


def test_each_shows_what_a_pass_changed(ilang, written):
    path = written(UNREAD)
    words = ("--phase", "plan", "--passes", "drop_unused", "--each")
    assert ilang("show", path, *words).out.splitlines() == [
        "pass drop_unused: 7 nodes become 3",
        "  in graph main(n)",
        "    - 1 constant 1",
        "    - 2 stage +(left=0, right=1)",
        "  in body 1: same(x)",
        "    - 1 constant 2",
        "    - 2 stage *(left=0, right=1)",
    ]
    data = ilang("show", path, *words, "--json").json["passes"]
    assert data[0]["changes"][1] == {"change": "removed", "graph": 0, "node": 2, "text": "stage +(left=0, right=1)"}
    assert ilang("show", VOTES, *words).out == "pass drop_unused: nothing to do\n"
    assert ilang("show", VOTES, "--phase", "plan", "--no-optimize", "--each").out == "no pass\n"


def test_flags_of_other_phases(ilang):
    for words in (("--passes", "drop_unused"), ("--no-optimize",), ("--each",), ("--phase", "graph", "--each")):
        told = ilang("show", VOTES, *words)
        assert told.code == 2 and codes(told) == ["usage"] and "it goes with --phase" in told.err
    assert codes(ilang("show", VOTES, "--phase", "plan", "--passes", "drop_unsed")) == ["unknown-pass"]


def test_a_plan_tells_what_is_kept_and_judged_once(ilang, written):
    """Marks that passes set are seen, in words and as data."""
    path = written(
        'use python f from "checks.py"\n'
        'prompt p(q: text) -> text """{{q}}"""\n'
        'pipeline main() -> candidates[text] { p("a") | sample | verify(f(it)) }\n'
    )
    (Path(path).parent / "checks.py").write_text("def f(x: str) -> bool:\n    return bool(x)\n")
    told = ilang("show", path, "--phase", "plan").out
    assert "call once kept for all rows" in told and "function of 1 judges by value" in told
    nodes = [node for one in ilang("show", path, "--phase", "plan", "--json").json["graphs"] for node in one["nodes"]]
    assert [n["kept"] for n in nodes if "kept" in n] == ["for all rows"]
    assert [n["judges_by"] for n in nodes if "judges_by" in n] == [["value"]]
