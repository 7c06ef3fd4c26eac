"""Declarations and tests of a program: any order, one name each, and no mistake told twice."""

from __future__ import annotations

import pytest

from ilang.check.term import Bind
from tests.check.checking import HEAD, checked, problems, refused

SOLVE = 'prompt solve(q: text) -> number """{{q}}"""\n'
MAIN = "pipeline main(q: text, n: int = 2) -> number { solve(q) | sample(n=n) | vote | .winner }\n"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        (f"{SOLVE}{MAIN}", "main"),
        ("pipeline only() -> int { 1 }", "only"),
        ("pipeline a() -> int { 1 }\npipeline main() -> int { a() }", "main"),
        ("pipeline a() -> int { 1 }\npipeline b() -> int { 1 }", None),
        (SOLVE, None),
        ("", None),
    ],
)
def test_the_entry(text: str, entry: str | None) -> None:
    assert checked(text).entry == entry


def test_a_test() -> None:
    program = checked(
        f'{SOLVE}{MAIN}test "votes" {{\n  replies solve = ["3", """4""", "4"]\n  let found = main("q", n=3)\n'
        '  let more = found + 1\n  expect found == 4\n  expect more > 4 and found in [4]\n  expect "a" in "abc"\n}\n'
    )
    (test,) = program.tests
    assert test.name == "votes"
    assert [(r.prompt, r.texts) for r in test.replies] == [("solve", ("3", "4", "4"))]
    assert [e.written for e in test.expects] == ["found == 4", "more > 4 and found in [4]", '"a" in "abc"']
    assert [e.sides is not None for e in test.expects] == [True, False, True]
    # the lets that an expectation reads stand in front of it, directly or through others
    first, second, third = (e.term for e in test.expects)
    assert isinstance(first, Bind) and not isinstance(first.body, Bind)
    assert isinstance(second, Bind) and isinstance(second.body, Bind)
    assert not isinstance(third, Bind)


def test_a_test_may_reply_to_a_prompt_of_another_file() -> None:
    checked(
        'use summarize, brief, Article from "shapes.inf"\ntest "x" {\n  replies summarize = ["a"]\n'
        '  expect brief({ title = "t", body = "b" }, n=1) == "a"\n}\n'
    )


@pytest.mark.parametrize(
    "expect", ['main("q") == 3', 'main("q") != none', "[1, 2] == [1, 2]", "not (1 > 2)", "true", "anything(1)"]
)
def test_what_is_expected(expect: str) -> None:
    checked(f'{HEAD}{MAIN}test "x" {{ replies solve = ["3"] expect {expect} }}')


def test_an_unused_let_is_a_warning() -> None:
    program = checked(f"{SOLVE}pipeline main(q: text) -> int {{ let a = 1 let b = a let c = 3 c }}")
    assert [(w.code, w.severity, w.span.text() if w.span else "") for w in program.warnings] == [
        ("unused-let", "warning", "b")
    ]


def test_a_let_may_take_an_outer_name() -> None:
    checked("pipeline main(q: text) -> int { let x = 1 if x == 1 { let x = 2 x } else { let q = 3 q } }")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        # every declaration is checked, whatever is wrong in another
        ("pipeline a() -> int { x }\npipeline b() -> int { y }", ["unknown-name", "unknown-name"]),
        (
            "record A { b: B1 }\nenum C { d, d }\nmodel m = opnai()",
            ["unknown-type", "duplicate-name", "unknown-backend"],
        ),
        # so is every let, argument, stage, branch, element and field
        ("pipeline a() -> int { let b = x let c = y 1 }", ["unknown-name", "unknown-name"]),
        ("pipeline a() -> int { max(x, y) }", ["unknown-name", "unknown-name"]),
        ("pipeline a() -> int { x + y }", ["unknown-name", "unknown-name"]),
        ("pipeline a() -> int { 3 | aa | bb }", ["unknown-stage", "unknown-stage"]),
        ("pipeline a() -> int { if x { y } else { z } }", ["unknown-name"] * 3),
        ("pipeline a() -> list[int] { [x, 1, y] }", ["unknown-name", "unknown-name"]),
        ("record R { a: int, b: int }\npipeline a() -> R { { a = x, b = y } }", ["unknown-name", "unknown-name"]),
        ('pipeline a() -> text { """{{x}} {{y}}""" }', ["unknown-name", "unknown-name"]),
        ("pipeline a(x: aa, y: bb) -> cc { 1 }", ["unknown-type"] * 3),
        ("pipeline a() -> int { foo(x, k=y) }", ["unknown-stage", "unknown-name", "unknown-name"]),
        ("pipeline a() -> int { within(calls=x) { y } }", ["unknown-name", "unknown-name"]),
        ('test "t" { replies p = ["a"] let x = y expect z }', ["unknown-name"] * 3),
        # what a mistake leaves unknown is not told again
        ("pipeline a() -> int { let b = x b + 1 }", ["unknown-name"]),
        ("pipeline a() -> int { let b = x | foo b.c | bar(b) }", ["unknown-name", "unknown-stage", "unknown-stage"]),
        ("pipeline a(x: nmber) -> int { x + 1 }", ["unknown-type"]),
        ("pipeline a(x: nmber) -> int { x.y | each(it.z) | first }", ["unknown-type"]),
        ("record A { b: nmber }\npipeline a(x: A) -> int { x.b + 1 }", ["unknown-type"]),
        ("record A { a: A }\npipeline a(x: A) -> int { x.a.b }", ["recursion"]),
        ('use one from "nowhere.inf"\npipeline a() -> int { one(3) | one | one(it) }', ["import-not-found"]),
        ('use One from "nowhere.inf"\npipeline a(x: One) -> One { One.two }', ["import-not-found"]),
        ('use one as two from "nowhere.inf"\npipeline a() -> int { two }', ["import-not-found"]),
        ("use std.votig\npipeline a() -> int { votig.b(3) + votig.c }", ["import-not-found"]),
        ('use python f from "functions.py"\npipeline a() -> int { f(3) }', ["import-missing-name"]),
        ('use sample from "nowhere.inf"\npipeline a() -> int { sample(3) }', ["import-not-found"]),
        ("model m = opnai()\n" + SOLVE + "pipeline a(q: text) -> number { solve(q) | ask(m) }", ["unknown-backend"]),
        (SOLVE + "pipeline a(q: text) -> number { solve(q) | vote | .winner }", ["needs-candidates"]),
        (SOLVE + "pipeline a(q: text) -> number { solve(q) | sample | voet | .winer }", ["unknown-stage"]),
        ('prompt p(q: text) -> nmber """{{q}}"""\npipeline a(q: text) -> int { p(q) | ask }', ["unknown-type"]),
        ("pipeline p(x: int) -> nmber { x }\npipeline a() -> int { p(1) + p(2) }", ["unknown-type"]),
        ("pipeline p() -> int { y }\npipeline a() -> text { p() }", ["unknown-name", "type-mismatch"]),
        ("pipeline p() -> int { 1 }\npipeline p() -> text { x }", ["duplicate-name", "unknown-name"]),
        # nor is one that another one explains
        ("pipeline a() -> int { b() }\npipeline b() -> int { a() }", ["recursion"]),
        ("pipeline a() -> int { a() + b() }\npipeline b() -> int { b() }", ["recursion", "recursion"]),
    ],
)
def test_each_mistake_is_told_once(text: str, codes: list[str]) -> None:
    assert refused(text) == codes


def test_problems_stand_in_the_order_of_the_file() -> None:
    found = problems('pipeline a() -> int { b1 }\nprompt p() -> int """{{b2}}"""\nrecord R { x: b3 }\nuse b4 from "b5"')
    starts = [d.span.start for d in found if d.span]
    assert starts == sorted(starts) and len(starts) == 4
