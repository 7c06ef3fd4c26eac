"""Patterns of `match`: those of Python where both know them, in time that has a bound."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilang.base.pattern import all_scripts, compiled

PIECES = st.sampled_from(
    ["a", "b", "1", " ", r"\w", r"\d", r"\s", "[ab]", r"[^\w]", r"[\d:]", "[]x]", ".", "(?:a|1)", "(b)", "^", "$", "é"]
)
COUNTS = st.sampled_from(["", "*", "+", "?", "+?", "{1,2}"])


@settings(derandomize=True, database=None, deadline=None, max_examples=400)
@given(st.lists(st.tuples(PIECES, COUNTS), max_size=6), st.text("ab1 :éß٣_]x\n", max_size=14))
def test_matches_are_those_of_python(parts: list[tuple[str, str]], text: str) -> None:
    pattern = "".join(p + (c if p not in "^$" else "") for p, c in parts)
    theirs = [m.span() for m in re.finditer(pattern, text) if m.group()]
    ours = [m.span() for m in compiled(pattern).finditer(text) if m.group()]
    if "$" not in pattern and "^" not in pattern:  # Python's `$` also stands before a last line break
        assert ours[-1:] == theirs[-1:]


def test_letters_and_digits_are_those_of_all_scripts() -> None:
    assert compiled(r"Antwort: (\w+)").search("Antwort: größe").group(1) == "größe"
    assert compiled(r"(\d+)").search("= ٤٢").group(1) == "٤٢"
    assert all_scripts(r"\w[\w-]\\w\W") == r"[\pL\pM\p{Nd}_][\pL\pM\p{Nd}_-]\\w[^\pL\pM\p{Nd}_]"


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(.*a){20}", "(x?){300}y"])
def test_no_pattern_takes_long(pattern: str) -> None:
    began = time.process_time()
    found = compiled(pattern)
    list(found.finditer("a" * 20_000 + "b"))
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?=a)", "look around"),
        (r"(a)\1", "refer back"),
        ("(", "missing )"),
        ("[", "missing ]"),
        ("a{5000}", "repetition"),
    ],
)
def test_what_is_not_known_is_refused_with_its_reason(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"([[:punct:]\w]+)", " é!x ", "é!x"),
        (r"([^\W]+)", " été ", "été"),
        (r"([\W]+)", "été ‿é", " ‿"),
        (r"([\D]+)", "٣x٣", "x"),
        (r"[[](\w+)", "a[é", "é"),
        (r"([[:alpha:]\d]+)", "-a٣-", "a٣"),
        (r"(\Q\w\E)", r"x\w", r"\w"),
    ],
)
def test_classes_within_classes(pattern: str, text: str, found: str) -> None:
    """A named class, a bracket and a negated class inside brackets mean what they mean outside of them."""
    (only,) = [m.group(1) for m in compiled(pattern).finditer(text)][:1]
    assert only == found
