"""None passes through stages and fields, and nowhere else; who made it is told."""

from __future__ import annotations

import pytest

from tests.check.checking import HEAD, PARAMETERS, problems, refused_expression, type_of


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        ("pool | prune(unless=it > 3) | best", "number?"),
        ("pool | prune(unless=it > 3) | vote | .winner", "number?"),
        ("pool | prune(unless=it > 3) | vote | .share", "number?"),
        ("pool | prune(unless=it > 3) | each(it.text) | length", "int?"),
        ("maybe | twice", "number?"),
        ("maybe | twice | twice | show", "text?"),
        ("maybe | max(3)", "number?"),
        ("maybe | otherwise(3) | twice", "number"),
        ("article.year | show", "text?"),
        ("article | .year", "int?"),
        ("pool | prune(unless=it > 3) | repeat(max=2) { undo } | best", "number?"),
        ("pool | prune(unless=it > 3) | focus(it > 3) { undo } | best", "number?"),
        ("positive(q) | twice", "number?"),
        ("maybe_text(q) | say | ask", "text?"),
        ("some | otherwise(small)", "model"),
        # a first parameter that is optional takes none
        ("maybe | otherwise(0)", "number"),
        ("[maybe, 3] | prune(unless=it != none)", "list[number?]"),
        # where a condition tells that it is there, it is
        ("if maybe != none { maybe + 1 } else { 0 }", "number"),
        ("if none == maybe { 0 } else { maybe + 1 }", "number"),
        ("if not (maybe == none) { maybe + 1 } else { 0 }", "number"),
        ("if maybe != none and maybe > 3 { maybe } else { 0 }", "number"),
        ("if maybe == none or maybe < 3 { 0 } else { maybe }", "number"),
        ("maybe != none and maybe > 3", "bool"),
        ("[maybe, 3] | each(if it != none { it + 1 } else { 0 })", "list[number]"),
        ("[maybe, 3] | count(it != none and it > 1)", "int"),
        ("maybe == none or maybe > 3", "bool"),
        # inside a region it leaves an empty pool
        ("pool | repeat(max=2) { prune(unless=it > 3) | verify(it > 3) }", "candidates[number]"),
        ("pool | per(it.text) { prune(unless=it > 3) }", "candidates[number]"),
    ],
)
def test_passes(expression: str, type_: str) -> None:
    assert type_of(expression) == type_


@pytest.mark.parametrize(
    "expression",
    [
        "maybe + 1",
        "if maybe != none { 0 } else { maybe + 1 }",
        "if maybe == none { maybe + 1 } else { 0 }",
        "if maybe != none or q == q { maybe + 1 } else { 0 }",
        "if maybe == none and q == q { 0 } else { maybe + 1 }",
        "maybe == none and maybe > 3",
        "maybe != none or maybe > 3",
        "twice(maybe)",
        "-maybe",
        "maybe > 3",
        "max(maybe, 3)",
        "upper(maybe_text(q))",
        "article.year + 1",
        "(pool | prune(unless=it > 3) | vote).share",
        "if maybe == 3 and none { 1 } else { 2 }",
        '"""{{maybe}}"""',
        "maybe in xs and q in maybe_text(q)",
        "pool | add(solve(q) | sample | prune(unless=it > 3))",
        "pool | score(maybe)",
        "none + 1",
    ],
)
def test_does_not_pass(expression: str) -> None:
    assert refused_expression(expression) == ["may-be-none"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("pool | prune(unless=it > 3) | best", "`prune(unless=...)` at"),
        ("let kept = pool | prune(unless=it > 3) kept | best", "`prune(unless=...)` at"),
        ("positive(q) | twice", "`positive` at"),
        ("let found = positive(q) found", "`positive` at"),
        ("maybe", "the parameter `maybe` is declared `number?`"),
        ("let again = maybe again", "the parameter `maybe` is declared `number?`"),
        ("if sure { x } else { none }", "none is given at"),
        ("article.year", "the field `year` may be none"),
    ],
)
def test_who_made_it_is_told(body: str, why: str) -> None:
    (problem,) = problems(f"{HEAD}\npipeline probe({PARAMETERS}) -> number {{ {body} }}\n")
    assert problem.code == "may-be-none"
    assert problem.notes and problem.notes[0].startswith(why)
