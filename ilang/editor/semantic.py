"""semantic(look): what each word of a text is, for colours that know the names.

The grammar tells keywords from names, the checker what a name means. Texts are cut at their holes, and everything at
line ends, as editors want it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ilang.base.noun import noun
from ilang.base.type import Enum
from ilang.check.found import Found
from ilang.editor.look import Look
from ilang.editor.names import names
from ilang.editor.terminals import terminals
from ilang.syntax.token import Token

TYPES = (
    "namespace",
    "type",
    "enum",
    "enumMember",
    "parameter",
    "variable",
    "property",
    "function",
    "keyword",
    "string",
    "number",
    "operator",
    "comment",
)
MODIFIERS = ("declaration", "readonly", "documentation", "defaultLibrary")

_WORDS = frozenset(("NAME", "FUNC", "TYPE"))


@noun
class Colour:
    """One word: where, and which of TYPES and MODIFIERS it is."""

    start: int
    end: int
    type: str
    modifiers: tuple[str, ...] = ()


def semantic(look: Look) -> list[Colour]:
    """The words of a text, in order; none overlaps another, none runs over a line end."""
    text = look.source.text
    known = {(n.span.start, n.span.end): (n.found, n.declares) for n in names(look)}
    parameters = {p.name_span.start for d in look.tree.declarations for p in getattr(d, "params", ())}
    found: list[Colour] = []
    for comment in look.lexed.comments:
        doc = text.startswith("##", comment.start) and not text.startswith("###", comment.start)
        found.append(Colour(comment.start, comment.end, "comment", ("documentation",) if doc else ()))
    paths = [f.span for f in look.found if f.kind == "file" and not f.span.text().startswith('"')]
    for token, terminal in terminals(look.source, look.lexed.tokens):
        key = (token.start, token.end)
        if terminal in ("TEXT", "STRING"):
            found.extend(Colour(start, end, "string") for start, end in _between_holes(token))
        elif terminal == "NUMBER":
            found.append(Colour(*key, "number"))
        elif terminal in _WORDS:
            if key in known:
                found.append(_named(token, known[key][0], parameters, declares=known[key][1]))
            elif any(p.start <= token.start < p.end for p in paths):
                found.append(Colour(*key, "namespace"))
            elif terminal == "TYPE":
                found.append(Colour(*key, "type"))
        elif token.text[:1].isalpha():
            built_in = terminal in ("REGION",)
            found.append(Colour(*key, "function", ("defaultLibrary",)) if built_in else Colour(*key, "keyword"))
        elif terminal:
            found.append(Colour(*key, "operator"))
    pieces = [p for colour in sorted(found, key=lambda c: c.start) for p in _by_line(text, colour)]
    return pieces


def _named(token: Token, found: Found, parameters: set[int], *, declares: bool) -> Colour:
    modifiers: tuple[str, ...] = ("declaration",) if declares else ()
    match found.kind:
        case "local":
            origin = found.origin.start if found.origin is not None else -1
            kind = "parameter" if origin in parameters else "variable"
        case "callee":
            kind = "function"
            if found.signatures and found.signatures[0].kind == "builtin":
                modifiers = (*modifiers, "defaultLibrary")
        case "model":
            kind, modifiers = "variable", (*modifiers, "readonly")
        case "type":
            kind = "enum" if isinstance(found.owner, Enum) else "type"
        case "member":
            kind = "enumMember"
        case "field" | "mark":
            kind = "property"
        case "argument":
            kind = "parameter"
        case "pronoun":
            kind = "keyword"
        case _:
            kind = "namespace"
    return Colour(token.start, token.end, kind, modifiers)


def _between_holes(token: Token) -> Iterator[tuple[int, int]]:
    at = token.start
    for hole in token.holes:
        yield at, hole.start + 2
        at = hole.end - 2
    yield at, token.end


def _by_line(text: str, colour: Colour) -> Iterator[Colour]:
    at = colour.start
    while at < colour.end:
        stop = min(
            (p for p in (text.find("\n", at, colour.end), text.find("\r", at, colour.end)) if p >= 0), default=-1
        )
        end = stop if stop >= 0 else colour.end
        if end > at:
            yield Colour(at, end, colour.type, colour.modifiers)
        at = end + 1
