"""2,000 wrecks of programs; `python -m tests.fuzz.soak 200000` is the nightly run. And sources made to be slow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.check.check import check
from ilang.check.prelude import prelude
from ilang.syntax.format import formatted
from ilang.syntax.limits import SOURCE_BYTES
from ilang.syntax.parse import parse
from tests.clock import cpu_seconds
from tests.fuzz.law import hold
from tests.fuzz.wrecks import wreck

CHUNK = 250


@pytest.mark.parametrize("chunk", range(8))
def test_wrecks(chunk: int) -> None:
    counts: Counter[str] = Counter()
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        try:
            counts[hold(wreck(number))] += 1
        except Exception as broken:
            raise AssertionError(f"source {number}: {wreck(number)!r}") from broken
    assert min(counts["parse"], counts["check"], counts["right"]) > 1, counts  # each kind is among them


def answered(answer: Callable[[], object]) -> float:
    """CPU seconds until the checker, or the formatter, has said what it has to say."""
    prelude()

    def work() -> None:
        with suppress(IlangError):
            answer()

    return cpu_seconds(work)


LARGE = SOURCE_BYTES - 200
P = "pipeline p(q: text) -> text {"


def to_size(head: str, part: str, tail: str = "") -> str:
    return head + part * ((LARGE - len(head) - len(tail)) // len(part)) + tail


SLOW = {
    "pipelines": "".join(f"pipeline p{n}(q: text) -> text {{ upper(q) }}\n" for n in range(5000)),
    "lets": P + "".join(f"let a{n} = q " for n in range(10_000)) + "q }",
    "a chain of stages": P + " q" + " | upper" * 20_000 + " }",
    "a sum": to_size("pipeline p(n: int) -> int { n", " + n", " }"),
    "brackets": to_size(P, "(", ""),
    "brackets that close": P + "(" * 60_000 + "q" + ")" * 60_000 + "}",
    "open texts": to_size("", 'prompt p() """a\n'),
    "one giant text": to_size('prompt p() -> text """', "word ", '"""'),
    "one giant string": to_size(P + '"', "word ", '" }'),
    "holes": to_size('prompt p(q: text) -> text """', "{{q}} ", '"""'),
    "holes in holes": to_size("", '{{"""'),
    "open holes": to_size('prompt p(q: text) -> text """', "{{q ", '"""'),
    "one long line": to_size("model m # ", "x"),
    "comments": to_size("", "# x\n"),
    "documentation": to_size("", "## x\n", "model m\n"),
    "errors": to_size("", "pipeline p( -> { }\n"),
    "unknown names": "".join(f"pipeline p{n}() -> text {{ some_name_{n} }}\n" for n in range(6000)),
    "quotes": to_size("", '"'),
    "records": "".join(f"record R{n} {{ a: text, b: list[R{max(0, n - 1)}] }}\n" for n in range(5000)),
    "one record": "record R { " + "".join(f"f{n}: text, " for n in range(15_000)) + "}",
    "a list": to_size("pipeline p() -> list[int] { [", "1, ", "1] }"),
    "calls in calls": P + "upper(" * 20_000 + "q" + ")" * 20_000 + "}",
    "calls of each other": "".join(f"pipeline p{n}() -> int {{ p{n + 1}() }}\n" for n in range(5000)) + "pipeline p5000() -> int { 1 }",
    "ifs": P + "if q == q { q } else " * 8000 + "{ q } }",
    "functions": "pipeline p(a: list[int]) -> list[int] { a" + " | each(x => x + 1)" * 8000 + " }",
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_any_source_of_256_kb_is_answered_in_2_s(name: str) -> None:
    text = SLOW[name][:LARGE]
    assert answered(lambda: check(parse(Source("large.inf", text)))) < 2.0
    assert answered(lambda: formatted(text)) < 2.0


def test_a_larger_one_is_too_large() -> None:
    with pytest.raises(IlangError) as refused:
        parse(Source("large.inf", "#" * (SOURCE_BYTES + 1)))
    assert [d.code for d in refused.value.diagnostics] == ["source-too-large"]


def test_2000_lines_are_checked_in_a_second() -> None:
    one = '''
prompt solve{n}(question: text, hint: text = "none") -> number {{
  system """You are careful."""
  user """
    Solve {{{{question}}}} with {{{{hint}}}}.
    Answer: <number>
    """
  answer after("Answer:")
}}

pipeline best{n}(question: text, n: int = 4) -> number {{
  let first = solve{n}(question) | sample(n=n) | vote
  if first.share > 0.5 {{
    first.winner
  }} else {{
    solve{n}(question, "again")
    | sample(n=n, temperature=0.5)
    | verify(it > 0)
    | score(it.tokens + {n})
    | best
  }}
}}
'''
    text = "".join(one.format(n=n) for n in range(92))
    assert text.count("\n") > 2000
    prelude()
    assert cpu_seconds(lambda: check(parse(Source("long.inf", text)))) < 1.0
