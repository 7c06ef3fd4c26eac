"""Several mistakes in one run: each declaration has its own, and the right ones are kept."""

from __future__ import annotations

from ilang.base.source import Source
from ilang.syntax.parse import parse_all
from tests.syntax.parsing import problems


def _told(text: str) -> list[tuple[str, str]]:
    return [(problem.code, str(problem.span)[len("test.inf:") :]) for problem in problems(text)]


def _kept(text: str) -> list[str]:
    declarations = parse_all(Source("test.inf", text))[0].declarations
    return [getattr(declaration, "name", "use") for declaration in declarations]


MIXED = '''## The file.

use a from "a.inf"

model m: openai("x")

prompt right(q: text) -> text """
pipeline not_one(
{{q}}
"""

pipeline wrong(q: text) -> text {
  q | | vote
}

record Right { a: text }

pipeline two() -> text { f("\\q", 1e999) }

## Documented.
pipeline last(
model: model? = none
) -> text { q }
'''


def test_each_declaration_has_its_own_mistake() -> None:
    assert _told(MIXED) == [
        ("colon-for-equals", "5:8"),
        ("missing-stage", "13:5"),
        ("bad-escape", "18:29"),
        ("number-too-large", "18:34"),
    ]


def test_right_declarations_are_kept() -> None:
    assert _kept(MIXED) == ["use", "m", "right", "Right", "last"]  # `model m` is whole, what follows it is not
    parsed, _ = parse_all(Source("test.inf", MIXED))
    assert parsed.doc == "The file."
    assert getattr(parsed.declarations[-1], "doc", None) == "Documented."


def test_a_bracket_that_is_not_closed_does_not_swallow_what_follows() -> None:
    text = "pipeline a(q: text) -> text {\n  f(q\n}\n\npipeline b(q: text) -> text {\n  q\n\nmodel m\n"
    assert _told(text) == [("unclosed-bracket", "2:4"), ("unclosed-bracket", "5:29")]
    assert _kept(text) == ["m"]


def test_a_bracket_too_many_does_not_take_the_declaration_along() -> None:
    text = "pipeline a(q: text) -> text { q } }\nmodel m"
    assert _told(text) == [("extra-bracket", "1:35")]
    assert _kept(text) == ["a", "m"]


def test_what_stands_between_declarations_does_not_take_them_along() -> None:
    text = "model a\nfoo bar\nmodel b\n"
    assert _told(text) == [("outside-declarations", "2:1")]
    assert _kept(text) == ["a", "b"]


def test_a_text_that_is_not_closed_ends_before_the_next_declaration() -> None:
    text = 'prompt a(q: text) """\n  one {{q}}\n\nprompt b(q: text) """\n  two\n  """\n\nmodel m\n'
    (problem,) = problems(text)
    assert (problem.code, str(problem.span)) == ("unclosed-text", "test.inf:1:19")
    assert problem.notes == ("it would run over line 4, which starts a declaration",)
    assert _kept(text) == ["b", "m"]


def test_a_text_may_hold_lines_that_look_like_declarations() -> None:
    text = 'prompt a() """\nmodel m\npipeline p(q: text) -> text {\n"""\nmodel n: x'
    assert _told(text) == [("colon-for-equals", "5:8")]
    assert _kept(text) == ["a", "n"]


def test_a_string_that_is_not_closed_ends_with_its_line() -> None:
    text = 'pipeline a() -> text {\n  f("x)\n}\nmodel m'
    assert _told(text) == [("unclosed-string", "2:5")]
    assert _kept(text) == ["m"]


def test_a_keyword_at_the_beginning_of_a_line_need_not_begin_a_declaration() -> None:
    text = "pipeline a(\nmodel: model,\ntest: text\n) -> text {\nf(\nmodel,\ntest)\n}\nmodel m: x"
    assert _told(text) == [("colon-for-equals", "9:8")]
    assert _kept(text) == ["a", "m"]


def test_a_source_without_declarations_is_a_module() -> None:
    assert _kept("") == [] and _told("") == []
    assert _kept("# nothing\n") == []
