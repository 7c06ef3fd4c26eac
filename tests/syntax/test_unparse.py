"""The law of unparse: what is printed parses to the same tree."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from ilang.base.source import Source
from ilang.syntax import module as tree
from ilang.syntax.parse import parse
from ilang.syntax.unparse import unparse
from tests.syntax.parsing import EXAMPLES, expression
from tests.syntax.trees import S, modules


def _again(module: tree.Module) -> tree.Module:
    return parse(Source("printed.inf", unparse(module)))


@given(modules)
@settings(max_examples=300, deadline=None)
def test_what_is_printed_parses_to_the_same(module: tree.Module) -> None:
    assert _again(module) == module


@given(modules)
@settings(max_examples=50, deadline=None)
def test_printing_is_settled_after_once(module: tree.Module) -> None:
    assert unparse(_again(module)) == unparse(module)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_survive(path: Path) -> None:
    module = parse(Source(str(path), path.read_text(encoding="utf-8")))
    assert _again(module) == module


def test_how_it_looks() -> None:
    text = '''## The file.

## Twice.
pipeline p(q: text, n: int = 2) -> text? {
  let x = f(q, k=a => -a.b) | vote(by=it) | .winner
  if not x == "a\\n" and n - 1 > 2 * (n + 1) {
    """
      a {{x | json}}
        b {{ { c = "}}" } }}
      """
  } else if n in [1, 2] {
    none
  } else {
    within(usd=0.5) {
      "b"
    }
  }
}
'''
    assert unparse(parse(Source("", text))) == text


@pytest.mark.parametrize(
    "part", ["a {{ b", "a{", ' """ b', '"""#', "  a\n  b", "a\n \nb", "\r", "\0", "a\r\nb", '""""""#'], ids=repr
)
def test_a_text_that_no_source_can_hold_means_the_same(part: str) -> None:
    written = tree.Template((part, tree.Name("q", S), part), S)
    template = expression(unparse(tree.Module(S.source, (_pipeline(written),))).split("{", 1)[1].rsplit("}", 1)[0])
    assert isinstance(template, tree.Template)
    said = "".join(_said(piece) for piece in template.parts)
    assert said == f"{part}<q>{part}"


def _pipeline(value: tree.Expr) -> tree.PipelineDecl:
    return tree.PipelineDecl("p", (), tree.TypeName("text", S), tree.Block((), value, S), "", S, S)


def _said(part: str | tree.Expr) -> str:
    match part:
        case str():
            return part
        case tree.Literal(str() as value):
            return value
        case tree.Name(name):
            return f"<{name}>"
        case _:
            raise AssertionError(part)
