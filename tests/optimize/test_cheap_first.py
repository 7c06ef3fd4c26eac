"""`cheap_first`: a cheap filter before a dear judge, where nothing that is read changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilang.optimize.cheap_first import cheap_first
from ilang.optimize.drop_unused import drop_unused
from tests.laws.law import spares
from tests.laws.running import Compiled, plainly
from tests.optimize.seen import program

LESS = (
    "score(guess(it * 10) | ask) | prune(unless=it.tokens < 3)",
    "mark(m=guess(it * 10) | ask) | prune(unless=it.value > 1)",
    'weigh(guess(it * 10) | ask) | prune(unless=it.text != "1")',
    "prune(unless=is_even(it.tokens * 10) | ask) | prune(unless=it.tokens < 3)",
    "verify(is_even(it.tokens * 10) | ask) | prune(unless=it.tokens < 3)",
    "verify(it > 1) | verify(is_even(it.tokens * 10) | ask) | prune(unless=it.verified)",
    "verify(is_even(it.tokens * 10) | ask) | verify(it > 1) | prune(unless=it.verified)",
    "verify(looked(it - 1)) | score(guess(it * 10) | ask) | prune(unless=it.verified)",
    "score(guess(it * 10) | ask) | prune(unless=square(it) > 1)",
    "score(guess(it * 10) | ask) | prune(unless=it.tokens < 3, keep=2)",
)
SAME = (
    "score(guess(it) | ask) | prune(unless=it.score > 0)",
    "score(guess(it.number) | ask) | prune(unless=it.tokens < 3)",
    "score(guess(it) | ask) | prune(unless=it.number < 3)",
    "score(guess(it) | ask) | prune(keep=2) | prune(unless=it.tokens < 3)",
    "score(guess(it) | ask) | dedupe | prune(unless=it.tokens < 3)",
    "score(it.tokens) | prune(unless=it.tokens < 3)",
    "prune(unless=is_even(it) | ask) | prune(unless=it.value > 1)",
    "prune(unless=is_even(it) | ask) | prune(unless=looked(it))",
    "score(guess(it) | ask) | prune(unless=looked(it))",
    "verify(is_even(it) | ask) | prune(unless=it.verified)",
    'verify(is_even(it) | ask) | prune(unless=it.feedback == "")',
    "verify(looked(it) and (is_even(it) | ask)) | verify(looked(it.tokens)) | prune(unless=it.verified)",
    "verify(is_even(it) | ask) | verify(not it.verified) | prune(unless=it.verified)",
    'verify(is_even(it) | ask) | verify({ ok = it > 1, feedback = "seen" }) | prune(unless=it.verified)',
    "prune(unless=(is_even(it) | ask) and it.tokens < 3)",
)


def chain(folder: Path, stages: str, end: str = "| best") -> Compiled:
    main = f"pipeline main() -> number? {{ guess(1) | sample(n=12) | {stages} {end} }}"
    return program(folder, main)


@pytest.mark.parametrize("stages", LESS)
def test_fewer_are_asked(stages: str, tmp_path: Path) -> None:
    one = chain(tmp_path, stages)
    graph = cheap_first(one.graph)
    for options in ({"faults": 0, "unread": 0}, {"faults": 9, "unread": 6}):
        before, after = plainly(one, **options), plainly(one, graph, **options)
        assert spares(before, after) == ""
        assert len(after.taken) < len(before.taken)


@pytest.mark.parametrize("stages", SAME)
def test_refused(stages: str, tmp_path: Path) -> None:
    one = chain(tmp_path, stages)
    assert cheap_first(one.graph) is one.graph


def test_refused_where_others_read_the_pool(tmp_path: Path) -> None:
    one = program(
        tmp_path,
        "pipeline main() -> list[number] { let s = guess(1) | sample(n=6) | score(guess(it * 10) | ask)\n"
        "[s | prune(unless=it.tokens < 3) | otherwise(s) | count(true), s | best] }",
    )
    assert cheap_first(one.graph) is one.graph


def test_a_let_that_nobody_reads_is_no_reader(tmp_path: Path) -> None:
    """`drop_unused` goes before."""
    one = program(
        tmp_path,
        "pipeline main() -> number? { let s = guess(1) | sample(n=6) | score(guess(it * 10) | ask)\n"
        "let unread = s | best\n s | prune(unless=it.tokens < 3) | best }",
    )
    assert cheap_first(one.graph) is one.graph
    assert len(plainly(one, cheap_first(drop_unused(one.graph))).taken) < len(plainly(one).taken)


def test_refused_where_a_judge_may_leave_a_let_unread(tmp_path: Path) -> None:
    """In a pipeline its argument may draw; the entry's arguments are values."""
    inner = "pipeline judged(p: candidates[number], x: number) -> candidates[number]? { p | score(guess(it + x) | ask) | prune(unless=it.tokens < 3) }\n"
    one = program(
        tmp_path, inner + "pipeline main() -> number? { judged(guess(1) | sample(n=6), guess(2) | ask) | best }"
    )
    assert cheap_first(one.graph) is one.graph
    two = program(tmp_path, inner + "pipeline main() -> number? { judged(guess(1) | sample(n=6), 7) | best }")
    assert len(plainly(two, cheap_first(two.graph)).taken) < len(plainly(two).taken)
