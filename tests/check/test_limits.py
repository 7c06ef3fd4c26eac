"""Large and deep programs: checked within their time, lowered, or refused with a diagnostic; never a Python error."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

import pytest

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.check.capable import Bound, lacking
from ilang.check.check import check
from ilang.check.program import Program
from ilang.graph.lower import lower
from ilang.optimize.invariants import check_graph
from ilang.syntax.parse import parse
from tests.clock import cpu_seconds

SOLVE = 'model m = sim("x")\nprompt solve(q: text) -> number """{{q}}"""\n'
CPU_SECONDS = 2.0


def outcome(text: str) -> tuple[str, float]:
    """`right` or the code of the first problem, and the seconds of CPU that the check took."""
    tree = parse(Source("large.inf", text))
    found: list[Program | IlangError] = []

    def work() -> None:
        try:
            found.append(check(tree))
        except IlangError as problem:
            found.append(problem)

    took = cpu_seconds(work)
    (said,) = found
    if isinstance(said, IlangError):
        return said.diagnostics[0].code, took
    walk(said)
    return "right", took


def walk(program: Program) -> None:
    """What comes after the check, for a few of its pipelines."""
    lacking(program, Bound({key: d.model for key, d in program.models.items() if d.model is not None}, None))
    for key in [*program.pipelines][-3:]:
        check_graph(lower(program, key))


def pipelines(n: int) -> str:
    return SOLVE + "".join(
        f"pipeline p{i}(q: text, n: int = 8) -> number {{\n  solve(q)\n  | sample(n=n)\n  | verify(it > {i})\n"
        f"  | score(it * 2 + it.tokens)\n  | prune(keep=3, by=it.score)\n  | vote\n  | .winner\n}}\n"
        for i in range(n)
    )


def calls(n: int) -> str:
    first = "pipeline p0(q: text) -> number { solve(q) | ask(m) }\n"
    return (
        SOLVE
        + first
        + "".join(f"pipeline p{i}(q: text) -> number {{ p{i - 1}(q) + p{i - 1}(q) }}\n" for i in range(1, n))
    )


def body(expression: str) -> str:
    return f"{SOLVE}pipeline p(q: text, a: number, ok: bool, xs: list[number]) -> number {{ {expression} }}\n"


LARGE: dict[str, tuple[str, str]] = {
    "2,000 lines of pipelines": (pipelines(222), "right"),
    "150 kB of pipelines": (pipelines(840), "right"),
    "60 pipelines that call the one before twice": (calls(60), "right"),
    "3,000 pipelines in a row": (calls(3000), "nested-too-deep"),
    "90 pipelines in a row, each deep": (
        "pipeline p0(a: number) -> number { a }\n"
        + "".join(f"pipeline p{i}(a: number) -> number {{ -(-(-(-(p{i - 1}(a))))) }}\n" for i in range(1, 90)),
        "nested-too-deep",
    ),
    "30 pipelines in a row, each deep": (
        "pipeline p0(a: number) -> number { a }\n"
        + "".join(f"pipeline p{i}(a: number) -> number {{ -(-(-(-(p{i - 1}(a))))) }}\n" for i in range(1, 30)),
        "right",
    ),
    "10,000 pipelines": ("".join(f"pipeline a{i}()->int{{1}}\n" for i in range(10_000)), "right"),
    "10,000 pipelines of one name": ("pipeline a()->int{1}\n" * 10_000, "duplicate-name"),
    "4,000 unknown names": (
        SOLVE + "".join(f"pipeline p{i}(q: text) -> number {{ foo{i}x(bar{i}) }}\n" for i in range(4000)),
        "unknown-stage",
    ),
    "a list of 20,000 unknown names": (
        body(f"length([{', '.join(f'foo{i}' for i in range(20_000))}])"),
        "unknown-name",
    ),
    "a list of 20,000 numbers": (body(f"length([{', '.join(['1'] * 20_000)}])"), "right"),
    "14,000 lets": (
        body("let x0 = a " + " ".join(f"let x{i} = x{i - 1}" for i in range(1, 14_000)) + " a"),
        "block-too-long",
    ),
    "200 lets, each of the one before": (
        body("let x0 = a " + " ".join(f"let x{i} = x{i - 1} + x{i - 1}" for i in range(1, 200)) + " x199"),
        "right",
    ),
    "60 records of two of the next": (
        "".join(f"record R{i} {{ a: R{i + 1}, b: R{i + 1} }}\n" for i in range(60)) + "record R60 { a: text }\n",
        "nested-too-deep",
    ),
    "3,000 records in each other": (
        "".join(f"record R{i} {{ a: R{i + 1} }}\n" for i in range(3000)) + "record R3000 { a: text }\n",
        "nested-too-deep",
    ),
    "lists of lists of lists": (
        body("let x0 = [a] " + " ".join(f"let x{i} = [x{i - 1}]" for i in range(1, 200)) + " length(x199)"),
        "right",
    ),
    "15,000 members": (
        f"enum E {{ {', '.join(f'm{i}' for i in range(15_000))} }}\n"
        f"pipeline p() -> list[E] {{ [{', '.join(f'E.m{i}' for i in range(4000))}] }}\n",
        "right",
    ),
    "15,000 parameters": (f"pipeline p({', '.join(f'a{i}: int' for i in range(15_000))}) -> int {{ 1 }}\n", "right"),
    "a text of 30,000 holes": (body(f'length("""{"{{q}} " * 30_000}""")'), "right"),
    "5,000 expectations": (
        f'{calls(1)}test "t" {{ replies solve = ["1"]\n'
        + "".join(f'expect p0("{i}") == 1\n' for i in range(5000))
        + "}\n",
        "right",
    ),
    "5,000 expectations of 100 lets": (
        'test "t" {\n'
        + "".join(f"let a{i} = {i}\n" for i in range(100))
        + "".join(f"expect a{i % 100} == 1\n" for i in range(5000))
        + "}\n",
        "right",
    ),
    "500 marks of marks": (
        SOLVE
        + "".join(
            f"pipeline m{i}(q: text) -> number {{ solve(q) | sample | mark(k{i}=it.k{i + 1}) | best }}\n"
            for i in range(500)
        )
        + 'pipeline l(q: text) -> number { solve(q) | sample | mark(k500="a") | best }\n',
        "right",
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_program(name: str) -> None:
    text, expected = LARGE[name]
    code, took = outcome(text)
    assert code == expected
    assert took < CPU_SECONDS


DEEP: dict[str, Callable[[int], str]] = {
    "calls": lambda n: body("max(1, " * n + "a" + ")" * n),
    "calls, the deep one first": lambda n: body("max(" * n + "a" + ", 1)" * n),
    "pipes": lambda n: body("(1 | max(" * n + "a" + "))" * n),
    "functions": lambda n: body("if (" + "xs | any(x => " * n + "ok" + ")" * n + ") { 1 } else { 2 }"),
    "requests": lambda n: body(
        "solve(show(" * n + "solve(q) | ask" + ")) | sample | refine(c => solve(c.text)) | best" * n
    ),
    "branches": lambda n: body("if ok { " * n + "1" + " } else { 2 }" * n),
    "else if": lambda n: body("if ok { 1 } else " * n + "{ 2 }"),
    "focus": lambda n: body("solve(q) | sample | " + "focus(it > 1) { " * n + "undo" + " }" * n + " | best"),
    "repeat": lambda n: body(
        "solve(q) | sample(m) | "
        + "repeat(max=2, until=them | any(it > 1)) { " * n
        + "refine(solve(it.text))"
        + " }" * n
        + " | best"
    ),
    "lists": lambda n: body("length(" + "[" * n + "a" + "]" * n + ")"),
    "records": lambda n: body("{ a = " * n + "a" + " }" * n + ".a" * n),
    "not": lambda n: body("if " + "not " * n + "ok { 1 } else { 2 }"),
    "signs": lambda n: body("- " * n + "a"),
    "sums": lambda n: body(" + ".join(["a"] * n)),
    "conditions": lambda n: body("if " + " and ".join(["ok"] * n) + " { 1 } else { 2 }"),
    "scopes": lambda n: body("within(calls=1) { " * n + "a" + " }" * n),
    "pipes that may give none": lambda n: body(
        "(" * n + "solve(q) | sample" + " | prune(unless=it > 1))" * n + " | best | otherwise(0)"
    ),
    "stages": lambda n: body(
        "solve(q) | sample" + " | prune(unless=them | any(it > 1))" * n + " | best | otherwise(0)"
    ),
    "texts": lambda n: body("length(" + '"""{{' * n + "q" + '}}"""' * n + ")"),
    "types": lambda n: f"pipeline p(a: {'list[' * n}int{']' * n}) -> {'list[' * n}int{']' * n} {{ a }}\n",
    "types of functions": lambda n: f"pipeline p(a: {'(' * n}int{') -> int' * n}) -> int {{ 1 }}\n",
}


@pytest.mark.parametrize("name", DEEP)
def test_as_deep_as_can_be_parsed(name: str) -> None:
    """The deepest program of its kind that the parser takes checks, and can be walked over."""
    n = bisect_left(range(201), True, key=lambda n: not parses(DEEP[name](n))) - 1
    assert n >= 10
    walk(check(parse(Source("deep.inf", DEEP[name](n)))))


def parses(text: str) -> bool:
    try:
        parse(Source("deep.inf", text))
    except IlangError:
        return False
    return True


def test_pipes_in_pipes_are_refused() -> None:
    """Each pipe is short enough for the parser, but not all of them together."""
    text = body("(" * 3 + "solve(q) | sample" + f"{' | undo' * 180})" * 3 + " | best")
    with pytest.raises(IlangError) as raised:
        check(parse(Source("deep.inf", text)))
    (problem,) = raised.value.diagnostics
    assert problem.code == "nested-too-deep"
    assert problem.span is not None and problem.span.source.name == "deep.inf"


def test_deep_calls_on_a_deep_stack() -> None:
    """Who calls the check may be far down itself."""

    def down(levels: int) -> None:
        if levels:
            down(levels - 1)
        else:
            walk(check(parse(Source("deep.inf", DEEP["repeat"](90)))))

    down(150)
