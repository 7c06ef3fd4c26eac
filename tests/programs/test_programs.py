"""The programs in `programs/`: each checks, formats to itself, proves itself, and runs as its first comment says."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
from pathlib import Path

import pytest

from ilang.base.diagnostic import IlangError
from ilang.check.check import check
from ilang.optimize.optimize import optimize
from ilang.session.tests import run_program_tests
from ilang.syntax.format import formatted
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source
from tests.backends.openai.scripted_server import Answer, Asked, reply, scripted
from tests.cli.calling import Called, process
from tests.programs.header import PROGRAMS, ROOT, Header, header
from tests.programs.mutants import without_a_stage
from tests.programs.page import PAGE, page
from tests.running import names, program, run_delayed, run_entry, run_one, told

FOLDER = ROOT / "programs"
each_program = pytest.mark.parametrize("file", PROGRAMS, ids=lambda file: file.stem)

# ---- as they are written


@each_program
def test_checks_without_a_warning(file: Path) -> None:
    assert [str(w) for w in program(file).warnings] == []


@each_program
def test_formats_to_itself(file: Path) -> None:
    text = file.read_text("utf-8")
    assert formatted(text) == text


@each_program
def test_keeps_to_the_line_length(file: Path) -> None:
    assert [line for line in file.read_text("utf-8").splitlines() if len(line) > 120] == []


def test_the_page_holds_them_all() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text, "run `python -m tests.programs.page`"
    assert all(f"(../programs/{file.name})" in text for file in PROGRAMS)


# ---- their own proof

TESTS = [pytest.param(file, name, id=f"{file.stem}: {name}") for file in PROGRAMS for name in names(file)]


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_block(file: Path, name: str) -> None:
    """Runs on both evaluators; with the optimizer and without. No reply is written in vain."""
    for change in (lambda graph: graph, optimize):
        outcome = run_one(file, name, change)
        assert outcome.passed, told(outcome)
        assert outcome.unused == () or change is optimize  # which spares draws


@each_program
def test_no_order_of_arrival_changes_an_answer(file: Path) -> None:
    assert run_delayed(file, seed=1) == []


SEEN_ELSEWHERE = {
    ("debate", "each(it.text)"): "changes the request alone: test_a_debate_passes_on_what_the_others_wrote",
    ("react", "act"): "changes the next request alone: test_an_agent_is_shown_what_came_of_its_action",
    ("tot_dfs", "mark(depth=0)"): "children stand where their parent stood, so the deepest is the first anyway",
    ("tot_dfs", "mark(depth=it.depth + 1)"): "the same",
}
"""Stages that no `test` block of their program can notice, and why."""


@each_program
def test_every_stage_is_held_by_a_test_block(file: Path) -> None:
    """Without any one of its stages a program does not check, or fails a test of its own."""
    survived = []
    for stage, module in without_a_stage(parse(read_source(str(file)))):
        try:
            passed = all(outcome.passed for outcome in run_program_tests(check(module)))
        except IlangError:
            passed = False
        if passed:
            survived.append((file.stem, stage))
    assert sorted(survived) == sorted(key for key in SEEN_ELSEWHERE if key[0] == file.stem)


# ---- what is asked


def test_a_debate_passes_on_what_the_others_wrote() -> None:
    replies = {
        "solve": ["Well. Answer: a", "Hm. Answer: b", "Answer: c"],
        "reconsider": ["Answer: b", "Answer: b", "Answer: b"],
    }
    _, script = run_entry(FOLDER / "debate.inf", "main", replies, question="Why?", rounds=1)
    assert script.messages("reconsider")[0] == [
        'Why? End with "Answer: ...".',
        "Well. Answer: a",
        'Others said: Hm. Answer: b\n---\nAnswer: c\nThink again. End with "Answer: ...".',
    ]
    assert script.models("solve") == script.models("reconsider") == ["anna", "ben", "carl"]


def test_an_agent_is_shown_what_came_of_its_action() -> None:
    replies = {"react": ["Action: lookup[Danube]", "Final: long"]}
    _, script = run_entry(FOLDER / "react.inf", "main", replies, question="How long?")
    assert [asked[1] for asked in script.messages("react")] == [
        "How long?\n\n",
        "How long?\n\nAction: lookup[Danube]\nObservation: 2850 km\n",
    ]


def test_what_is_missing_is_named() -> None:
    replies = {"summarise": ["It opens at Nine."], "with_facts": ["From nine to six."]}
    _, script = run_entry(
        FOLDER / "summary_facts.inf", "main", replies, document="...", facts=["nine", "six"], rounds=1
    )
    assert script.messages("with_facts")[0][-1] == "Write the summary again, and say in it also: six."


# ---- as their first comment says

QUICK = {"code_repair", "label_abstain", "moderation", "refine", "verify"}
"""Run on the embedded model here; the others of its programs are run on a simulated one in its place, unless the
variable ILANG_EMBEDDED is set: then all run as they say, which takes about a minute."""


def real(one: Header) -> bool:
    """Whether the command is run to the letter."""
    return not one.embedded or one.name.removesuffix(".inf") in QUICK or bool(os.environ.get("ILANG_EMBEDDED"))


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(one, id=one.name, marks=[pytest.mark.weights] if one.embedded and real(one) else [])
        for one in map(header, PROGRAMS)
        if not one.remote
    ],
)
def test_the_command_of_the_first_comment(one: Header, tmp_path: Path) -> None:
    """It answers, or abstains, in the model's own words or in simulated ones: every argument, file and check is met."""
    command, run, *words = one.words
    assert (command, run, words[0]) == ("ilang", "run", f"programs/{one.name}")
    if not real(one):
        words += ["--model", "sim(mean_tokens=40)"]
    env = {"ILANG_STORE": str(tmp_path / "draws"), "ILANG_MODEL": ""}
    called = process(run, *words, "--json", env=env)
    assert called.code == 0, called.err
    assert called.json["status"] in ("answered", "abstained")
    assert called.json["paid"]["draws"] > 0


def test_a_picture_goes_to_a_server_that_takes_it(tmp_path: Path) -> None:
    """The command of `vision.inf`, its model at a scripted server in the place of the real one."""
    one = header(FOLDER / "vision.inf")
    assert [each.name for each in map(header, PROGRAMS) if each.remote] == [one.name]
    _, run, *words = one.words

    async def asked() -> tuple[Called, list[Asked]]:
        answer = Answer(reply(*["Three. Answer: three red dots"] * 5))
        async with scripted(answer) as server:
            model = f'eyes=openai("m", base_url="{server.url}", images=true, n=true, stream=false)'
            given = [run, *words, "--model", model, "--json"]
            called = await asyncio.to_thread(process, *given, env={"ILANG_STORE": str(tmp_path / "draws")})
            assert server.complaints == []
            return called, server.asked

    called, (only,) = asyncio.run(asked())
    assert called.code == 0, called.err
    assert called.json["value"] == "three red dots"
    picture = base64.b64encode((FOLDER / "dots.png").read_bytes()).decode()
    (message,) = only.body["messages"]
    urls = [part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"]
    assert urls == [f"data:image/png;base64,{picture}"]


def test_the_embedded_model_is_said_to_answer_where_no_other_is_named() -> None:
    """A comment that says `embedded` names no model, and one that says `sim` or scripted names one or declares them."""
    for file in PROGRAMS:
        one = header(file)
        declared = [d.model for d in program(file).models.values()]
        named = "--model" in one.words or (declared and all(model is not None for model in declared))
        assert one.embedded == (not named), one.name


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("react", "2327 km"),
        ("convert_units", 30.48),
        ("tot_dfs", "2 * 6 = 12 (left: 12 1 1)\n1 + 1 = 2 (left: 12 2)\n12 * 2 = 24 (left: 24)"),
    ],
)
def test_scripted_ones_answer_what_their_script_leads_to(name: str, answer: object, tmp_path: Path) -> None:
    _, run, *words = header(FOLDER / f"{name}.inf").words
    assert process(run, *words, "--json", env={"ILANG_STORE": str(tmp_path)}).json["value"] == answer


def test_a_command_over_two_lines_is_what_a_shell_makes_of_it() -> None:
    text = (FOLDER / "react.inf").read_text("utf-8")
    written = "\n".join(line.removeprefix("#") for line in text.splitlines()[2:4])
    split = subprocess.run(
        ["sh", "-c", "for word in " + written + '; do printf "%s\\n" "$word"; done'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert split.stdout.splitlines() == header(FOLDER / "react.inf").words


def test_data_files_are_read() -> None:
    """No file lies in the folder that no program or Python file beside it names."""
    said = "".join(f.read_text("utf-8") for f in FOLDER.iterdir() if f.suffix in (".inf", ".py"))
    assert [
        f.name
        for f in FOLDER.iterdir()
        if f.suffix not in (".inf", ".py", ".pyc") and f.is_file() and f.name not in said
    ] == []
    assert all(json.loads(f.read_text("utf-8")) for f in FOLDER.glob("*.json"))
