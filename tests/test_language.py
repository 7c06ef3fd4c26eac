"""The meaning of the language, sentence by sentence of design sections 3 and 4: the `test` blocks of `tests/language/*.inf`.

Each expectation there is reasoned from the design, not copied from what a run gave. What a `test`
block cannot say (a run that fails, a warning, a program that is refused) stands here.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from ilang.backend.request import Request
from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.base.value import RecordValue
from ilang.check.check import check
from ilang.check.program import Program
from ilang.graph.lower import lower
from ilang.optimize.optimize import optimize
from ilang.run.sequential import Sequential
from ilang.run.world import World
from ilang.syntax.parse import parse
from tests.running import Recording, bindings, names, program, run_delayed, run_entry, run_one, told

FOLDER = Path(__file__).parent / "language"
FILES = tuple(sorted(FOLDER.glob("*.inf")))
STDLIB = tuple(sorted((Path(__file__).parent.parent / "stdlib").glob("*.inf")))
TESTS = [pytest.param(f, name, id=f"{f.stem}: {name}") for f in (*FILES, *STDLIB) for name in names(f)]


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_block(file: Path, name: str) -> None:
    outcome = run_one(file, name)
    assert outcome.passed, told(outcome)


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_block_optimized(file: Path, name: str) -> None:
    outcome = run_one(file, name, optimize)
    assert outcome.passed, told(outcome)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_no_two_tests_of_one_name(file: Path) -> None:
    assert len(set(names(file))) == len(names(file))


@pytest.mark.parametrize("file", (*FILES, *STDLIB), ids=lambda f: f.stem)
def test_no_order_of_arrival_changes_an_answer(file: Path) -> None:
    assert run_delayed(file, seed=1) == []


def test_a_broken_test_is_told() -> None:
    """The helper itself: a test that must fail does."""
    outcome = run_one(FOLDER / "failing" / "failing.inf", "the wrong answer")
    assert not outcome.passed
    assert outcome.sides == ("4", "5")
    assert outcome.draws == ("solve[0]: 4",)


def test_a_draw_that_no_reply_foresees_fails_the_test_and_shows_its_request() -> None:
    outcome = run_one(FOLDER / "failing" / "failing.inf", "a draw too many")
    assert not outcome.passed
    assert outcome.error is not None and outcome.error.code == "unforeseen-draw"
    assert "user: What is 2 + 2?" in told(outcome)


# ---- runs that fail or abstain, and what is told of them

RUNS = FOLDER / "failing" / "runs.inf"


def test_a_pipeline_that_declares_t_fails_where_nothing_is_left() -> None:
    outcome, _ = run_entry(RUNS, "sure", {"number_of": ["one", "two"]})
    assert outcome.status == "failed" and outcome.error is not None
    assert outcome.error.code == "nothing-parsed"
    assert len(outcome.error.notes) == 2


def test_one_that_declares_optional_t_abstains() -> None:
    outcome, _ = run_entry(RUNS, "maybe", {"number_of": ["one", "two"]})
    assert (outcome.status, outcome.value, outcome.error) == ("abstained", None, None)


def test_unparsed_replies_are_counted() -> None:
    outcome, _ = run_entry(RUNS, "sure", {"number_of": ["one", "2"]})
    assert (outcome.status, outcome.value) == ("answered", 2)
    assert any(w.startswith("1 reply could not be read") for w in outcome.warnings)


def test_what_did_not_parse_is_counted_only_where_it_is_finished() -> None:
    outcome, _ = run_entry(RUNS, "cut_short", {"number_of": ["about seven or so"]})
    assert outcome.value == 0
    assert not any("could not be read" in w for w in outcome.warnings)


def test_a_best_that_failed_its_verify_is_a_warning() -> None:
    outcome, _ = run_entry(RUNS, "failed_best", {"number_of": ["1", "2"]})
    assert outcome.value == 1
    assert any("`best`" in w for w in outcome.warnings)
    outcome, _ = run_entry(RUNS, "unchecked_best", {"number_of": ["1"]})
    assert outcome.warnings == ()


def test_what_max_dropped_is_reported() -> None:
    outcome, _ = run_entry(RUNS, "first_two", {"names": ['["a", "b", "c", "d"]']})
    assert outcome.value == ("a", "b")
    assert any("2 of 4" in w for w in outcome.warnings)


def test_judgements_that_could_not_be_made_are_counted() -> None:
    outcome, _ = run_entry(RUNS, "rated", {"number_of": ["1", "2"], "rate": ["high", "5"]})
    assert outcome.value == 2
    assert any(w.startswith("1 judgement could not be made") for w in outcome.warnings)


def test_worth_counts_an_address_once() -> None:
    """Draws are one reply each; `fake` has no n, so a draw is a call. Equal elements of `each` share their draw."""
    outcome, script = run_entry(RUNS, "shared", {"number_of": ["1 2", "3"]})
    assert outcome.value == (3,)
    assert len(script.asked) == 2
    assert (outcome.worth.calls, outcome.worth.draws, outcome.worth.output_tokens) == (2, 2, 3)


def test_a_record_result_has_its_fields_in_declared_order() -> None:
    outcome, _ = run_entry(RUNS, "person", {})
    assert outcome.value == RecordValue("Person", (("name", "Ann"), ("age", 3)))


# ---- models


def asked_with(declared: str, call: str) -> Request:
    """The request that a call of a declared model sends."""
    text = f'model m = openai("x"{declared})\nprompt say(q: text) -> text """{{{{q}}}}"""\npipeline main() -> text {{ say("q") | ask({call}) }}'
    found = check(parse(Source("test.inf", text)))
    model = next(iter(found.models.values())).model
    assert model is not None
    script = Recording({"say": ["a"]})
    world = World(script, replace(bindings(found), models={k: replace(model, provider="fake") for k in found.models}))
    assert asyncio.run(Sequential(world).run(lower(found, "main"), ())) == "a"
    return script.asked[0].request


def test_settings_at_a_call_override_the_declaration() -> None:
    assert asked_with(", temperature=0.8, top_p=0.5", "m, temperature=0.2").temperature == 0.2
    assert asked_with(", temperature=0.8, top_p=0.5", "m, temperature=0.2").top_p == 0.5
    assert asked_with(", temperature=0.8", "m").temperature == 0.8
    assert asked_with("", "m").temperature is None


def test_left_out_max_tokens_is_sent_all_the_same() -> None:
    assert asked_with("", "m").max_tokens == 2048
    assert asked_with(", max_tokens=400", "m").max_tokens == 400
    assert asked_with(", max_tokens=400", "m, max_tokens=9").max_tokens == 9


# ---- programs that are refused, each by the sentence of the design that it breaks


def checked(body: str, declarations: str = "") -> Program:
    return check(parse(Source("test.inf", PROMPTS + declarations + body)))


PROMPTS = '''
prompt say(q: text) -> text """{{q}}"""
prompt number_of(q: text) -> number """{{q}}"""
prompt names(q: text) -> list[text] """{{q}}"""
pipeline some(q: text) -> candidates[text] { say(q) | sample(n=2) }
'''

REFUSED = {
    "an argument whose it is live may not hold another stage's it": (
        'pipeline p() -> list[int] { some("q") | each(it.number + (them | count(it.verified))) }',
        "nested-it",
    ),
    "it outside any stage": ("pipeline p() -> text { it.text }", "no-pronoun"),
    "it where no function is expected": (
        'pipeline p() -> candidates[text] { say("q") | sample(n=it.number) }',
        "no-pronoun",
    ),
    "them outside any stage": ("pipeline p() -> int { length(them) }", "no-pronoun"),
    "a result that may be none where T is declared": (
        'pipeline p() -> text { some("q") | prune(unless=it.verified) | best }',
        "may-be-none",
    ),
    "none in a hole": (
        'prompt hole(x: text?) -> text """{{x}}"""\npipeline p() -> text { hole("a") | ask }',
        "may-be-none",
    ),
    "a model call in a hole": (
        'prompt hole(x: text) -> text """{{say(x) | ask}}"""\npipeline p() -> text { hole("a") | ask }',
        "model-in-hole",
    ),
    "each over a model-made list without max": (
        'pipeline p() -> list[text] { names("q") | ask | each(upper(it)) }',
        "needs-max",
    ),
    "recursion": ("pipeline a(x: int) -> int { b(x) }\npipeline b(x: int) -> int { a(x) }", "recursion"),
    "vote of a request": ('pipeline p() -> text { say("q") | vote | .winner }', "needs-candidates"),
    "sample of a pool": ('pipeline p() -> candidates[text] { some("q") | sample(n=2) }', "needs-request"),
    "two types in one list": ('pipeline p() -> list[text] { ["a", 1] }', "type-mismatch"),
    "arms of two types": ('pipeline p() -> text { if 1 > 0 { "a" } else { 2 } }', "type-mismatch"),
    "an enum has no such member": ("enum E { a, b }\npipeline p() -> bool { E.c == E.a }", "unknown-member"),
    "the mean of texts": ('pipeline p() -> number { some("q") | vote | .mean }', "type-mismatch"),
    "repeat without max": (
        'pipeline p() -> text { some("q") | repeat(until=it.verified) { verify(true) } | best }',
        "missing-argument",
    ),
    "a region gives back a pool": (
        'pipeline p() -> text { some("q") | repeat(max=2) { vote } | best }',
        "type-mismatch",
    ),
    "a mark may not take a field's name": (
        'pipeline p() -> text { some("q") | mark(text="x") | best }',
        "duplicate-name",
    ),
    "text and number do not add": ('pipeline p() -> text { "a" + 1 }', "type-mismatch"),
}


@pytest.mark.parametrize("body", [pytest.param(k, id=k) for k in REFUSED])
def test_refused(body: str) -> None:
    text, code = REFUSED[body]
    with pytest.raises(IlangError) as raised:
        checked(text)
    assert [d.code for d in raised.value.diagnostics] == [code]


ACCEPTED = {
    "each over a pool needs no max, nor over what it gave": (
        'pipeline p() -> list[int] { some("q") | each(it.text) | each(length(it)) }'
    ),
    "inside a region prune(unless) is no T?": (
        'pipeline p() -> text { some("q") | repeat(max=2) { prune(unless=it.verified) } | best }'
    ),
    "an int is a number": "pipeline p(x: int) -> number { x }",
    "T is a T?": "pipeline p(x: int) -> number? { x }",
    "each over the user's own list needs no max": "pipeline p(xs: list[text]) -> list[text] { xs | each(upper(it)) }",
}


@pytest.mark.parametrize("body", [pytest.param(k, id=k) for k in ACCEPTED])
def test_accepted(body: str) -> None:
    checked(ACCEPTED[body])


def test_a_let_that_is_never_read_is_a_warning() -> None:
    found = checked('pipeline p() -> text { let a = say("q") | ask\n "x" }')
    assert [w.code for w in found.warnings] == ["unused-let"]


def test_files_of_tests_give_no_warnings() -> None:
    """But for those that are there to be warned of."""
    warned = {w.code for f in FILES for w in program(f).warnings}
    assert warned <= {"unused-let", "hole-in-string"}


def test_the_sides_of_a_failed_expectation_are_shown_as_they_were(tmp_path: Path) -> None:
    """The right side takes the draws behind those of the left one; shown apart, both would say 1."""
    file = tmp_path / "sides.inf"
    file.write_text(
        'prompt say(q: text) -> text """{{q}}"""\n'
        'pipeline draw() -> text { say("q") | sample | best }\n'
        'test "two draws" { replies say = ["1", "2"] expect draw() == draw() }\n',
        "utf-8",
    )
    outcome = run_one(file, "two draws")
    assert not outcome.passed and outcome.sides == ("1", "2")
