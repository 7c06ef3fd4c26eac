"""What is told of small programs: exactly, or why not."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ilang.draws.disk_store import open_store
from ilang.draws.memory_store import MemoryStore
from ilang.estimate.assumptions import Assumptions
from ilang.estimate.plan import Plan, dearest, fresh
from ilang.session.estimating import Estimating
from ilang.session.program import LoadedProgram, load, loads
from tests.estimate.holding import counts, outside

HEAD = """
model default = sim("m", max_tokens=100, prices="1 in, 10 out")
prompt solve(q: text) -> number { user \"""{{q}}\""" }
prompt rate(t: text) -> number { user \"""Rate {{t}}\""" }
prompt say(t: text) -> text { user \"""Say {{t}}\""" }
"""


def planned(body: str, params: str = "", result: str = "list[number]", **given: object) -> Plan:
    program = loads(f"{HEAD}\npipeline main({params}) -> {result} {{ {body} }}")
    return Estimating(program).one(given, texts=False)


INF = math.inf


@pytest.mark.parametrize(
    ("draws", "calls", "body"),
    [
        ((0, 0, 0), (0, 0, 0), "[1, 2]"),
        ((8, 8, 8), (1, 1, 1), 'solve("a") | sample(n=8) | each(it)'),
        (
            (0, 4, 8),
            (0, 0.5, 1),
            'if (solve("x") | sample(n=0) | count(true)) < 1 { solve("a") | sample(n=8) | each(it) } else { [] }',
        ),
        ((1, 1, 1), (1, 1, 1), 'if true { [solve("a") | ask] } else { solve("b") | sample(n=9) | each(it) }'),
        ((4, 8, 8), (1, 5, 5), 'solve("a") | sample(n=4) | score(rate(it.text) | ask) | each(it)'),
        ((3, 3, 3), (3, 3, 3), '["a", "b", "c"] | each(x => solve(x) | ask)'),
        ((1, 2, 2), (1, 2, 2), '["a", "a"] | each(x => solve(x) | ask)'),
        ((1, 4, 4), (1, 4, 4), 'solve("a") | sample | repeat(max=3) { refine(rate(it.text)) } | each(it)'),
        (
            (2, 3, 4),
            (1, 1.5, 2),
            '(solve("a") | sample(n=2) | prune(unless=it.parsed) | each(it)) | otherwise(solve("b") | sample(n=2) | each(it))',
        ),
        (
            (0, 0, 0),
            (0, 0, 0),
            'solve("a") | sample(n=0) | focus(top=1) { add(solve("b") | sample) } | each(it)',
        ),
        ((4, 4, 4), (1, 1, 1), 'within(calls=5) { solve("a") | sample(n=4) | each(it) }'),
        ((0, 4, 4), (0, 0, 0), 'within(calls=0) { solve("a") | sample(n=4) | each(it) }'),
        ((0, 4, 4), (0, 1, 1), 'within(seconds=9) { solve("a") | sample(n=4) | each(it) }'),
    ],
)
def test_what_is_told(draws: object, calls: object, body: str) -> None:
    plan = planned(body)
    assert (counts(plan.worth.draws), counts(plan.worth.calls)) == (draws, calls)


def test_what_is_read_never_is_asked_never() -> None:
    plan = planned('let never = solve("a") | ask\nlet once = solve("b") | ask\n[once, once]')
    assert counts(plan.worth.draws) == (1, 1, 1)


def test_tokens_and_dollars() -> None:
    """Half of 100 tokens is expected of each reply; the price is 1 USD for a million in, 10 out."""
    plan = planned('solve("a b c d") | sample(n=4) | each(it)')
    assert counts(plan.worth.output) == (0, 200, 400)
    assert plan.worth.input.high == 4  # `sim` counts words
    assert plan.worth.usd is not None
    low, usual, high = map(float, plan.worth.usd)
    assert (low, high) == (0, pytest.approx(4e-6 + 4e-3))
    assert usual == pytest.approx(plan.worth.input.usual * 1e-6 + 2e-3)


def test_an_argument_that_is_not_given_is_not_known() -> None:
    plan = planned("solve(q) | sample(n=n) | each(it)", params="q: text, n: int")
    (line,) = plan.lines.values()
    assert counts(plan.worth.draws) == (0, 8, INF)
    assert list(line.unbounded) == ["`n` is not given"]
    assert "n" in line.assumed
    told = planned("solve(q) | sample(n=n) | each(it)", params="q: text, n: int", n=3)
    (line,) = told.lines.values()
    assert counts(told.worth.draws) == (0, 3, 3)  # a prompt of which a hole is not known may fail
    assert list(line.unbounded) == ["`q` is not given"] and told.worth.input.high == INF


def test_assumptions_change_what_is_expected_and_no_bound() -> None:
    program = loads(f'{HEAD}\npipeline main() -> list[number] {{ solve("a") | sample(n=4) | each(it) }}')
    plain = Estimating(program).one({}, texts=False)
    other = Estimating(program, assume=Assumptions().with_(reply=7)).one({}, texts=False)
    assert counts(other.worth.output) == (0, 28, 400) and plain.worth.output.high == 400


def test_what_the_store_has_is_told_and_measured() -> None:
    store = MemoryStore()
    text = f'{HEAD}\npipeline main(n: int) -> list[number] {{ solve("a") | sample(n=n) | each(it) }}'
    program = loads(text)
    result = program.run_with({"n": 12}, store=store)
    spoken = result.worth.output_tokens
    plan = Estimating(program, store=store).one({"n": 16}, texts=False)
    (line,) = plan.lines.values()
    assert (plan.stored, plan.known) == (12, 16)
    assert counts(plan.paid.draws) == (4, 4, 4) and counts(plan.paid.calls) == (1, 1, 1)
    assert counts(plan.worth.output) == (spoken, pytest.approx(spoken + 4 * spoken / 12), spoken + 400)
    assert line.measured == {f"a reply to `solve` has {spoken / 12:,.0f} tokens, the mean of 12 in the store"}
    same = Estimating(program, store=store).one({"n": 12}, texts=False)
    assert counts(same.paid.draws) == (0, 0, 0) and same.worth.output.low == same.worth.output.high == spoken


def test_each_round_of_a_loop_calls_for_itself() -> None:
    """The rounds draw the same request: of one round in one call, of six in six, each of which reads the prompt."""
    text = f"{HEAD}\npipeline main() -> list[number] {{"
    body = 'solve("a") | sample(n=2) | repeat(max=5) { add(solve("a") | sample(n=2)) | prune(keep=2) } | each(it)'
    program, store = loads(f"{text} {body} }}"), MemoryStore()
    before = Estimating(program, store=store).one({}, texts=False)
    assert counts(before.worth.calls) == (1, 6, 6) and counts(before.paid.calls) == (1, 6, 6)
    result = program.run_with({}, store=store)
    assert result.worth.calls == 6
    assert outside(before.worth, exact(result.worth)) == outside(before.paid, exact(result.paid)) == []
    after = Estimating(program, store=store).one({}, texts=False)
    assert counts(after.paid.calls) == (0, 0, 0) and outside(after.worth, exact(result.worth)) == []


@pytest.mark.parametrize(("n", "rounds"), [(99_999_999_999, 1), (100_000, 1_000_000), (2, 1_000_000_000)])
def test_there_is_no_limit_of_size(tmp_path: Path, n: int, rounds: int) -> None:
    body = 'solve("a") | sample(n=1) | repeat(max=rounds) { add(solve("a") | sample(n=n)) | prune(keep=2) } | each(it)'
    body = f'let more = solve("a") | sample(n=2) | each(it)\n({body}) + more'
    store = open_store(tmp_path)
    program = loads(f"{HEAD}\npipeline main(n: int, rounds: int) -> list[number] {{ {body} }}")
    program.run_with({"n": 2, "rounds": 2}, store=store)
    plan = Estimating(program, store=store).one({"n": n, "rounds": rounds}, texts=False)
    assert (plan.known, plan.stored) == (n * rounds + 3, 7)
    assert plan.paid.draws.high == n * rounds - 4 and plan.worth.draws.high == n * rounds + 3
    assert len(plan.missing) <= 10_000
    assert any("those behind count as not stored" in one for line in plan.lines.values() for one in line.measured)


def test_indices_that_were_seen_before() -> None:
    seen: list[tuple[int, int]] = []
    assert [fresh(seen, *one) for one in ((0, 4), (8, 10), (2, 9), (0, 10), (20, 21), (5, 30))] == [
        [(0, 4)],
        [(8, 10)],
        [(4, 8)],
        [],
        [(20, 21)],
        [(10, 20), (21, 30)],
    ]
    assert seen == [(0, 30)]


def exact(cost: Any) -> Any:
    """With USD as a fraction of what was written."""
    return SimpleNamespace(
        calls=cost.calls,
        draws=cost.draws,
        input_tokens=cost.input_tokens,
        output_tokens=cost.output_tokens,
        usd=None if cost.usd is None else Fraction(cost.usd),
    )


@pytest.mark.parametrize("hits", [True, False])
def test_draws_behind_those_that_may_not_be_made(hits: bool) -> None:
    """Where the second stage draws nothing, the third takes its place: which the store has, is not sure."""
    text = (
        'model default = sim("m", max_tokens=100, prices="1 in, 10 out", accuracy=1)\n'
        'prompt p() -> number { user """a""" answer after("Answer:") }\n'
        f"pipeline main() -> number {{\nlet a = p() | sample(n={2 if hits else 0}) | best | otherwise(p() | ask)\n"
        "let b = p() | sample(n=1) | best | otherwise(0)\na + b }"
    )
    program, store = loads(text), MemoryStore()
    result = program.run_with({}, store=store)
    for _ in range(2):
        plan = Estimating(program, store=store).one({}, texts=False)
        again = program.run_with({}, store=store)
        assert outside(plan.worth, exact(result.worth)) == []
        assert outside(plan.paid, exact(again.paid)) == []


def test_rows_share_what_they_share() -> None:
    """Equal rows are worth as much each and are paid for once."""
    from ilang.data.row import Row
    from ilang.session.rows import Binding

    program = loads(f"{HEAD}\npipeline main(q: text) -> list[number] {{ solve(q) | sample(n=4) | each(it) }}")
    rows = [Row(0, {"q": "a"}), Row(1, {"q": "b"}), Row(2, {"q": "a"})]
    estimating = Estimating(program)
    plan = estimating.over(rows, Binding(program.pipeline, {}))
    assert (plan.rows, plan.known) == (3, 8)
    assert counts(plan.worth.draws) == (12, 12, 12) and counts(plan.paid.draws) == (8, 8, 8)
    apart = estimating.over(rows, Binding(program.pipeline, {}), independent=True)
    assert counts(apart.paid.draws) == (12, 12, 12)


def test_the_longest_way_is_apart_from_the_sum() -> None:
    plan = planned('solve("a") | sample(n=4) | score(rate(it.text) | ask) | each(it)')
    assert (plan.wait.usual, plan.wait.high) == (2, 2)
    assert plan.wait.way == (("sample solve", 1), ("ask rate", 1))
    looped = planned('solve("a") | sample | repeat(max=3) { refine(rate(it.text)) } | each(it)')
    assert (looped.wait.usual, looped.wait.way) == (4, (("sample solve", 1), ("refine rate", 3)))
    beside = planned('[solve("a") | ask, solve("b") | ask, solve("c") | ask]')
    assert beside.wait.high == 1


def test_the_dearest_stage() -> None:
    plan = planned('solve("a") | sample(n=4, max_tokens=10) | score(rate(it.text) | ask) | each(it)')
    found = dearest(list(plan.lines.values()))
    assert found is not None and found[0].site.name == "ask rate" and 0.8 < found[1] < 1


def test_a_price_that_nobody_knows() -> None:
    program = loads(
        'model default = openai("m", base_url="http://localhost:1/v1")\nprompt p() -> text """x"""\n'
        "pipeline main() -> text { p() | ask }"
    )
    assert Estimating(program).one({}, texts=False).worth.usd is None


def test_a_model_that_stands_in_for_another() -> None:
    """The worth counts by the model asked; paid is a call more for each link of the chain, by the dearest's price."""
    program = loads(
        'model c = sim("c", prices="1 in, 1000 out")\nmodel b = sim("b", fallback=c)\n'
        'model a = sim("a", max_tokens=100, prices="1 in, 1 out", fallback=b)\n'
        'prompt solve(q: text) -> number { user """{{q}}""" }\n'
        'pipeline main() -> list[number] { within(usd=1) { solve("x") | sample(a, n=4) | each(it) } }'
    )
    plan = Estimating(program).one({}, texts=False)
    assert (plan.worth.calls.high, plan.paid.calls.high, plan.paid.input.high) == (1, 3, 3)
    assert plan.worth.usd is not None and float(plan.worth.usd[2]) == pytest.approx(401e-6)
    assert plan.paid.usd is not None and float(plan.paid.usd[2]) == pytest.approx(0.4 + 3e-6)
    assert float(plan.paid.usd[1] + plan.dearer) == pytest.approx(0.2, rel=1e-3)


def test_a_reply_in_a_prompt_is_bounded_by_what_it_may_have() -> None:
    plan = planned('say("a") | sample(n=3) | each(say(it) | ask)', result="list[text]")
    assert plan.worth.input.high < INF
    doubled = Estimating(
        loads(f'{HEAD}\npipeline main() -> list[text] {{ say("a") | sample(n=3) | each(say(it) | ask) }}'),
        assume=Assumptions().with_(reread=4),
    ).one({}, texts=False)
    assert doubled.worth.input.high > plan.worth.input.high + 3 * 150


@pytest.mark.parametrize("q", ['"a"', "q"])
@pytest.mark.parametrize(
    ("type_", "body", "bounded"),
    [
        ("text", "sample(n=2) | score(rate(it.value) | ask) | each(it.text)", False),
        ("text", "sample(n=2) | score(rate(it.text) | ask) | each(it.text)", True),
        ("text", "sample(n=2) | each(rate(it.value) | ask | show)", False),
        ("text", "sample(n=2) | each(x => say(x) | ask)", False),
        ("text", 'sample(n=2) | vote | .winner | otherwise("") | say | ask', False),
        ("text", 'sample(n=2) | best | otherwise("") | say | ask', False),
        ("text", "ask | say | ask", False),
        ("int", "ask | show | say | ask", False),
        ("bool", "ask | show | say | ask", True),
    ],
)
def test_what_python_reads_may_be_of_any_size(tmp_path: Path, q: str, type_: str, body: str, bounded: bool) -> None:
    (tmp_path / "helpers.py").write_text(f"def expand(reply: str) -> {'str' if type_ == 'text' else type_}: ...\n")
    file = tmp_path / "main.inf"
    result = "list[text]" if "each" in body else "text"
    file.write_text(
        f'{HEAD}\nuse python expand from "helpers.py"\n'
        f'prompt write(q: text) -> {type_} {{ user """{{{{q}}}}""" answer expand }}\n'
        f"pipeline main(q: text) -> {result} {{ write({q}) | {body} }}"
    )
    plan = Estimating(load(file)).one({"q": "x"}, texts=False)
    assert (plan.worth.input.high < INF) is bounded
    if not bounded:
        whys = [why for line in plan.lines.values() for why in line.unbounded]
        assert whys == ["what `expand`, a Python function, reads a reply as is not known"]


def test_a_beam_that_is_pruned_does_not_grow() -> None:
    """Each round draws four ways of at most two candidates."""
    plan = planned(
        'solve("a") | start(n=2) | repeat(max=5) { extend(n=4, stop=";") | prune(keep=2, by=it.number) } | each(it)'
    )
    assert plan.worth.draws.high == 5 * 2 * 4


@pytest.mark.parametrize(
    ("high", "body"),
    [
        (4 + 4, 'solve("a") | sample(n=4) | focus(it.parsed) { refine(rate(it.text)) } | each(it)'),
        (4 + 2, 'solve("a") | sample(n=4) | focus(top=2) { refine(rate(it.text)) } | each(it)'),
        (
            4 + 6 + (4 + 4 + 6),
            'solve("a") | sample(n=4) | focus(it.parsed) { add(solve("b") | sample(n=6)) } | score(rate(it.text) | ask) | each(it)',
        ),
    ],
)
def test_a_part_of_a_pool_may_be_all_of_it(high: int, body: str) -> None:
    assert planned(body).worth.draws.high == high


@pytest.mark.parametrize(
    ("draws", "calls", "model"),
    [
        ((4, 6, 8), (1, 2, 5), 'sim("m")'),
        ((8, 8, 8), (1, 1, 1), 'sim("m", prices="1 in, 10 out")'),
    ],
)
def test_a_vote_that_may_be_settled(draws: object, calls: object, model: str) -> None:
    """In waves where a prompt costs nothing; the first wave is sure. Where each call pays for its prompt all go out."""
    program = loads(
        f'model default = {model}\nprompt p() -> number """x"""\n'
        "pipeline main() -> number { p() | sample(n=8) | vote | .winner }"
    )
    plan = Estimating(program).one({}, texts=False)
    assert (counts(plan.worth.draws), counts(plan.worth.calls)) == (draws, calls)
    whole = Estimating(program, passes=()).one({}, texts=False)
    assert counts(whole.worth.draws) == (8, 8, 8)
    saved = {name: less.draws.usual for name, _, less in _estimated(program).passes()}
    assert saved["demand"] == (2 if draws == (4, 6, 8) else 0)


def _estimated(program: LoadedProgram) -> Estimating:
    made = Estimating(program)
    made.one({}, texts=False)
    return made
