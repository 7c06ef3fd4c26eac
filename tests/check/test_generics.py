"""Type variables, overloads and functions: what is solved, from what, and by which declaration."""

from __future__ import annotations

import pytest

from tests.check.checking import HEAD, refused, refused_expression, type_of


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        # a request's T is what its pipeline gives
        ("voting.self_consistency(label(q))", "Label"),
        ("summarize(q) | voting.self_consistency(small, n=3)", "Article"),
        ("voting.self_consistency(r) + 1", "number"),
        ("again(again(label(q), q), q) | ask", "Label"),
        # what a function gives
        ("ts | each(solve(it)) | each(it | ask)", "list[number]"),
        ("ts | each(x => [x, x])", "list[list[text]]"),
        ("apply(x => [x], 3)", "list[int]"),
        ("compose(upper, length, q)", "int"),
        ("apply(t => solve(t), q)", "request[number]"),
        # an int among numbers
        ("first_of([1, 2], 2.5)", "number"),
        ("first_of(ns, x)", "number"),
        ("first_of([], none)", "none"),
        # the first declaration whose parameters take what is given
        ("max(1, 2)", "int"),
        ("max(1, 2.0)", "number"),
        ("[1, 2] | max", "number"),
        ("1 | max(2.5)", "number"),
        ("abs(-1)", "int"),
        ("sum([])", "int"),
        ("length([])", "int"),
        ("anything(q) | length", "int"),
        ("anything(q) | prune(keep=2)", "list[any]"),
        ("anything(q) | each(it.x)", "list[any]"),
        ("anything(q) | any(it.ok)", "bool"),
        ("max(max(max(1, 2), max(3, 4)), 5)", "int"),
    ],
)
def test_solved(expression: str, type_: str) -> None:
    assert type_of(expression) == type_


@pytest.mark.parametrize(
    "pipelines",
    [
        "pipeline same(x: T) -> T { x }\npipeline main(q: text) -> text { same(q) }",
        "pipeline pair(x: T, y: T) -> list[T] { [x, y] }\npipeline main(q: text) -> list[text] { pair(q, upper(q)) }",
        "pipeline map_both(f: (A) -> B, x: A, y: A) -> list[B] { [f(x), f(y)] }\n"
        "pipeline main(q: text) -> list[int] { map_both(length, q, q) }",
        "pipeline keep(xs: list[T], good: (T) -> bool) -> list[T] { xs | prune(unless=good(it)) }\n"
        "pipeline main(xs: list[int]) -> list[int] { xs | keep(it > 3) }",
        "pipeline keep(xs: list[T], good: (T) -> bool) -> list[T] { xs | prune(unless=good) }\n"
        "pipeline main(xs: list[int]) -> list[int] { keep(xs, n => n > 3) }",
        "pipeline judged(pool: candidates[T], f: (candidate[T]) -> number) -> candidates[T] { pool | score(f(it)) }\n"
        'prompt p(q: text) -> text """{{q}}"""\n'
        "pipeline main(q: text) -> text { p(q) | sample | judged(it.tokens) | best }",
        "pipeline pick_by(request: request[T], f: (tally[T]) -> bool, n: int) -> T? {\n"
        "  let v = request | sample(n=n) | vote\n  if f(v) { v.winner } else { none }\n}\n"
        'prompt p(q: text) -> text """{{q}}"""\n'
        "pipeline main(q: text) -> text? { p(q) | pick_by(v => v.share > 0.5, n=3) }",
        "pipeline optional_f(x: text, f: ((text) -> text)? = none) -> text { x }\n"
        "pipeline passes(x: text, f: ((text) -> text)? = none) -> text { optional_f(x, f) }\n"
        "pipeline main(x: text) -> text { passes(x) + passes(x, upper) + passes(x, it + x) + optional_f(x, none) }",
        "pipeline later(x: text, f: (text) -> list[request[number]]) -> list[number] { f(x) | each(it | ask) }\n"
        'prompt p(q: text) -> number """{{q}}"""\n'
        "pipeline main(x: text) -> list[number] { later(x, t => [p(t), p(t + x)]) }",
    ],
)
def test_a_generic_pipeline(pipelines: str) -> None:
    assert refused(pipelines) == []


@pytest.mark.parametrize(
    ("pipelines", "code"),
    [
        ("pipeline p(x: T) -> text { x }", "type-mismatch"),
        ("pipeline p(x: T) -> T { 3 }", "type-mismatch"),
        ("pipeline p(x: T, y: A) -> T { y }", "type-mismatch"),
        ("pipeline p(x: T) -> T { x + 1 }", "type-mismatch"),
        ("pipeline p(x: text) -> list[T] { [] }", "unknown-type"),
        ("pipeline p(xs: list[T], f: (T) -> number) -> number { f(xs) }", "type-mismatch"),
        ("pipeline p(request: request[T]) -> T { request }", "type-mismatch"),
    ],
)
def test_a_variable_is_equal_only_to_itself(pipelines: str, code: str) -> None:
    assert refused(pipelines) == [code]


def test_a_variable_can_be_compared_and_printed() -> None:
    assert refused('pipeline p(x: T, y: T) -> text { if x == y { """{{x}}""" } else { show(y) + json(x) } }') == []


def test_two_values_of_one_variable_are_of_one_type() -> None:
    pair = "pipeline pair(x: T, y: T) -> list[T] { [x, y] }\n"
    assert refused(f"{pair}pipeline main(q: text) -> list[text] {{ pair(q, 3) }}") == ["type-mismatch"]


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("max(q, 1)", "type-mismatch"),
        ("max(1, q)", "type-mismatch"),
        ("max(1, 2, 3)", "too-many-arguments"),
        ("max()", "missing-argument"),
        ("pool | prune", "missing-argument"),
        ("pool | prune(keep=q)", "type-mismatch"),
        ("pool | focus(it.finished, top=1) { undo }", "unknown-argument"),
        ("q | each(it)", "needs-candidates"),
        ("q | max", "type-mismatch"),
    ],
)
def test_no_declaration_takes_it(expression: str, code: str) -> None:
    assert refused_expression(expression) == [code]


def test_values_tell_what_functions_are_given_wherever_they_stand() -> None:
    assert refused(f"{HEAD}\npipeline main(q: text) -> int {{ apply(t => length(t) + 1, q) }}") == []
