"""`each` needs `max` where a model chose the length of the list, and only there."""

from __future__ import annotations

import pytest

from tests.check.checking import HEAD, PARAMETERS, problems


def needs_max(expression: str, more: str = "") -> bool:
    found = problems(f"{HEAD}\n{more}\npipeline probe({PARAMETERS}) -> int {{ length({expression}) }}\n")
    assert {d.code for d in found} <= {"needs-max"}, found
    return bool(found)


@pytest.mark.parametrize(
    "expression",
    [
        "parts(q) | ask | each(it)",
        "lines(say(q) | ask) | each(it)",
        'say(q) | ask | split(",") | each(it)',
        "parts(q) | sample(n=3) | best | each(it)",
        "parts(q) | sample(n=3) | pick | each(it)",
        "parts(q) | sample(n=3) | vote | .winner | each(it)",
        "parts(q) | sample(n=3) | each(c => c.value | each(it))",
        "pool | each(c => lines(c.text) | each(it))",
        "pool | each(c => lines(c.thinking) | each(it))",
        "words(say(q) | ask) | each(it)",
        "words(show(pool | best)) | each(it)",
        "anything(pool) | each(it.x)",
        "anything(votes) | each(it.x)",
        "(parts(q) | ask) + ts | each(it)",
        "ts + (parts(q) | ask) | each(it)",
        "parts(q) | ask | numbered | each(it)",
        "parts(q) | ask | prune(unless=it != q) | each(it)",
        "(if sure { ts } else { parts(q) | ask }) | each(it)",
        "within(calls=1) { parts(q) | ask } | each(it)",
        "(parts(q) | ask | otherwise(ts)) | each(it)",
        "apply(t => parts(t) | ask, q) | each(it)",
        "pool | each(lines(it.text)) | each(x => x | each(it))",
        "[say(q) | ask] | each(x => lines(x) | each(it))",
        "ts | each(parts(it) | ask) | each(x => x | each(it))",
        "[parts(q) | ask] | first | each(it)",
        "[{ a = parts(q) | ask }] | each(x => x.a | each(it))",
        "texts | vote | .answers | each(x => lines(x) | each(it))",
    ],
)
def test_a_models_list(expression: str) -> None:
    assert needs_max(expression)


@pytest.mark.parametrize(
    "expression",
    [
        # the user's own
        "ts | each(it)",
        "lines(q) | each(it)",
        "words(q, 3) | each(it)",
        "lines_of(q) | each(it.x)",
        "[1, 2, 3] | each(it)",
        "ts | each(solve(it) | ask) | each(it)",
        # bounded by the number of draws
        "pool | each(it)",
        "parts(q) | sample(n=3) | each(it)",
        "parts(q) | sample(n=3) | each(it) | each(length(it))",
        "texts | vote | .answers | each(it)",
        "[say(q) | ask, say(q) | ask] | each(it)",
        "pool | each(c => c.others | each(it.text))",
        "pool | each(c => c.path | each(it.text))",
        # said how many at most
        "parts(q) | ask | each(it, max=20)",
        "parts(q) | ask | each(it, max=n)",
        "parts(q) | ask | prune(keep=5) | each(it)",
        "parts(q) | ask | each(it, max=3) | each(it)",
        "pool | each(c => lines(c.text) | each(it, max=3))",
        # a length is not a list
        "ts | each(length(parts(it) | ask))",
    ],
)
def test_another_list(expression: str) -> None:
    assert not needs_max(expression)


LOOP = "pipeline work(list: list[text]) -> list[text] { list | each(upper(it)) }"


def test_it_follows_calls() -> None:
    assert needs_max("work(parts(q) | ask)", LOOP)
    assert not needs_max("work(ts)", LOOP)


def test_it_follows_what_calls_give() -> None:
    asks = "pipeline asked(q: text) -> list[text] { parts(q) | ask }"
    assert needs_max("asked(q) | each(it)", asks)
    keeps = "pipeline kept(xs: list[text]) -> list[text] { xs }"
    assert needs_max("kept(parts(q) | ask) | each(it)", keeps)
    assert not needs_max("kept(ts) | each(it)", keeps)


def test_it_follows_functions() -> None:
    work = "pipeline with(f: (text) -> list[text], q: text) -> list[text] { f(q) | each(upper(it)) }"
    assert needs_max("with(t => parts(t) | ask, q)", work)
    assert not needs_max("with(t => lines(t), q)", work)


def test_it_is_told_at_the_stage_with_where_the_list_comes_from() -> None:
    text = f"{HEAD}\npipeline probe(q: text) -> list[text] {{\n  let found = parts(q) | ask\n  found\n  | each(upper(it))\n}}\n"
    (problem,) = problems(text)
    assert problem.span is not None and problem.span.text() == "each"
    assert problem.notes == (f"the list comes from a reply at test.inf:{HEAD.count(chr(10)) + 3}:15",)
