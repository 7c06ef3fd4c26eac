"""The programs of the design (`tests/examples/`): they check, lower and keep the graph's rules; those that can run do, on scripted replies.

`check_*.inf` beside a program holds `test` blocks over its entries; each expectation is reasoned
from the design. What a `test` block cannot say, such as what a request holds or whom it is sent to,
stands here. `ELSEWHERE` lists the entries that run in another file, and why.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from ilang.check.program import Program
from ilang.check.walk import called
from ilang.graph.lower import lower
from ilang.optimize.invariants import check_graph
from ilang.optimize.optimize import PASSES, optimize
from ilang.run.python_call import PythonRef, load_function
from ilang.syntax import module as ast
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source
from tests.running import names, program, run_delayed, run_entry, run_one, told

FOLDER = Path(__file__).parent / "examples"
TASKS = FOLDER / "tasks"
FILES = tuple(sorted(FOLDER.rglob("*.inf")))
CHECKS = tuple(f for f in FILES if f.name.startswith("check_"))
PROGRAMS = tuple(f for f in FILES if f not in CHECKS and f.parent.name != "tests")
ELSEWHERE = {
    "tasks/vision.inf:main": "a test cannot write a picture down; tests/session/test_images.py runs it",
}


def shown(file: Path) -> str:
    return file.relative_to(FOLDER).as_posix()


# ---- every program parses, binds, checks, lowers and stays a graph


PIPELINES = [
    pytest.param(f, key, id=f"{shown(f)}:{key}") for f in FILES for key in program(f).pipelines if ":" not in key
]


@pytest.mark.parametrize("file", FILES, ids=shown)
def test_checks_without_a_warning(file: Path) -> None:
    assert [str(w) for w in program(file).warnings] == []


@pytest.mark.parametrize(("file", "key"), PIPELINES)
def test_lowers_to_a_graph_that_passes_keep(file: Path, key: str) -> None:
    graph = lower(program(file), key)
    check_graph(graph)
    for one in PASSES:
        after = one(graph)
        check_graph(after, one.__name__)
        assert one(after) is after, f"{one.__name__} changes what it made"
        graph = after


# ---- their tests


TESTS = [pytest.param(f, name, id=f"{shown(f)}: {name}") for f in FILES for name in names(f)]


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_block(file: Path, name: str) -> None:
    outcome = run_one(file, name)
    assert outcome.passed, told(outcome)


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_block_optimized(file: Path, name: str) -> None:
    outcome = run_one(file, name, optimize)
    assert outcome.passed, told(outcome)


@pytest.mark.parametrize("file", [f for f in FILES if names(f)], ids=shown)
def test_no_order_of_arrival_changes_an_answer(file: Path) -> None:
    assert run_delayed(file, seed=1) == []


# ---- every entry runs


def uses(check: Path) -> set[str]:
    """The entries that a check file takes from the programs beside it, as `file:name`."""
    found = set()
    for d in parse(read_source(str(check))).declarations:
        if isinstance(d, ast.Use) and isinstance(d.origin, str):
            found |= {f"{shown(check.parent / d.origin)}:{'.'.join(n.path)}" for n in d.names}
    return found


def entries(checked: Program) -> list[str]:
    """The pipelines of a file that no other one there calls."""
    own = [k for k in checked.pipelines if ":" not in k]
    inner = {key for k in own for key, _ in called(checked.pipelines[k].body)}
    return [k for k in own if k not in inner]


def test_every_entry_is_run_here_or_elsewhere() -> None:
    every = {f"{shown(f)}:{key}" for f in PROGRAMS for key in entries(program(f))}
    run = set().union(*(uses(c) for c in CHECKS)) & every
    assert set(ELSEWHERE) <= every
    assert run & set(ELSEWHERE) == set()
    assert every - run - set(ELSEWHERE) == set()


# ---- what is asked, and of whom


ADD = "```python\ndef add(a, b):\n    return a + b\n```"


def test_a_repair_is_shown_the_task_the_code_and_what_went_wrong() -> None:
    replies = {"write": ["I cannot."], "repair": ["```python\ndef plus(a, b):\n    return a + b\n```", ADD]}
    outcome, script = run_entry(FOLDER / "3_refine.inf", "main", replies, task="Add.", tests="add(1, 2) == 3")
    assert outcome.value == "def add(a, b):\n    return a + b"
    (first,), (second,) = script.messages("repair")
    assert first.startswith("Task:\nAdd.\n\nThis attempt failed:\n```python\nI cannot.\n```\n\nWhat went wrong:\n")
    assert "no python block" in first.split("What went wrong:\n")[1]
    assert "```python\ndef plus(a, b):\n    return a + b\n```" in second
    assert "What went wrong:\nthere is no function `add`\n\nFix it." in second
    assert script.models("write") + script.models("repair") == ["coder", "coder", "coder"]


def test_feedback_of_two_checks_is_joined_by_a_line_break() -> None:
    bad = "```python\ndef plus(a, b):\n    try:\n        return a + b\n    except:\n        pass\n```"
    outcome, script = run_entry(
        TASKS / "code_repair.inf", "main", {"write": [bad], "repair": [ADD]}, task="Add.", tests="add(1, 2) == 3", n=1
    )
    assert outcome.value == "def add(a, b):\n    return a + b"
    code = bad.removeprefix("```python\n").removesuffix("\n```")
    assert script.messages("repair") == [
        [f"Add.\n{code}\nline 4: bare `except`\nthere is no function `add`\nFix it. One code block."]
    ]
    assert script.models("repair") == ["coder"]


def test_a_debate_stays_one_of_three_models() -> None:
    """`refine` without a model asks the model that wrote the candidate."""
    replies = {
        "solve": ["I say Answer: a", "Answer: b", "Answer: c"],
        "reconsider": ["Answer: b", "Answer: b", "Answer: c", "Answer: c", "Answer: b", "Answer: c"],
    }
    outcome, script = run_entry(TASKS / "debate.inf", "main", replies, question="Why?")
    assert outcome.value == "c"
    assert script.models("solve") == ["anna", "ben", "carl"]
    assert script.models("reconsider") == ["anna", "ben", "carl"] * 2
    asked = script.messages("reconsider")
    ask = 'Why? End with "Answer: ...".'
    again = 'Think again. End with "Answer: ...".'
    assert asked[0] == [ask, "I say Answer: a", f"Others said: Answer: b\n---\nAnswer: c\n{again}"]
    assert asked[2] == [ask, "Answer: c", f"Others said: I say Answer: a\n---\nAnswer: b\n{again}"]
    assert asked[3] == asked[4] == [ask, "Answer: b", f"Others said: Answer: b\n---\nAnswer: c\n{again}"]


def test_shots_stand_in_the_order_of_the_file() -> None:
    _, script = run_entry(
        TASKS / "few_shot.inf",
        "main",
        {"solve": ["Answer: 3"]},
        question="Bob has 5 apples and eats 2 apples. How many apples has he left?",
        k=2,
        n=1,
    )
    assert script.messages("solve") == [
        [
            "Q: Ann has 3 red apples and 4 green apples. How many apples has she?\nA: 3 + 4 = 7. Answer: 7\n\n"
            "Q: Sara has 9 apples and eats 2 apples. How many apples has she left?\nA: 9 - 2 = 7. Answer: 7\n\n"
            "Q: Bob has 5 apples and eats 2 apples. How many apples has he left?\nA:"
        ]
    ]


def test_plans_are_numbered_as_they_stand() -> None:
    outcome, script = run_entry(
        TASKS / "universal_sc.inf", "main", {"plan_trip": ["the sea", "hills"], "choose": ["2"]}, wish="out", n=2
    )
    assert outcome.value == "hills"
    assert script.messages("choose")[0][0].startswith("Wish: out\n1. the sea\n\n2. hills\n")
    assert script.models("plan_trip") + script.models("choose") == ["small", "small", "judge"]


def test_notes_are_combined_in_the_order_of_the_parts() -> None:
    outcome, script = run_entry(
        TASKS / "map_reduce.inf",
        "main",
        {"digest": ["one", "two"], "combine": ["all"]},
        document="Cats sleep.\n\nDogs bark.\n\nCats sleep.",
        goal="pets",
        size=12,
    )
    assert outcome.value == "all"
    assert [m[0].splitlines()[-1] for m in script.messages("digest")] == ["Cats sleep.", "Dogs bark."]
    assert script.messages("combine") == [["Write one summary for: pets\n\none\n\ntwo\n\none"]]
    assert script.models("digest") + script.models("combine") == ["small", "small", "large"]


def test_an_improvement_includes_the_request_and_goes_to_the_writer() -> None:
    outcome, script = run_entry(
        TASKS / "self_refine.inf",
        "main",
        {
            "draft": ["rough"],
            "critique": ['{"ok": false, "feedback": "smoother"}', '{"ok": true}'],
            "improve": ["smooth"],
        },
        brief="Write.",
    )
    assert outcome.value == "smooth"
    assert [(m.role, m.content) for a in script.asked if a.prompt == "improve" for m in a.request.messages] == [
        ("user", "Write."),
        ("assistant", "rough"),
        ("user", "Change this: smoother"),
    ]
    assert script.models("draft") + script.models("critique") + script.models("improve") == [
        "writer",
        "critic",
        "critic",
        "writer",
    ]


def test_the_passages_found_are_asked_from() -> None:
    _, script = run_entry(
        TASKS / "folder_qa.inf",
        "main",
        {"answer_from": ["At six."], "supported": ['{"ok": true}']},
        question="When does the library close on weekdays?",
        folder="documents",
        n=1,
        k=2,
    )
    assert script.messages("answer_from")[0][1] == (
        "The library opens at nine and closes at six on weekdays.\n---\nOn Sundays the library is closed.\n\n"
        "Question: When does the library close on weekdays?"
    )


def test_an_agent_is_shown_what_it_did_and_what_came_of_it() -> None:
    outcome, script = run_entry(
        TASKS / "react.inf",
        "main",
        {"react": ["Action: calculate[6 * 7]", "Action: lookup[Danube]", "Final: 42"]},
        question="What?",
    )
    assert outcome.value == "42"
    assert [m[1] for m in script.messages("react")] == [
        "What?\n\n",
        "What?\n\nAction: calculate[6 * 7]\nObservation: 42\n",
        "What?\n\nAction: calculate[6 * 7]\nObservation: 42\nAction: lookup[Danube]\nObservation: 2850\n",
    ]


def test_a_step_search_goes_on_from_a_prefill_whose_white_space_stays() -> None:
    _, script = run_entry(
        FOLDER / "4_step_search.inf",
        "beam",
        {"next_step": ["2 + 2 = 4\n\nand", "so \\boxed{4}"]},
        problem="2 + 2",
        width=1,
        branch=1,
    )
    first, second = (a.request.messages for a in script.asked)
    assert [m.role for m in first] == ["user"]  # an empty prefill is left out
    assert [m.role for m in second] == ["user", "assistant"]
    assert second[1].content == "2 + 2 = 4\n\n"
    assert script.asked[0].request.stop == ("\n\n",)


def test_a_wrong_repair_of_a_known_reply_fails_the_run() -> None:
    """compute_optimal declares `number`: where the last attempt cannot be read there is nothing left to give."""
    outcome, _ = run_entry(
        TASKS / "compute_optimal.inf",
        "main",
        {"difficulty": ["medium"], "solve": ["Answer: 1"], "again": ["Answer: 2", "Answer: 3", "I give up."]},
        question="2 + 2",
    )
    assert outcome.status == "failed" and outcome.error is not None
    assert outcome.error.code == "nothing-parsed"


def test_unsupported_answers_are_an_abstention() -> None:
    outcome, _ = run_entry(TASKS / "label_abstain.inf", "main", {"label": ["perhaps"] * 7}, issue="It crashes.")
    assert (outcome.status, outcome.value) == ("abstained", None)


# ---- the Python beside them


def python(file: str, name: str) -> object:
    return load_function(PythonRef(str(FOLDER / file), name))


def module(file: str) -> ModuleType:
    function = python(file, next(iter(FUNCTIONS[file])))
    return sys.modules[function.__module__]


FUNCTIONS = {
    "checks.py": ("run_tests", "process_reward", "outcome_reward", "retrieve", "above_mixture"),
    "rewards.py": ("process_reward",),
    "tasks/checks.py": ("run_tests", "lint", "same_number"),
    "tasks/mt.py": ("chrf",),
    "tasks/shots.py": ("load_examples", "overlap"),
    "tasks/folder.py": ("search",),
    "tasks/chunks.py": ("split_text",),
    "tasks/tools.py": ("call_tool",),
    "tasks/game24.py": ("value_of",),
}


@pytest.mark.parametrize("file", FUNCTIONS)
def test_functions_are_documented(file: str) -> None:
    found = module(file)
    assert found.__doc__
    assert all(getattr(found, name).__doc__ for name in FUNCTIONS[file])


@pytest.mark.parametrize("file", ["checks.py", "tasks/checks.py"])
def test_model_written_code_is_never_run(file: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    code = f"open({str(trace)!r}, 'w').close()\ndef add(a, b):\n    return a + b"
    assert module(file).run_tests(code, "add(1, 2) == 3").ok
    assert not trace.exists()


def test_chrf_is_one_of_equals_nought_of_strangers_and_between_for_what_is_close() -> None:
    chrf = module("tasks/mt.py").chrf
    assert chrf("the cat", "the cat") == chrf("the cat", "thecat") == 1
    assert chrf("abc", "xyz") == chrf("abc", "") == 0
    assert 0 < chrf("the cat sat", "the dog sat") < chrf("the cat sat", "the cat sits") < 1
    # n = 1 alone: precision 1, recall 1/2, so F2 = 5 * 0.5 / (4 + 0.5)
    assert chrf("ab", "a") == pytest.approx(5 * 0.5 / 4.5)


def test_split_text_loses_no_word_and_keeps_to_the_size() -> None:
    split_text = module("tasks/chunks.py").split_text
    text = "one two three\n\nfour\n\n" + "x" * 25 + " five\n\n\n\nsix"
    for size in (5, 10, 14, 20, 100):
        parts = split_text(text, size)
        assert all(0 < len(p) <= size for p in parts)
        assert "".join("".join(parts).split()) == "".join(text.split())
    assert split_text("", 5) == []


def test_value_of_searches_the_game_of_24() -> None:
    value_of = module("tasks/game24.py").value_of
    assert value_of("13 - 9 = 4 (left: 4 4 10)") == 1  # (10 - 4) * 4
    assert value_of("1 + 1 = 2 (left: 1 1 2)") == 0
    assert value_of("1 + 1 = 3 (left: 3 8)") == 0
    assert value_of("let me see") == 0.5
    assert value_of("8 / 3 = 8/3 (left: 8/3 9)") == 1


def test_call_tool_takes_the_last_action() -> None:
    call_tool = module("tasks/tools.py").call_tool
    assert call_tool("Action: lookup[elbe]\nAction: calculate[-(1 + 2) / 2]") == "-1.5"
    assert call_tool("Action: calculate[__import__('os')]") == "cannot calculate __import__('os')"
    assert call_tool("no action") == "write Action: tool[input]"


def test_above_mixture_is_the_upper_group() -> None:
    above_mixture = module("checks.py").above_mixture
    ps = [0.1, 0.12, 0.8, 0.7]
    assert [above_mixture(p, ps) for p in ps] == [False, False, True, True]
    assert above_mixture(0.3, [0.3])
