"""Numbers that a program computes, or is given, are held against their ranges as those written down are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import run_entry

PROGRAM = """
prompt say(q: text) -> text \"""{{q}}\"""
pipeline samples(n: int) -> int { say("q") | sample(n=n) | count(true) }
pipeline starts(n: int) -> int { say("q") | start(n=n) | count(true) }
pipeline extends(n: int) -> int { say("q") | start | extend(n=n) | count(true) }
pipeline short(n: int) -> int { say("q") | sample(n=2, max_tokens=n) | count(true) }
pipeline hot(n: number) -> int { say("q") | sample(n=2, temperature=n) | count(true) }
pipeline kept(n: int) -> int { say("q") | sample(n=2) | prune(keep=n) | count(true) }
pipeline some(n: int) -> int { say("q") | sample(n=2) | each(it, max=n) | length }
pipeline again(n: int) -> int { say("q") | sample(n=2) | repeat(max=n) { prune(keep=1) } | count(true) }
pipeline top(n: int) -> int { say("q") | sample(n=2) | focus(top=n, by=it.number) { prune(keep=1) } | count(true) }
pipeline again_drawn(n: int) -> int { say("q") | sample(n=2) | resample(n=n) | count(true) }
pipeline many() -> candidates[text] { say("q") | sample(n=2) | resample(n=60000) }
pipeline doubled(n: int) -> int { many() | add(many()) | count(it.number > n) }
pipeline longer(n: int) -> int { say("q") | sample(n=2) | repeat(max=n) { append(it.text) } | count(true) }
"""
OUTSIDE = {
    "samples": ("n", "sample", (-1, 100_001, 10**12)),
    "starts": ("n", "start", (-1, 100_001, 10**12)),
    "extends": ("n", "extend", (-1, 10**12)),
    "short": ("max_tokens", "sample", (0, -1)),
    "hot": ("temperature", "sample", (-0.5, 101)),
    "kept": ("keep", "prune", (-1,)),
    "some": ("max", "each", (-1,)),
    "again": ("max", "repeat", (-1, 10**12)),
    "top": ("top", "focus", (-1,)),
    "again_drawn": ("n", "resample", (-1, 10**12)),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("entry", OUTSIDE)
def test_a_computed_number_outside_is_told_with_its_place(tmp_path: Path, entry: str) -> None:
    (tmp_path / "p.inf").write_text(PROGRAM, "utf-8")
    name, stage, values = OUTSIDE[entry]
    for value in values:
        outcome, _ = run_entry(tmp_path / "p.inf", entry, {"say": ["a"] * 8}, n=value)
        assert outcome.error is not None and outcome.error.code == "cannot-give"
        assert outcome.error.message.startswith(
            f"the result cannot be computed: `{name}` of `{stage}` is {value:,}; it is a number from"
        )
        assert outcome.error.span is not None and stage in outcome.error.span.text()


@pytest.mark.timeout(60)
def test_a_pool_and_a_text_have_a_most(tmp_path: Path) -> None:
    (tmp_path / "p.inf").write_text(PROGRAM, "utf-8")
    outcome, _ = run_entry(tmp_path / "p.inf", "doubled", {"say": ["a", "b", "c", "d"]}, n=4)
    assert outcome.error is not None and outcome.error.code == "cannot-give"
    outcome, _ = run_entry(tmp_path / "p.inf", "longer", {"say": ["a", "b"]}, n=40)
    assert outcome.error is not None and outcome.error.code == "cannot-give"
    assert "the text is too long: 16,777,216 characters, of at most 16,000,000" in outcome.error.message
