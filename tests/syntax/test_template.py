"""Texts: layout taken out, holes cut, everything else left as it is."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilang.base.source import Source
from ilang.base.span import Span
from ilang.syntax import dedent
from ilang.syntax.module import Call, FieldsExpr, If, ListExpr, Literal, Name, Pipe, StageExpr, Template
from tests.syntax.parsing import codes, expression, problems, template

S = Span(Source("", ""), 0, 0)
Q = Name("q", S)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('""""""', ()),
        ('"""a"""', ("a",)),
        ('""" a """', (" a ",)),
        ('"""   """', ("   ",)),
        ('"""\n"""', ()),
        ('"""\n\n"""', ()),
        ('"""\n\n\n"""', ("\n",)),
        ('"""\n    a\n    b\n    """', ("a\nb",)),
        ('"""   \n    a\n      b\n  """', ("a\n  b",)),
        ('"""\n    a\n\n    b\n\n    """', ("a\n\nb\n",)),
        ('"""\n    a\n  \t  \n    b"""', ("a\n\nb",)),
        ('"""a\n    b\n      c\n    """', ("a\nb\n  c",)),
        ('"""  a\n    b"""', ("  a\nb",)),
        ('"""\n\ta\n\t b\n\t"""', ("a\n b",)),
        ('"""\n\ta\n    b\n"""', ("\ta\n    b",)),
        ('"""\n    a  \n    b \n    """', ("a  \nb ",)),
        ('"""\r\n    a\r\n    b\r\n    """', ("a\nb",)),
        ('"""\\n \\ "x" \'y\'"""', ("\\n \\ \"x\" 'y'",)),
        ('"""a "q""""', ('a "q"',)),
        ('"""""a"""', ('""a',)),
        ('#"""a """ b"""#', ('a """ b',)),
        ('#"""\n  a\n  """#', ("a",)),
        ('"""# a"""', ("# a",)),
        ('"""a {b} } {"""', ("a {b} } {",)),
    ],
)
def test_literal_text(text: str, parts: tuple[str, ...]) -> None:
    assert template(text) == Template(parts, S)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('"""{{q}}"""', (Q,)),
        ('"""{{ q }}"""', (Q,)),
        ('"""{{q}}{{q}}"""', (Q, Q)),
        ('"""a {{q}} b"""', ("a ", Q, " b")),
        ('"""{{q}} """', (Q, " ")),
        ('"""\n    {{q}}\n      {{q}}\n    """', (Q, "\n  ", Q)),
        ('"""\n    a\n    {{\nq\n}} b\n    """', ("a\n", Q, " b")),
        ('"""{{"{{"}}"""', (Literal("{{", S),)),
        ('"""{{"}}"}} {{"\\"}}"}}"""', (Literal("}}", S), " ", Literal('"}}', S))),
        ('"""{{{ a = q }}}"""', (FieldsExpr((("a", Q),), S),)),
        ('"""{{ { a = { b = q } } }}"""', (FieldsExpr((("a", FieldsExpr((("b", Q),), S)),), S),)),
        ('"""{{q}}}"""', (Q, "}")),
        ('"""{{ [q, # one }}\n q] }}"""', (ListExpr((Q, Q), S),)),
        ('#"""a {{q}} """ {{q}}"""#', ("a ", Q, ' """ ', Q)),
    ],
)
def test_holes(text: str, parts: tuple[object, ...]) -> None:
    assert template(text) == Template(parts, S)  # type: ignore[arg-type]


@pytest.mark.parametrize("inner", ['"""- {{q}}"""', '#"""- {{q}}"""#'])
@pytest.mark.parametrize("outer", ['"""{}"""', '#"""{}"""#'])
def test_a_hole_may_hold_a_text(outer: str, inner: str) -> None:
    (call,) = template(outer.replace("{}", f"{{{{f({inner})}}}}")).parts
    assert isinstance(call, Call)
    assert call.arguments[0].value == Template(("- ", Q), S)
    (first,) = template(outer.replace("{}", f"{{{{{inner}}}}}")).parts
    assert first == Template(("- ", Q), S)


def test_a_hole_may_hold_blocks() -> None:
    (value,) = template('"""{{if q { """a {{q}}""" } else { "b" }}}"""').parts
    assert isinstance(value, If) and value.then.result == Template(("a ", Q), S)


def test_a_text_behind_a_let_in_a_hole() -> None:
    (value,) = template('"""{{if q { let a = q """a""" } else { "b" }}}"""').parts
    assert isinstance(value, If) and value.then.result == Template(("a",), S)


def test_a_text_is_a_value() -> None:
    assert expression('"""\n  a {{q}}\n  """ | f') == Pipe(Template(("a ", Q), S), _stages("q | f"), S)


def _stages(text: str) -> tuple[StageExpr, ...]:
    pipe = expression(text)
    assert isinstance(pipe, Pipe)
    return pipe.stages


def test_a_hole_that_is_not_closed_does_not_swallow_what_follows() -> None:
    text = 'prompt a(q: text) """x {{q"""\nprompt b(q: text) """y {{q}} z"""\nprompt c(q: text) """{{ {{q """'
    assert [(p.code, p.span and str(p.span)) for p in problems(text)] == [
        ("unclosed-hole", "test.inf:1:24"),
        ("unclosed-hole", "test.inf:3:22"),
    ]


def test_a_wrong_hole_does_not_hide_the_next() -> None:
    assert codes('prompt a(q: text) """{{q q}} {{}} {{q |}} {{q}}"""') == [
        "hole-with-two-values",
        "empty-hole",
        "missing-stage",
    ]


LINES = st.lists(st.sampled_from(["a", "  b", "{{q}} c ", "", "    d", "e\t"]), min_size=1, max_size=6)


@given(LINES, st.sampled_from(["", "  ", "\t", "      "]), st.sampled_from(["", "    ", "\t\t"]))
def test_re_indenting_does_not_change_a_text(lines: list[str], one: str, other: str) -> None:
    def written(margin: str) -> str:
        return '"""\n' + "".join(f"{margin}{line}\n" for line in lines) + margin + '"""'

    assert template(written(one)) == template(written(other))


@given(st.text(st.characters(exclude_characters='"{\r', exclude_categories=["Cc", "Cs"])))
def test_one_line_is_kept_as_it_is(line: str) -> None:
    assert template(f'"""{line}"""').parts == ((line,) if line else ())


def test_the_docstring_of_dedent() -> None:
    assert doctest.testmod(dedent).failed == 0
