"""Every name in a text and the place that declares what it means.

What the checker found is one half; the other is read from the tree: the names that declarations give, and the types
that are written in them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from ilang.base.noun import noun
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.base.type import CandidateOf, Enum, Record, Type
from ilang.check.declarations import Checked
from ilang.check.fields import candidate_fields
from ilang.check.found import Found, FoundKind
from ilang.check.program import Signature
from ilang.check.python_source import functions
from ilang.editor.look import Look, nodes
from ilang.syntax import module as ast


@noun
class Name:
    """A name at a place. `declared`: where what it means is declared, None where nothing in a file does."""

    found: Found
    declared: Span | None
    declares: bool = False

    @property
    def span(self) -> Span:
        """The place of the name itself."""
        return self.found.span


@lru_cache(maxsize=8)
def names(look: Look) -> list[Name]:
    """All names of a text that mean something, from top to bottom."""
    found = {(f.span.start, f.span.end): Name(f, declared(look, f), f.origin == f.span) for f in look.found}
    for one in _of_tree(look):
        found.setdefault((one.span.start, one.span.end), one)
    return sorted(found.values(), key=lambda n: (n.span.start, n.span.end))


def name_at(look: Look, offset: int) -> Name | None:
    """The name that covers an offset, or ends there; of two the shorter."""
    there = [n for n in names(look) if n.span.start <= offset <= n.span.end]
    return min(there, key=lambda n: (offset == n.span.end, n.span.end - n.span.start), default=None)


def same_place(a: Span | None, b: Span | None) -> bool:
    """Whether two places are one, also where one source was read twice."""
    return a is not None and b is not None and a.start == b.start and file_of(a.source) == file_of(b.source)


def file_of(source: Source) -> str:
    """What tells two files apart."""
    return os.path.realpath(source.path) if source.path else f"<{source.name}>"


def declared(look: Look, found: Found) -> Span | None:
    """Where what was found is declared."""
    match found.kind:
        case "local":
            return found.origin
        case "callee":
            return _of_signature(found.signatures[0]) if found.signatures else None
        case "model":
            return found.model.span if found.model is not None else None
        case "argument":
            return _parameter(look, found.signatures[0], found.name)
        case "mark":
            return _mark(look, found.name)
        case "type":
            tree = _declaration(look, found.owner)
            return tree.name_span if tree is not None else None
        case "member" | "field":
            if isinstance(found.owner, CandidateOf):
                return _mark(look, found.name) if found.name not in candidate_fields(found.owner.item) else None
            return _part(_declaration(look, found.owner), found.name)
        case "library":
            return _library(look, found.name)
        case "file":
            return beginning(found.path) if found.path else None
    return None


def beginning(path: str) -> Span:
    """The first place of a file, which need not be read for it."""
    return Span(Source(os.path.basename(path), "", path), 0, 0)


# ---- where things are declared ---------------------------------------------


def _of_signature(signature: Signature) -> Span | None:
    if signature.kind == "python":
        return _python(signature.key)
    if signature.kind == "builtin" and signature.span is not None:
        return _word(signature.span, signature.name)
    return signature.span


def _word(span: Span, word: str) -> Span:
    """The first place of a word in a span."""
    m = re.compile(rf"\b{re.escape(word)}\b").search(span.source.text, span.start, span.end)
    return Span(span.source, *m.span()) if m else span


def _python(key: str) -> Span | None:
    """The `def` of a Python function, from `path:name`; its file is read, not imported."""
    path, _, name = key.rpartition(":")
    try:
        line = functions(path)[name].line
        with open(path, encoding="utf-8") as file:
            source = Source(os.path.basename(path), file.read(), path)
    except (OSError, SyntaxError, ValueError, KeyError, RecursionError, MemoryError):
        return None
    starts = source.line_starts()
    if line > len(starts):
        return None
    return _word(Span(source, starts[line - 1], len(source.text)), name)


def _parameter(look: Look, signature: Signature, name: str) -> Span | None:
    if signature.kind == "builtin":
        return _word(signature.span, name) if signature.span is not None else None
    for tree, _ in look.files:
        for d in tree.declarations:
            if isinstance(d, ast.PromptDecl | ast.PipelineDecl) and same_place(d.name_span, signature.span):
                return next((p.name_span for p in d.params if p.name == name), None)
    return None


def _mark(look: Look, name: str) -> Span | None:
    """The first place that makes a mark; of those files that are used where the text itself makes none."""
    for _, checked in look.files:
        for found in checked.found or ():
            if found.kind == "mark" and found.name == name:
                return found.span
    return None


def _declaration(look: Look, type_: Type | None) -> ast.RecordDecl | ast.EnumDecl | None:
    if not isinstance(type_, Record | Enum) or not type_.name:
        return None
    for tree, checked in look.files:
        if checked.types.get(type_.name) == type_:
            for d in tree.declarations:
                if isinstance(d, ast.RecordDecl | ast.EnumDecl) and d.name == type_.name:
                    return d
    return None


def _part(d: ast.RecordDecl | ast.EnumDecl | None, name: str) -> Span | None:
    if isinstance(d, ast.RecordDecl):
        return next((f.name_span for f in d.fields if f.name == name), None)
    if isinstance(d, ast.EnumDecl):
        return next((member_name(m) for m in d.members if m.name == name), None)
    return None


def member_name(member: ast.MemberDecl) -> Span:
    """The place of a member's name, without its words."""
    return Span(member.span.source, member.span.start, member.span.start + len(member.name))


def _library(look: Look, name: str) -> Span | None:
    for d in look.tree.declarations:
        if isinstance(d, ast.Use) and d.origin is None:
            for used in d.names:
                if (used.alias or used.path[-1]) == name:
                    path = next((f.path for f in look.found if f.kind == "file" and f.span == used.span), None)
                    return beginning(path) if path else None
    return None


# ---- what the tree tells ---------------------------------------------------


def _of_tree(look: Look) -> Iterator[Name]:
    checked = look.checked
    for d in look.tree.declarations:
        match d:
            case ast.PromptDecl() | ast.PipelineDecl() | ast.ModelDecl():
                yield _declares(checked, d)
            case ast.RecordDecl() | ast.EnumDecl():
                type_ = checked.types.get(d.name)
                yield Name(Found("type", d.name, d.name_span, owner=type_), d.name_span, True)
                parts: Iterable[tuple[str, Span]] = (
                    [(f.name, f.name_span) for f in d.fields]
                    if isinstance(d, ast.RecordDecl)
                    else [(m.name, member_name(m)) for m in d.members]
                )
                for name, span in parts:
                    field = type_.field(name) if isinstance(type_, Record) else None
                    kind: FoundKind = "field" if isinstance(d, ast.RecordDecl) else "member"
                    part = Found(kind, name, span, owner=type_, type=field.type if field else type_)
                    yield Name(part, span, True)
        for node in nodes(d):
            if isinstance(node, ast.TypeName) and node.name in checked.types:
                written = Found("type", node.name, node.span, owner=checked.types[node.name])
                yield Name(written, declared(look, written))


def _declares(checked: Checked, d: ast.PromptDecl | ast.PipelineDecl | ast.ModelDecl) -> Name:
    known = checked.globals.get(d.name)
    signatures = known if isinstance(known, tuple) else ()
    if isinstance(d, ast.ModelDecl):
        model = checked.models.get(d.name)
        return Name(Found("model", d.name, d.name_span, model=model), d.name_span, True)
    return Name(Found("callee", d.name, d.name_span, signatures=signatures), d.name_span, True)


@cache
def prelude_path() -> str:
    """Where the declarations of all stages lie."""
    from importlib.resources import files

    return str(files("ilang.stages").joinpath("prelude.inf"))
