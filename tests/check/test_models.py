"""A model fills the one `model` parameter wherever it stands; the others bind in order without it."""

from __future__ import annotations

import pytest

from ilang.check.term import CallBuiltin, CallPipeline, ModelOf
from ilang.check.walk import all_terms
from tests.check.checking import HEAD, probe, refused, refused_expression


@pytest.mark.parametrize(
    "call",
    [
        "r | sample(small, n=3)",
        "r | sample(small, 3)",
        "r | sample(3, small)",
        "r | sample(n=3, model=small)",
        "r | sample(n=3, small)",
        "sample(r, small, 3)",
        "sample(small, r, 3)",
        "sample(r, 3, model=small)",
        "[r] | sample(small, n=3)",
    ],
)
def test_a_stage_finds_its_model(call: str) -> None:
    term = probe(call)
    assert isinstance(term, CallBuiltin)
    given = dict(zip(term.names, term.arguments, strict=True))
    assert isinstance(given["model"], ModelOf) and given["model"].key == "small"
    assert getattr(given["n"], "value", None) == 3


@pytest.mark.parametrize(
    "call",
    [
        "best_by(r, it, small, 3)",
        "best_by(small, r, it, 3)",
        "r | best_by(small, it, n=3)",
        "r | best_by(it, small, 3)",
        "r | best_by(it, model=small, n=3)",
        "r | best_by(n=3, reward=it, small)",
    ],
)
def test_a_pipeline_finds_its_model(call: str) -> None:
    term = probe(call)
    assert isinstance(term, CallPipeline)
    assert isinstance(term.arguments[2], ModelOf)
    assert getattr(term.arguments[3], "value", None) == 3


@pytest.mark.parametrize(
    "call",
    [
        "r | sample(m, n=2)",
        "r | sample(some, n=2)",
        "r | sample(chosen(sure), n=2)",
        "r | sample(sure | chosen, n=2)",
        "r | sample(if sure { small } else { large }, n=2)",
        "r | sample(some | otherwise(small), n=2)",
        "r | ask(m)",
        "pool | extend(large, n=2)",
        "texts | refine(say(it), small)",
        "texts | refine(small, say(it))",
        "label(q) | tally([Label.bug], small)",
        "ts | each(k => solve(k) | ask(m))",
    ],
)
def test_what_is_a_model(call: str) -> None:
    probe(call)


def test_a_model_is_a_value_like_another() -> None:
    both = probe("[small, large] | each(k => solve(q) | ask(k))")
    assert {t.key for t in all_terms(both) if isinstance(t, ModelOf)} == {"small", "large"}


def test_a_prompt_or_pipeline_with_two_models_takes_them_in_order() -> None:
    assert (
        refused(
            f"{HEAD}\npipeline two(q: text, one: model, other: model) -> number {{ (solve(q) | ask(one)) + (solve(q) | ask(other)) }}\n"
            "pipeline main(q: text) -> number { two(q, small, large) }"
        )
        == []
    )


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("r | sample(small, large)", "given-twice"),
        ("r | sample(q)", "type-mismatch"),
        ("small | sample", "needs-request"),
        ("small(q)", "not-callable"),
        ("twice(small)", "type-mismatch"),
        ("r | sample(smal, n=2)", "unknown-name"),
        ("best_by(r, it, smal, 3)", "unknown-name"),
    ],
)
def test_what_is_no_model(call: str, code: str) -> None:
    assert refused_expression(call) == [code]


def test_a_default_may_be_a_model() -> None:
    assert refused("model a\npipeline p(m: model = a, n: model? = none) -> int { 1 }") == []
