"""parse: from a source to a Module. Knows nothing of names, types or meaning.

The table of contents of this room:

1. `lexer`: the text in tokens, holes of texts included; `doc`: what its `##` comments document
2. `automaton`: the walk over the tables that `build_tables` made from `grammar.lark`
3. `nodes`: each reduction made into a node of `module`
4. where the walk is stuck: `trouble`, the facts, and `mistakes`, their names

A source is parsed in one go. If that fails, it is cut before each line that starts with the keyword of a declaration
and every piece is parsed by itself: one wrong declaration does not hide the others, nor their mistakes. The cuts are
made between tokens, so a line inside a text is never one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.syntax import limits
from ilang.syntax.automaton import Stuck, TooDeep, run
from ilang.syntax.doc import Docs, docs
from ilang.syntax.lexer import CONTROL, DECLARATIONS, lex
from ilang.syntax.module import Declaration, Module
from ilang.syntax.nodes import Nodes
from ilang.syntax.token import Token
from ilang.syntax.trouble import Trouble

_SHOWN_CONTROLS = 3
_EXPLAINED = 300
"""Places that are wrong of which each is explained; of those behind them it is told that they are."""

Parsed = tuple[tuple[Declaration, ...], list[Diagnostic]]


def parse(source: Source) -> Module:
    """The tree of a source. Raises IlangError with every diagnostic, and nothing else."""
    module, problems = parse_all(source)
    if problems:
        raise IlangError(problems)
    return module


def parse_all(source: Source) -> tuple[Module, tuple[Diagnostic, ...]]:
    """The declarations of a source that are right, and what is wrong with the others, in the order of the text."""
    if refused := _refuse(source):
        return Module(source), tuple(refused)
    lexed = lex(source)
    found = docs(source, lexed)
    nodes = Nodes(source, found)
    try:
        (declarations, _), problems = run(lexed.tokens, "start", nodes), nodes.problems
    except (Stuck, TooDeep) as whole:
        declarations, problems = _parse_pieces(source, found, lexed.tokens)
        problems = problems or [_explain(source, lexed.tokens, whole)]
    problems.sort(key=_place)
    starts = [_place(problem) for problem in problems]
    right = tuple(declaration for declaration in declarations if not _holds_one(declaration.span, starts))
    return Module(source, right, found.file), tuple(problems)


def _refuse(source: Source) -> list[Diagnostic]:
    """What keeps a source from being parsed at all."""
    size = len(source.text.encode("utf-8", "surrogatepass"))
    if size > limits.SOURCE_BYTES:
        return [limits.source_too_large(source.name, size)]
    problems = []
    for found in CONTROL.finditer(source.text):
        problems.append(_bad_character(found[0], Span(source, *found.span())))
        if len(problems) == _SHOWN_CONTROLS:
            break
    return problems


def _parse_pieces(source: Source, found: Docs, tokens: Sequence[Token]) -> Parsed:
    declarations: list[Declaration] = []
    problems: list[Diagnostic] = []
    for piece in _pieces(source, tokens):
        nodes = Nodes(source, found)
        try:
            some, seen = run(piece, "start", nodes)[0], nodes.problems
        except (Stuck, TooDeep) as stopped:
            read = piece[: stopped.index]
            some, seen = _whole(source, found, read) or ((), nodes.problems)
            if not any(token.trouble for token in read):  # else what follows is no wonder
                explained = _explain if len(problems) < _EXPLAINED else _told
                problem = explained(source, piece, stopped)
                seen = [other for other in seen if _place(other) != _place(problem)] + [problem]
        declarations.extend(some)
        problems.extend(seen)
    return tuple(declarations), problems


def _whole(source: Source, found: Docs, tokens: Sequence[Token]) -> Parsed | None:
    """What stands before a mistake, if it is whole."""
    nodes = Nodes(source, found)
    try:
        return run(tokens, "start", nodes)[0], nodes.problems
    except (Stuck, TooDeep):
        return None


def _pieces(source: Source, tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    cuts = [place for place in range(1, len(tokens)) if _starts_declaration(source, tokens, place)]
    for start, end in pairwise((0, *cuts, len(tokens))):
        if start < end:
            yield tokens[start:end]


def _starts_declaration(source: Source, tokens: Sequence[Token], place: int) -> bool:
    """Whether a token is a keyword at the beginning of a line, with behind it what a declaration has there."""
    token = tokens[place]
    if token.text not in DECLARATIONS or (token.start and source.text[token.start - 1] != "\n"):
        return False
    behind = tokens[place + 1] if place + 1 < len(tokens) else None
    return behind is None or not {"NAME", "TYPE", "STRING", "LBRACE"}.isdisjoint(behind.terminals)


def _explain(source: Source, tokens: Sequence[Token], stopped: Stuck | TooDeep) -> Diagnostic:
    if isinstance(stopped, Stuck):
        return Trouble(source, tokens, stopped.index, stopped.states, len(source.text), "start").explain()
    last = tokens[min(stopped.index, len(tokens) - 1)]
    return limits.nested_too_deep(Span(source, last.start, last.end))


def _told(source: Source, tokens: Sequence[Token], stopped: Stuck | TooDeep) -> Diagnostic:
    """That a place is wrong, and no more."""
    last = tokens[min(stopped.index, len(tokens) - 1)]
    if last.trouble:
        return last.trouble
    span = Span(source, last.start, last.end)
    return Diagnostic("unexpected-token", "this cannot stand here", span, help="mend what stands above it first")


def _holds_one(span: Span, places: Sequence[int]) -> bool:
    """Whether one of the sorted places is in the span."""
    return bisect_left(places, span.start) < bisect_left(places, span.end)


def _place(problem: Diagnostic) -> int:
    return problem.span.start if problem.span else 0


def _bad_character(character: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "bad-character",
        f"the source holds a control character (U+{ord(character):04X})",
        span,
        help="delete it; in a string such a character is written with `\\u` and four digits",
    )
