"""The ways in which these tests parse."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.syntax.module import Declaration, Expr, Module, PipelineDecl, PromptDecl, Template
from ilang.syntax.parse import parse, parse_all

EXAMPLES = tuple(sorted((Path(__file__).parent.parent / "examples").rglob("*.inf")))


def module(text: str) -> Module:
    """The module that a text parses to."""
    return parse(Source("test.inf", text))


def declaration(text: str) -> Declaration:
    """The only declaration of a text."""
    (only,) = module(text).declarations
    return only


def expression(text: str) -> Expr:
    """The value that an expression parses to."""
    only = declaration(f"pipeline p(q: text) -> text {{ {text} }}")
    assert isinstance(only, PipelineDecl) and only.body is not None
    return only.body.result


def template(text: str) -> Template:
    """The template that a text with its quotes parses to, as the body of a prompt."""
    only = declaration(f"prompt p(q: text) {text}")
    assert isinstance(only, PromptDecl)
    (message,) = only.messages
    return message.template  # type: ignore[union-attr]


def problems(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a text; `parse` must raise exactly that."""
    source = Source("test.inf", text)
    _, found = parse_all(source)
    if found:
        with pytest.raises(IlangError) as raised:
            parse(source)
        assert [str(d) for d in raised.value.diagnostics] == [str(d) for d in found]
    return found


def codes(text: str) -> list[str]:
    """The codes of what is wrong with a text."""
    return [problem.code for problem in problems(text)]
