"""symbols(look): the declarations of a text, as an editor's outline shows them."""

from __future__ import annotations

import re
from typing import Literal

from ilang.base.noun import noun
from ilang.base.span import Span
from ilang.editor.look import Look
from ilang.editor.names import member_name
from ilang.syntax import module as ast

SymbolKind = Literal["model", "record", "field", "enum", "member", "prompt", "pipeline", "test"]

_HEAD = re.compile(r'^(model|record|enum|prompt|pipeline|test)[ \t]+(?:([A-Za-z_]\w*)|"([^"\n]*)")', re.MULTILINE)


@noun
class Symbol:
    """One declaration: `span` is all of it, `name_span` its name; `detail` what stands beside the name."""

    kind: SymbolKind
    name: str
    detail: str
    span: Span
    name_span: Span
    parts: tuple[Symbol, ...] = ()


def symbols(look: Look) -> list[Symbol]:
    """The declarations in their order; of one that is wrong only what its first line says."""
    found = [s for d in look.tree.declarations if (s := _symbol(d)) is not None]
    right = [(d.span.start, d.span.end) for d in look.tree.declarations]
    taken = [(t.start, t.end) for t in look.lexed.tokens if t.holes or t.text[:4].endswith('"""')]
    taken += [(c.start, c.end) for c in look.lexed.comments]
    source = look.source
    for m in _HEAD.finditer(source.text):
        if not any(start <= m.start() < end for start, end in (*right, *taken)):
            group = 2 if m[2] is not None else 3
            span = Span(source, m.start(), m.end())
            found.append(Symbol(m[1], m[group], "", span, Span(source, *m.span(group))))  # type: ignore[arg-type]
    return sorted(found, key=lambda s: s.span.start)


def _symbol(d: ast.Declaration) -> Symbol | None:
    match d:
        case ast.ModelDecl():
            return Symbol("model", d.name, f"{d.call.name}(...)" if d.call is not None else "", d.span, d.name_span)
        case ast.RecordDecl():
            parts = tuple(Symbol("field", f.name, _one_line(f.type.span), f.span, f.name_span) for f in d.fields)
            return Symbol("record", d.name, "", d.span, d.name_span, parts)
        case ast.EnumDecl():
            members = tuple(Symbol("member", m.name, m.words or "", m.span, member_name(m)) for m in d.members)
            return Symbol("enum", d.name, "", d.span, d.name_span, members)
        case ast.PromptDecl():
            return Symbol("prompt", d.name, _heading(d.params, d.result), d.span, d.name_span)
        case ast.PipelineDecl():
            return Symbol("pipeline", d.name, _heading(d.params, d.result), d.span, d.name_span)
        case ast.TestDecl():
            start = d.span.source.text.index('"', d.span.start)
            end = d.span.source.text.index("{", start + len(d.name))
            end = len(d.span.source.text[:end].rstrip())
            return Symbol("test", d.name or '""', "", d.span, Span(d.span.source, start, end))
    return None


def _heading(params: tuple[ast.Param, ...], result: ast.TypeExpr | None) -> str:
    shown = ", ".join(f"{p.name}: {_one_line(p.type.span)}" for p in params)
    return f"({shown})" + (f" -> {_one_line(result.span)}" if result is not None else "")


def _one_line(span: Span) -> str:
    return " ".join(span.text().split())
