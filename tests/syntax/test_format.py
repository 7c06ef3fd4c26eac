"""Formatting changes white space alone, does so once, and keeps every comment; held on files and on generated programs."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.syntax.format import formatted
from ilang.syntax.lexer import lex
from ilang.syntax.parse import parse
from tests.clock import cpu_seconds
from tests.laws.programs import numbered, programs

ROOT = Path(__file__).parents[2]
USUAL = sorted(
    [*(ROOT / "programs").rglob("*.inf"), *(ROOT / "stdlib").glob("*.inf"), *(ROOT / "tests/examples").rglob("*.inf")]
)
OTHERS = sorted([*(ROOT / "tests/language").rglob("*.inf"), *(ROOT / "tests/laws").rglob("*.inf")])
QUICK = settings(
    derandomize=True, database=None, deadline=None, max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip


def shown(file: Path) -> str:
    return str(file.relative_to(ROOT))


def hold(text: str) -> str:
    """The laws of one source; gives what was made of it."""
    made = formatted(text)
    before, after = parse(Source("p", text)), parse(Source("p", made))
    assert (before.declarations, before.doc) == (after.declarations, after.doc)
    assert comments(text) == comments(made)
    assert "".join(text.split()) == "".join(made.split()), "more than white space"
    assert formatted(made) == made
    return made


def comments(text: str) -> list[str]:
    return [text[c.start : c.end].rstrip() for c in lex(Source("p", text)).comments]


@pytest.mark.parametrize("file", USUAL, ids=shown)
def test_the_programs_have_the_usual_layout(file: Path) -> None:
    text = file.read_text()
    assert hold(text) == text


@pytest.mark.parametrize("file", OTHERS, ids=shown)
def test_of_the_others_nothing_but_the_layout_changes(file: Path) -> None:
    try:
        parse(Source("p", file.read_text()))
    except IlangError:
        pytest.skip("written to be wrong")
    hold(file.read_text())


@QUICK
@given(programs(most=60))
def test_generated_programs(text: str) -> None:
    hold(text)


@QUICK
@given(st.integers(0, 10_000), st.integers(0, 2**32))
def test_whatever_white_space_there_was(number: int, seed: int) -> None:
    """Between any two tokens, any white space, and comments at the ends of lines."""
    usual = hold(numbered(number, 30))
    made = hold(mangled(usual, random.Random(seed)))
    assert [line.strip() for line in made.splitlines() if line.strip()]


@pytest.mark.parametrize("file", USUAL, ids=shown)
def test_mangled_files(file: Path) -> None:
    for seed in range(3):
        hold(mangled(file.read_text(), random.Random(seed)))


def mangled(text: str, luck: random.Random) -> str:
    """The same tokens with other white space between them, and comments put in."""
    tokens = lex(Source("p", text))
    ends = sorted([(t.start, t.end, False) for t in tokens.tokens] + [(c.start, c.end, True) for c in tokens.comments])
    made: list[str] = []
    before = 0
    for start, end, comment in ends:
        if start < before:
            continue  # a comment in a hole
        gap = text[before:start]
        if made and "\n" not in gap and not gap and text[start] in "(":
            made.append("")  # `f(` is one word
        elif made:
            choices = [gap, gap, "  ", "\n", "\n   \n", " \t "] if gap else [gap, gap, gap]
            if made[-1].startswith("#") or ended_by_comment(made):
                choices = ["\n", "\n\n\n", "\n\t"]
            new = luck.choice(choices)
            if luck.random() < 0.05 and gap and not comment:
                new = f" # {luck.choice(('a', 'b  c', '#'))} \n"
            made.append(new if not doc_line(text, start, before) else gap)
        made.append(text[start:end])
        before = end
    return "".join(made) + luck.choice(("", "\n", "\n\n"))


def ended_by_comment(made: list[str]) -> bool:
    return made[-1].startswith("#") and not made[-1].startswith('#"""')


def doc_line(text: str, start: int, before: int) -> bool:
    """Whether a `##` comment ends before, whose place decides what it documents, or one begins here."""
    line = text[text.rfind("\n", 0, before) + 1 : before]
    return line.lstrip().startswith("##") or text.startswith("##", start)


# ---- the rules


@pytest.mark.parametrize(
    ("ugly", "usual"),
    [
        ("pipeline main( ) ->int{1}", "pipeline main() -> int { 1 }\n"),
        ("pipeline f(a:int,b:list [ text ]=[ ])->T?{a|b( it . x )}", "pipeline f(a: int, b: list[text] = []) -> T? { a | b(it.x) }\n"),
        ("pipeline f(n: int) -> int {\n        n\n  -1 }", "pipeline f(n: int) -> int {\n  n\n    - 1 }\n"),
        ("pipeline f() -> int { -  1 - - 2 }", "pipeline f() -> int { -1 - -2 }\n"),
        ("pipeline f(q: text) -> text {\nlet a = q\n| g\nlet b =\nq\na | h( n = 2,until = it )\n}",
         "pipeline f(q: text) -> text {\n  let a = q\n    | g\n  let b =\n    q\n  a | h(n=2, until=it)\n}\n"),
        ("pipeline f(q: text) -> text {\nq\n| mark(\na=1,\nb=2)\n| repeat(max=2) {\nfoo\n}\n}",
         "pipeline f(q: text) -> text {\n  q\n  | mark(\n      a=1,\n      b=2)\n  | repeat(max=2) {\n    foo\n  }\n}\n"),
        ("model a\n\n\n\nmodel b model c", "model a\n\nmodel b\nmodel c\n"),
        ("enum E { a,b\n}", "enum E { a, b\n}\n"),
        ("pipeline f() -> bool { not(a)and(b)or c   not   in d }", "pipeline f() -> bool { not (a) and (b) or c not in d }\n"),
        ("record R{a:int b:text}", "record R { a: int b: text }\n"),
        ('prompt p(x: text) """a {{ x|f( "b" ) }} c"""', 'prompt p(x: text) """a {{x | f("b")}} c"""\n'),
        ("# one\n\n\n#two\nmodel a   # three", "# one\n\n#two\nmodel a   # three\n"),
        ("", ""),
        ("\n\n", ""),
        ("# alone", "# alone\n"),
    ],
)  # fmt: skip
def test_rules(ugly: str, usual: str) -> None:
    assert hold(ugly) == usual


def test_what_cannot_be_parsed_is_refused() -> None:
    with pytest.raises(IlangError):
        formatted("pipeline f( -> int { 1 }")


def test_a_hole_over_lines_is_left_as_it_is() -> None:
    text = 'prompt p(x: text) """\n  {{x\n      | f}}\n  y\n  """\n'
    assert hold(text) == text


def test_it_takes_time_in_proportion() -> None:
    """256 kB within 2 s of CPU."""
    one = "pipeline p{n}(q: text) -> text {{\n  solve(q)  |  sample( n = 4 ) | vote\n| .winner }}\n"
    text = "".join(one.format(n=n) for n in range(3000))[:250_000]
    text = text[: text.rindex("pipeline")]
    made = formatted(text)
    assert cpu_seconds(lambda: formatted(text)) < 2
    assert len(re.findall("^pipeline", made, re.MULTILINE)) == text.count("pipeline p")
