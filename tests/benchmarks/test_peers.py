"""`python -m benchmarks.peers` at length says what a run costs; here it runs small, to see that it counts rightly."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.peers import __main__ as command
from benchmarks.peers.answering import Speaker, answer
from benchmarks.peers.early import early, fewest
from benchmarks.peers.measuring import killed, measured
from benchmarks.peers.peer import PEERS, PROGRAMS
from benchmarks.peers.questions import gold, marked, questions
from benchmarks.peers.served import Served
from benchmarks.peers.table import kill_table, table
from benchmarks.peers.workload import WORKLOADS
from ilang.session.tests import run_file_tests

ILANG = PEERS["ilang"]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with Served() as up:
        yield up


@pytest.mark.timeout(120)
def test_every_peer_does_the_same_work(server: Served) -> None:
    work = replace(WORKLOADS["W1"], rows=12)
    runs = [measured(server, peer, work) for peer in PEERS.values() if not peer.missing]
    assert {run.peer for run in runs} >= {"ilang", "raw_openai"} and not any(run.failed for run in runs)
    assert {(run.calls, run.choices, run.draws, run.lost) for run in runs} == {(12, 192, 192, 0)}
    assert {run.right for run in runs} == {_right(12, 16)}
    assert all(0 < run.cpu and 0 < (run.start or 0) < run.wall and run.memory > 10 for run in runs)
    assert all(f"| {run.peer} " in table(runs) for run in runs)


@pytest.mark.timeout(120)
def test_what_is_stored_is_not_paid_for(server: Served) -> None:
    assert measured(server, ILANG, replace(WORKLOADS["W2"], rows=8)).choices == 0
    assert measured(server, ILANG, replace(WORKLOADS["W3"], rows=8)).choices == 8 * 16


@pytest.mark.timeout(120)
def test_equal_questions_share_their_draws_and_calls_that_fail_lose_none(server: Served) -> None:
    run = measured(server, ILANG, replace(WORKLOADS["W4"], rows=120, distinct=60), latency=0.05, fault="500")
    assert (run.choices, run.draws, run.lost) == (60 * 16, 120 * 16, 0)
    assert run.broken > 0 and run.calls == 60 + run.broken


@pytest.mark.timeout(120)
def test_judges_and_cascades_ask_no_more_than_they_must(server: Served) -> None:
    best = measured(server, ILANG, replace(WORKLOADS["W5"], rows=6))
    assert (best.calls, best.lost) == (6 + 6 * 8, 0)
    work = replace(WORKLOADS["W6"], rows=20)
    torn = [row for row in range(20) if max(_votes(row, 4).values()) < work.share * 4]
    assert 0 < len(torn) < 20
    assert measured(server, ILANG, work).calls == 20 + len(torn)


@pytest.mark.timeout(120)
def test_after_a_kill_no_stored_draw_is_paid_again(server: Served) -> None:
    run = killed(server, ILANG, replace(WORKLOADS["W1"], rows=60), latency=0.05)
    assert run.stored is not None and run.billed >= 60 * 8 and run.lost == 0
    assert run.anew == run.needed - run.stored
    assert f"| {run.stored} " in kill_table([run])


def test_a_draw_is_the_same_alone_and_in_company() -> None:
    together, alone = Speaker(), Speaker()
    prompt = f"Solve. {marked(3)}"
    assert together.texts("cheap", prompt, None, 4) == [alone.texts("cheap", prompt, None, 1)[0] for _ in range(4)]
    assert together.texts("cheap", prompt, 7, 3)[2] == alone.texts("cheap", prompt, 9, 1)[0]


def test_questions_have_marks_and_answers_of_their_own() -> None:
    assert len(questions()) == 200 and len({marked(n) for n in range(1000)}) == 1000
    assert gold(203) == gold(3) == questions()[3][1]


@pytest.mark.parametrize("line", [line.strip() for line in str(command.__doc__).splitlines() if "python -m" in line])
def test_the_commands_that_are_shown_are_understood(line: str) -> None:
    argv = shlex.split(line.split("   ")[0].replace("python -m benchmarks.peers", ""))
    assert command.arguments().parse_args(argv).peer


@pytest.mark.parametrize("file", sorted(PROGRAMS.glob("*.inf")), ids=lambda file: file.name)
def test_the_programs_pass_their_tests(file: object) -> None:
    outcomes = list(run_file_tests(str(file)))
    assert outcomes and all(outcome.passed for outcome in outcomes)


def _votes(row: int, n: int) -> Counter[int]:
    return Counter(answer("cheap", row, row, i)[0] for i in range(n))


def _right(rows: int, n: int) -> int:
    return sum(_votes(row, n).most_common(1)[0][0] == gold(row) for row in range(rows))


def test_a_vote_that_stops_early_is_billed_the_fewest_that_could_settle_it(server: Served) -> None:
    found = early(server, ILANG, replace(WORKLOADS["W1"], rows=20))
    assert found.same == 20
    assert found.choices == found.least < 320


def test_the_fewest_by_the_plain_rule() -> None:
    assert [fewest(list(said)) for said in ("", "a", "aaaa", "abab", "abcb", "aabb", "baaa")] == [0, 1, 2, 3, 4, 2, 4]
