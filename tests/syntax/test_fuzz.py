"""Whatever is given to parse, it gives a module or an IlangError, and its diagnostics have places in the source."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.syntax.parse import parse, parse_all
from ilang.syntax.unparse import unparse
from tests.syntax.mutations import STRAY, mutated

COUNT = int(os.environ.get("ILANG_FUZZ", "100"))


def _check(text: str) -> None:
    source = Source("fuzz.inf", text)
    module, problems = parse_all(source)
    for problem in problems:
        assert problem.span is not None and 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.code and problem.message and problem.help and str(problem)
    starts = [problem.span.start for problem in problems if problem.span]
    assert starts == sorted(starts)
    for declaration in module.declarations:
        assert 0 <= declaration.span.start < declaration.span.end <= len(text)
    try:
        assert parse(source) == module and not problems
    except IlangError as error:
        assert len(error.diagnostics) == len(problems) > 0
    assert parse(Source("printed.inf", unparse(module))) == module


@given(mutated())
@settings(max_examples=COUNT, deadline=None)
def test_programs_with_changes(text: str) -> None:
    _check(text)


@given(st.lists(st.sampled_from(STRAY), max_size=40), st.sampled_from(["", " ", "\n"]))
@settings(max_examples=COUNT, deadline=None)
def test_tokens_in_any_order(tokens: list[str], between: str) -> None:
    _check(between.join(tokens))


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@settings(max_examples=COUNT, deadline=None)
def test_bytes(data: bytes) -> None:
    _check(data.decode("utf-8", "replace"))
    _check(data.decode("latin-1"))
    _check(data.decode("utf-8", "surrogateescape"))
