"""completion(source, offset, read): what can be written at a place.

The grammar says which keywords fit and whether a value, a type or a stage is expected; the checker, asked of the
healed text, says which names are known there and what the value before a point or a bar is. Signatures and
documentation come from the prelude's declarations and the program's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from ilang.backend import registry
from ilang.base.noun import noun
from ilang.base.source import Source
from ilang.base.type import ANY, CandidateOf, Candidates, Enum, ListOf, Optional, Record, TallyOf, Type, Var
from ilang.check.context import Library
from ilang.check.declarations import EXTRACTORS
from ilang.check.expressions import LIMITS
from ilang.check.fields import MESSAGE_FIELDS, candidate_fields, tally_fields
from ilang.check.found import Found
from ilang.check.locate import libraries, package_folder
from ilang.check.prelude import prelude
from ilang.check.program import ModelDeclaration, Signature
from ilang.check.types import BASIC, GENERIC
from ilang.check.unify import BROKEN
from ilang.editor.heal import PLACEHOLDER, Place, heal, place
from ilang.editor.look import Look, Read, look, nodes
from ilang.editor.shown import model_text, type_text
from ilang.report.signature_text import parameter_text, signature_text
from ilang.syntax import module as ast
from ilang.syntax.read import read_source
from ilang.syntax.tables import tables

ItemKind = Literal[
    "keyword",
    "stage",
    "pipeline",
    "prompt",
    "python",
    "model",
    "variable",
    "type",
    "enum",
    "member",
    "field",
    "argument",
    "module",
]

REGIONS = ("repeat", "focus", "per")
_NOT_WORDS = frozenset(("NAME", "FUNC", "TYPE"))


@noun
class Item:
    """One thing that can be written. `rank`: smaller ones stand first. `insert`: what is written, if not the label."""

    label: str
    kind: ItemKind
    detail: str = ""
    doc: str = ""
    rank: int = 5
    insert: str | None = None


@noun
class Completions:
    """What can be written in place of the characters from `start` to `end`."""

    items: tuple[Item, ...]
    start: int
    end: int


def completion(source: Source, offset: int, read: Read = read_source) -> Completions:
    """What can be written at an offset; nothing in comments, strings and texts."""
    here = place(source.text, offset)
    start = offset - len(here.word)
    end = offset
    while end < len(source.text) and (source.text[end].isalnum() or source.text[end] == "_"):
        end += 1
    if here.opened.where != "code" or source.text[start - 1 : start].isdigit():
        return Completions((), start, end)
    items: dict[str, Item] = {}
    for item in _items(source, start, end, here, read):
        known = items.get(item.label)
        if known is None or item.rank < known.rank:
            items[item.label] = item
    return Completions(tuple(sorted(items.values(), key=lambda i: (i.rank, i.label))), start, end)


def _items(source: Source, start: int, end: int, here: Place, read: Read) -> Iterator[Item]:
    last = here.tokens[-1].text if here.tokens else ""
    if here.states is None:
        return
    can = here.expected
    if last == ".":
        yield from _behind_point(_healed(source, start, end, read), here)
        return
    yield from _keywords(can)
    if "PYTHON" in can or (here.tokens and last == "from"):
        yield from _modules()
    elif last == "answer":
        yield from (Item(name, "keyword", rank=1) for name in EXTRACTORS)
        yield from (i for i in _globals(_healed(source, start, end, read)) if i.kind == "python")
    elif last == "replies":
        yield from (i for i in _globals(_healed(source, start, end, read)) if i.kind == "prompt")
    elif "REGION" in can and "NUMBER" not in can:
        yield from _stages(_healed(source, start, end, read))
    elif "NUMBER" in can:
        yield from _values(_healed(source, start, end, read), here)
    elif "TYPE" in can and last in (":", "->", "[", "(", ",", "=>"):
        yield from _types(_healed(source, start, end, read))
    elif "FUNC" in can and last == "=" and "NAME" not in can:
        yield from (Item(n, "keyword", "a backend", rank=2, insert=f"{n}(") for n in registry.names())


def _healed(source: Source, start: int, end: int, read: Read) -> Look:
    text = source.text[:start] + source.text[end:]
    return look(Source(source.name, heal(text, start), source.path), read)


def _seen(known: Look) -> Found | None:
    """What the checker found at the place that is being written."""
    return next((f for f in known.found if f.span.text() == PLACEHOLDER), None)


def _keywords(can: frozenset[str]) -> Iterator[Item]:
    for word, names in tables().words.items():
        if any(t in can and t not in _NOT_WORDS for t in names):
            yield Item(word, "keyword", rank=6)
    if "WITHIN" in can:
        yield Item("within", "keyword", rank=6, insert="within(")


def _types(known: Look) -> Iterator[Item]:
    yield from (Item(name, "type", rank=2) for name in (*BASIC, "Message"))
    yield from (Item(name, "type", f"{name}[T]", rank=2) for name in GENERIC)
    for name, type_ in known.checked.types.items():
        yield Item(name, "enum" if isinstance(type_, Enum) else "type", type_text(type_), rank=1)


def _modules() -> Iterator[Item]:
    for name, package in sorted(libraries().items()):
        folder = package_folder(package)
        for path in sorted(folder.glob("**/*.inf")) if folder is not None else ():
            dotted = ".".join((name, *path.relative_to(folder).with_suffix("").parts)) if folder is not None else ""
            yield Item(dotted, "module", rank=3)


# ---- behind a point --------------------------------------------------------


def _behind_point(known: Look, here: Place) -> Iterator[Item]:
    at = _seen(known)
    if at is not None and at.kind in ("field", "member") and at.owner is not None:
        yield from fields(at.owner, known)
        return
    word = here.tokens[-2].text if len(here.tokens) > 1 else ""
    library = known.checked.globals.get(word)
    if isinstance(library, Library):
        yield from (_item(name, what, 2) for name, what in library.names.items())
        return
    if any(t.text in ("use", "from") for t in here.tokens[-8:]):
        prefix = ""
        for token in reversed(here.tokens):
            if token.text in ("use", "from", ","):
                break
            prefix = token.text + prefix
        for item in _modules():
            if item.label.startswith(prefix):
                yield Item(item.label[len(prefix) :], "module", item.label)


def fields(owner: Type, known: Look) -> Iterator[Item]:
    """The fields that a value of a type has, an enum's members."""
    match owner:
        case CandidateOf(item):
            yield from (Item(name, "field", str(t), rank=2) for name, t in candidate_fields(item).items())
            marks = {f.name: f for f in known.found if f.kind == "mark"}
            yield from (Item(name, "field", f"{f.type}, from mark", rank=1) for name, f in marks.items())
        case TallyOf(item):
            yield from (Item(name, "field", str(t), rank=2) for name, t in tally_fields(item).items())
        case Record():
            yield from (Item(f.name, "field", str(f.type), f.note, rank=1) for f in owner.fields)
        case Enum():
            yield from (Item(n, "member", "" if words == n else words, rank=1) for n, words in owner.members)
        case _ if str(owner) == "Message":
            yield from (Item(name, "field", str(t), rank=1) for name, t in MESSAGE_FIELDS.items())


# ---- stages and values -----------------------------------------------------


def _stages(known: Look) -> Iterator[Item]:
    at = _seen(known)
    piped = at.owner if at is not None else None
    for name, signatures in prelude().items():
        takes = [s for s in signatures if s.params]
        if takes:
            rank = min(_fits(piped, s.params[0].type) for s in takes)
            best = min(takes, key=lambda s: _fits(piped, s.params[0].type))
            yield _called(name, best, "stage", rank)
    for item in _globals(known):
        signature = _signature(known, item.label)
        if signature is not None and signature.params:
            yield _called(item.label, signature, item.kind, _fits(piped, signature.params[0].type) - 1)
        elif item.kind == "module":
            yield item


def _fits(piped: Type | None, want: Type) -> int:
    """1 where a stage takes what is piped, 4 where it may, 7 where it does not."""
    if piped is None or piped in (BROKEN, ANY):
        return 4
    have = piped.item if isinstance(piped, Optional) else piped
    want = want.item if isinstance(want, Optional) else want
    if isinstance(want, Var):
        return 4
    if type(have) is type(want):
        return 1 if not (have != want and not hasattr(want, "item")) else 7
    if isinstance(have, CandidateOf | Candidates) and isinstance(want, ListOf):
        return 4
    return 7


def _values(known: Look, here: Place) -> Iterator[Item]:
    at = known.source.text.find(PLACEHOLDER)
    yield from _locals(known, at)
    yield from _globals(known)
    for name, signatures in prelude().items():
        if name not in REGIONS:
            yield _called(name, signatures[0], "stage", 5)
    for name, type_ in known.checked.types.items():
        if isinstance(type_, Enum):
            yield Item(name, "enum", type_text(type_), rank=4)
    yield from _arguments(known, here)


def _locals(known: Look, at: int) -> Iterator[Item]:
    """Parameters, lets and the names of functions around a place."""
    typed = {f.span.start: str(f.type) for f in known.found if f.kind == "local" and f.origin == f.span}
    for d in known.tree.declarations:
        if not d.span.start <= at < d.span.end:
            continue
        for p in getattr(d, "params", ()):
            yield Item(p.name, "variable", str(p.type.span.text()), rank=1)
        for node in nodes(d):
            if isinstance(node, ast.Block) and node.result.span.start <= at + len(PLACEHOLDER) and at < _end(node):
                yield from (_let(let, typed) for let in node.lets if let.span.end <= at)
            elif isinstance(node, ast.Block):
                inside = [let for let in node.lets if let.span.start <= at < let.span.end]
                yield from (_let(let, typed) for let in node.lets if inside and let.span.end <= at)
            elif isinstance(node, ast.FunctionExpr) and node.span.start <= at < node.span.end:
                yield from (Item(p, "variable", rank=1) for p in node.params)
        if isinstance(d, ast.TestDecl):
            yield from (_let(g, typed) for g in d.given if isinstance(g, ast.Let) and g.span.end <= at)


def _let(let: ast.Let, typed: dict[int, str]) -> Item:
    return Item(let.name, "variable", typed.get(let.name_span.start, ""), rank=1)


def _end(block: ast.Block) -> int:
    return block.result.span.end + 1


def _globals(known: Look) -> Iterator[Item]:
    yield from (_item(name, what, 2) for name, what in known.checked.globals.items() if name != PLACEHOLDER)


def _item(name: str, what: tuple[Signature, ...] | ModelDeclaration | Library, rank: int) -> Item:
    if isinstance(what, ModelDeclaration):
        return Item(name, "model", model_text(what), rank=rank)
    if isinstance(what, Library):
        return Item(name, "module", f"use {name}", rank=rank)
    kind: ItemKind = "stage" if what[0].kind == "builtin" else what[0].kind
    return _called(name, what[0], kind, rank)


def _called(name: str, signature: Signature, kind: ItemKind, rank: int) -> Item:
    return Item(name, kind, signature_text(signature), signature.doc, rank)


def _signature(known: Look, name: str) -> Signature | None:
    what = known.checked.globals.get(name)
    return what[0] if isinstance(what, tuple) else None


# ---- arguments by name -----------------------------------------------------


def _arguments(known: Look, here: Place) -> Iterator[Item]:
    """`n=`, `model=` of the call whose brackets are open, without those that are given."""
    call = open_call(here)
    if call is None or here.tokens[-1].text not in ("(", ","):
        return
    name, _, given = call
    if name == "within":
        yield from (Item(f"{n}=", "argument", rank=0) for n in LIMITS if n not in given)
        return
    for signature in callees(known, name):
        for p in signature.params[1 if signature.kind == "builtin" else 0 :]:
            if p.name not in given:
                yield Item(f"{p.name}=", "argument", parameter_text(p), rank=0)


def callees(known: Look, name: str) -> Iterable[Signature]:
    """What may be called by a name."""
    what = known.checked.globals.get(name)
    if isinstance(what, tuple):
        return what
    by_type = [f for f in known.found if f.kind == "callee" and f.span.text() == name]
    return by_type[0].signatures if by_type else prelude().get(name, ())


def open_call(here: Place) -> tuple[str, int, list[str]] | None:
    """Of the call whose brackets are open: its name, how many arguments stand before, and those given by name."""
    depth = commas = 0
    given: list[str] = []
    for i in range(len(here.tokens) - 1, -1, -1):
        text = here.tokens[i].text
        if text in ")]}" and text:
            depth += 1
        elif text in ("[", "{") or (text == "(" and depth):
            if not depth:
                return None
            depth -= 1
        elif text == "(":
            before = here.tokens[i - 1] if i else None
            called = before is not None and before.end == here.tokens[i].start and before.text.isidentifier()
            return (before.text, commas, given) if called and before is not None else None
        elif text == "," and not depth:
            commas += 1
        elif text == "=" and not depth and i:
            given.append(here.tokens[i - 1].text)
    return None
