"""Whose `it` and whose `them`: what the page says under *Binding*, as programs that check and programs that do not."""

from __future__ import annotations

import pytest

from tests.check.checking import probe, refused_expression, type_of


@pytest.mark.parametrize(
    "expression",
    [
        # `it` belongs to the nearest enclosing stage that expects a function
        "pool | score(it.tokens)",
        "pool | best(by=it.tokens)",
        "pool | mark(a=it.tokens, b=it.text)",
        "pool | repeat(max=2, until=it.finished) { extend }",
        "pool | focus(it.finished) { undo }",
        "pool | per(it.root) { prune(keep=1) }",
        "texts | append(it.last)",
        "pool | dedupe(it.text)",
        "pool | vote(by=it.text)",
        "say(q) | best_by(length(it))",
        "voting.weighted_vote(solve(q), it)",
        "apply(it + 1, 3)",
        # an argument that expects no function leaves `it` to the stage around it
        "texts | score(rate(it, it.text) | ask)",
        "texts | score(solve(it) | sample(n=it.number) | vote | .share)",
        "ts | each(say(it) | sample(n=length(it)))",
        "pool | each(xs | prune(keep=it.number))",
        # inner stages may have an `it` of their own where the outer one is not read
        "pool | score(them | count(it.verified))",
        "ts | each(xs | any(it > 3))",
        # named, both may be read
        "pool | score(c => them | count(it.score > c.score))",
        "pool | score(them | count(c => c.score > 1))",
        "pool | score(them | count(c => c.score > it.score))",
        "ts | each(t => xs | each(t + show(it)))",
        "ts | each(t => xs | each(k => t + show(k)))",
        "pool | cluster((a, b) => a.text == b.text)",
        "ts | each(x => x)",
        # `them` is what reaches the stage
        "pool | prune(keep=(them | length))",
        "pool | score((them | best) - it)",
        "pool | repeat(max=2, until=them | any(it.verified)) { add(solve(q) | sample) }",
        "pool | repeat(max=2) { prune(keep=them | length) }",
        "xs | prune(keep=(them | length) - 1)",
        "xs | each(it / (them | sum))",
        "pool | add(them)",
        "pool | focus(top=1) { add(them | undo) }",
        # a region's own stages see the part
        "pool | per(it.text) { prune(unless=it.number == (them | length)) }",
    ],
)
def test_binds(expression: str) -> None:
    probe(expression)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("it", "no-pronoun"),
        ("them | length", "no-pronoun"),
        ("twice(it)", "no-pronoun"),
        ("pool | prune(keep=it.number)", "no-pronoun"),
        ("r | sample(n=it.number)", "no-pronoun"),
        ("pool | repeat(max=it.number) { undo }", "no-pronoun"),
        ("r | sample(n=them | length)", "no-pronoun"),
        ("pool | score(it.tokens + (them | count(it.verified)))", "nested-it"),
        ("pool | score((them | count(it.verified)) + it.tokens)", "nested-it"),
        ("ts | each(xs | each(show(it)) | join(it))", "nested-it"),
        ("pool | cluster(it == 3)", "wrong-function"),
        ("pool | score((a, b) => a)", "wrong-function"),
    ],
)
def test_does_not_bind(expression: str, code: str) -> None:
    assert refused_expression(expression) == [code]


def test_in_a_list_it_is_the_element() -> None:
    assert type_of("xs | each(it)") == "list[number]"
    assert refused_expression("xs | each(it.text)") == ["unknown-field"]


def test_in_a_pool_a_field_is_the_candidates() -> None:
    assert type_of("articles | each(it.value.title)") == "list[text]"
    assert refused_expression("articles | each(it.title)") == ["unknown-field"]


@pytest.mark.parametrize(
    ("field", "type_"),
    {
        "value": "number",
        "parsed": "bool",
        "text": "text",
        "last": "text",
        "score": "number",
        "weight": "number",
        "verified": "bool",
        "feedback": "text",
        "finished": "bool",
        "tokens": "int",
        "lines": "int",
        "logprob": "number",
        "entropy": "number",
        "round": "int",
        "number": "int",
        "model": "text",
        "thinking": "text",
        "cluster": "int",
    }.items(),
)
def test_the_fields_of_a_candidate(field: str, type_: str) -> None:
    assert type_of(f"pool | each(it.{field})") == f"list[{type_}]"


def test_the_fields_that_hold_candidates() -> None:
    assert type_of("pool | each(it.parent.parent.text)") == "list[text]"
    assert type_of("pool | each(it.root.value)") == "list[number]"
    assert type_of("pool | each(c => c.path | each(it.text))") == "list[list[text]]"
    assert type_of("pool | each(c => c.others | count(it.verified))") == "list[int]"
