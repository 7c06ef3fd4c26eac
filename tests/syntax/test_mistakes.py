"""Each example of each mistake gets the message of that mistake, and nothing else."""

from __future__ import annotations

import pytest

from ilang.base.source import Source
from ilang.syntax.mistake import Mistake
from ilang.syntax.mistakes import MISTAKES
from ilang.syntax.parse import parse_all

EXAMPLES = [(mistake, example) for mistake in MISTAKES for example in mistake.examples]
HOLE = "hole:"


def _source(example: str) -> str:
    if example.startswith(HOLE):
        return f'prompt p(q: text) """{{{{{example.removeprefix(HOLE)}}}}}"""'
    return example


@pytest.mark.parametrize(("mistake", "example"), EXAMPLES, ids=[f"{m.code}: {e}" for m, e in EXAMPLES])
def test_examples(mistake: Mistake, example: str) -> None:
    text = _source(example)
    _, (problem,) = parse_all(Source("test.inf", text))
    assert problem.code == mistake.code
    fixed = [part for part in mistake.message.replace("`$found`", "$").split("$")]
    assert problem.message.startswith(fixed[0])
    assert problem.span is not None
    assert 0 <= problem.span.start <= problem.span.end <= len(text)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.code)
def test_every_mistake_has_examples_and_a_way_out(mistake: Mistake) -> None:
    assert mistake.examples and mistake.help
    assert mistake.message[0] != mistake.message[0].upper() or not mistake.message[0].isalpha()
    assert not mistake.message.endswith(".") and not mistake.help.endswith(".")


def test_a_mistake_is_told_apart_from_those_of_its_code_by_its_message() -> None:
    told = [(mistake.code, mistake.message) for mistake in MISTAKES]
    assert len(told) == len(set(told))
