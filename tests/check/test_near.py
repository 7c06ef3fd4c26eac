"""Which name was probably meant."""

from __future__ import annotations

import pytest

from ilang.check.near import distance, near
from ilang.check.prelude import prelude


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("winnr", ["winner", "share"], "winner"),
        ("qestion", ["question", "q"], "question"),
        ("slove", ["solve"], "solve"),
        ("Solve", ["solve"], "solve"),
        ("bestof", ["best_of"], "best_of"),
        ("run_test", ["run_tests"], "run_tests"),
        ("temp", ["temperature", "top_p"], "temperature"),
        ("votes_cast", ["votes"], "votes"),
        ("uper", ["per", "upper"], "upper"),
        ("x", ["y", "z"], None),
        ("ab", ["b"], None),
        ("n", ["question"], None),
        ("lint", ["split", "tests"], None),
        ("same", ["same"], None),
        ("", ["a"], None),
        ("a", [], None),
    ],
)
def test_near(name: str, known: list[str], meant: str | None) -> None:
    assert near(name, known) == meant


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("vots", "vote"),
        ("smaple", "sample"),
        ("prnue", "prune"),
        ("scroe", "score"),
        ("oterwise", "otherwise"),
        ("verfy", "verify"),
    ],
)
def test_near_a_stage(name: str, meant: str) -> None:
    assert near(name, prelude()) == meant


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("", "", 0),
        ("a", "", 1),
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "abd", 1),
        ("kitten", "sitting", 3),
        ("ab", "ba", 1),
    ],
)
def test_distance(one: str, other: str, steps: int) -> None:
    assert distance(one, other) == distance(other, one) == steps
