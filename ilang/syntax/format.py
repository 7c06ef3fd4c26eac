"""formatted(text): the layout of a source made the usual one. Changes white space, and nothing else.

Where lines end is the writer's choice, and stays. How far they are indented, what stands between two words of a
line, and how many lines are empty, is not. The lines of a text in `\"\"\"` are moved together, so that what it says
stays; a hole that runs over lines is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.syntax.dedent import dedent
from ilang.syntax.lexer import ends_operand, lex
from ilang.syntax.parse import parse
from ilang.syntax.tables import tables
from ilang.syntax.token import Comment, Hole, Lexed, Token

STEP = 2
"""Blanks of one level."""

_OPENING = "([{"
_CLOSING = ")]}"
_OPERATORS = frozenset(
    ("->", "=>", "=", "+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in")
)
_HOLE = "\0"  # stands for a hole while a text is moved; no source holds it


def formatted(text: str, name: str = "") -> str:
    """The source in the usual layout. Raises IlangError where it cannot be parsed."""
    source = Source(name, text)
    module = parse(source)
    lexed = lex(source)
    starts = frozenset(d.span.start for d in module.declarations)
    made = _Layout(text, starts).lines(lexed)
    again = lex(Source(name, made))
    if _told(text, lexed) != _told(made, again):
        raise IlangError(
            [
                Diagnostic(
                    "format-changes-tokens",
                    "the formatter would have changed more than white space, so it changed nothing",
                    help="please report it with the file",
                )
            ]
        )
    return made


def _told(text: str, lexed: Lexed) -> tuple[list[object], list[str]]:
    """What a source says, its layout left aside."""
    return list(_words(text, lexed.tokens)), [text[c.start : c.end].rstrip() for c in lexed.comments]


def _words(text: str, tokens: Sequence[Token]) -> Iterator[object]:
    for token in tokens:
        if token.terminals == ("TEXT",):
            yield token.text[0] == "#"
            yield dedent(_HOLE.join(_literals(token)))
            for hole in token.holes:
                yield "{{"
                yield from _words(text, hole.tokens)
        else:
            yield " ".join(token.text.split()) if token.terminals == ("NOT_IN",) else token.text


def _literals(token: Token) -> Iterator[str]:
    """What stands between the holes of a text, quotes left out."""
    quotes = 4 if token.text[0] == "#" else 3
    at = quotes
    for hole in token.holes:
        yield token.text[at : hole.start - token.start]
        at = hole.end - token.start
    yield token.text[at:-quotes]


@dataclass(slots=True)
class _Bracket:
    """An open bracket: how far what stands in it is indented less a level, how many words stand in it since the last
    comma, and the word with which its statement begins."""

    sign: str
    indent: int
    words: int = 0
    statement: str = ""

    def see(self, one: Token) -> None:
        """One more token directly inside."""
        self.words = 0 if one.text == "," else self.words + 1
        if one.text == "let":
            self.statement = "let"


@dataclass(slots=True)
class _Layout:
    """Lays out one source."""

    text: str
    starts: frozenset[int]
    made: list[str] = field(default_factory=list)
    open: list[_Bracket] = field(default_factory=list)
    line: str = ""  # the first word of the line

    def lines(self, lexed: Lexed) -> str:
        indent = 0
        before: Token | Comment | None = None
        word: Token | None = None  # the token before, comments left aside
        earlier: Token | None = None  # and the one before that
        for one in _in_order(lexed):
            gap = self.text[before.end : one.start] if before is not None else ""
            lines = gap.count("\n")
            if isinstance(one, Comment):
                if before is None:
                    indent = 0
                elif not lines:
                    self.made.append(" " * max(2, len(gap)) if "\t" not in gap else "  ")
                else:
                    indent = self._level(None, word)
                    self._break(lines, indent, after_opening=_is(before, _OPENING))
                self.made.append(self.text[one.start : one.end].rstrip())
                before = one
                continue
            if one.start in self.starts and before is not None:
                lines = max(lines, 1)
            if before is None:
                indent = 0
            elif lines:
                indent = self._level(one, word)
                self._break(1 if one.text in _CLOSING else lines, indent, after_opening=_is(before, _OPENING))
            else:
                assert word is not None
                self.made.append(self._between(earlier, word, one))
            if lines or before is None:
                self.line = one.text
            self._count(one, indent)
            self.made.append(self._shown(one, indent))
            before, earlier, word = one, word, one
        return "".join(self.made).strip("\n") + "\n" if self.made else ""

    def _break(self, lines: int, indent: int, *, after_opening: bool) -> None:
        self.made.append("\n" * (1 if after_opening else min(lines, 2)) + " " * indent)

    def _level(self, one: Token | None, before: Token | None) -> int:
        """How far a line is indented that begins with this token; None: with a comment."""
        if one is not None and one.start in self.starts:
            return 0
        bracket = self.open[-1] if self.open else None
        inside = bracket.indent + STEP if bracket else 0
        if one is None:
            return inside
        if one.text in _CLOSING:
            return bracket.indent if bracket else 0
        if one.text == "|":
            return inside + STEP if bracket and bracket.statement in _STATEMENTS else inside
        if goes_on(one, before):
            return inside + STEP
        if bracket:
            bracket.statement = one.text
        return inside

    def _count(self, one: Token, indent: int) -> None:
        """Keeps what is open."""
        if one.text in _CLOSING:
            if self.open:
                self.open.pop()
            return
        if self.open:
            self.open[-1].see(one)
        if one.text in _OPENING:
            behind_pipe = self.line == "|" and one.text != "{"
            self.open.append(_Bracket(one.text, indent + STEP if behind_pipe else indent))

    def _between(self, earlier: Token | None, a: Token, b: Token) -> str:
        """What stands between two tokens of a line."""
        return between(earlier, a, b, adjacent=a.end == b.start, bracket=self.open[-1] if self.open else None)

    def _shown(self, one: Token, indent: int) -> str:
        """A token as it stands in the result."""
        if one.terminals == ("NOT_IN",):
            return "not in"
        if one.terminals != ("TEXT",):
            return one.text
        return moved(self.text, one, indent)


def between(earlier: Token | None, a: Token, b: Token, *, adjacent: bool, bracket: _Bracket | None) -> str:
    """What stands between two tokens of a line: nothing or a blank."""
    left, right = a.text, b.text
    if left in ("(", "[", ".") or right in (")", "]", ",", ":", "?"):
        return ""
    if left == "{" or right == "}":
        return " "
    if right == ".":
        return " " if left == "|" or left in _OPERATORS else ""
    if "=" in (left, right) and bracket is not None and bracket.sign == "(":
        if bracket.words == (1 if right == "=" else 2):
            return ""  # a named argument
    if right in ("(", "["):
        if left == "|" or left in _OPERATORS or left in (",", ":", "}"):
            return " "
        if not (left[-1].isalnum() or left[-1] == "_"):
            return "" if adjacent else " "
        if left in tables().words or left in ("not in",):
            return "" if adjacent and right == "(" and left not in _WORDY else " "
        return "" if right == "[" or adjacent else " "
    if left == "-" and not is_operand(earlier):
        return ""
    return " "


def goes_on(one: Token, before: Token | None) -> bool:
    """Whether a line goes on with what the line before has begun. A body behind `=>` stands as it would alone."""
    if before is None or before.text in ("{", "(", "[", ",", "|", "=>"):
        return False
    if one.text in _OPERATORS and (one.text != "-" or is_operand(before)):
        return True
    return before.text in _OPERATORS or before.text in (":", "not")


def is_operand(token: Token | None) -> bool:
    """Whether a value ends with this token."""
    return token is not None and ends_operand(token) and (token.text not in tables().words or token.text in _VALUES)


_VALUES = frozenset(("true", "false", "none", "it", "them"))
_STATEMENTS = frozenset(("let", "expect", "replies"))
_WORDY = frozenset(("and", "or", "not", "in", "not in", "if", "else"))


def moved(source: str, token: Token, indent: int) -> str:
    """A text whose lines begin a level behind the line on which it opens; what it says stays."""
    quotes = 4 if token.text[0] == "#" else 3
    opening, closing = token.text[:quotes], token.text[-quotes:]
    holes = [shown_hole(source, hole) for hole in token.holes]
    body = _HOLE.join(_literals(token))
    if "\n" in body:
        margin = " " * (indent + STEP)
        first = body.replace("\r\n", "\n").split("\n")
        kept = first[0] if first[0].strip(" \t") else ""
        last_is_layout = not first[-1].strip(" \t")
        lines = first[1:-1] if last_is_layout else first[1:]
        cut = _margin(lines)
        rest = [margin + line[cut:] if line.strip(" \t") else "" for line in lines]
        body = "\n".join([kept, *rest, *([margin] if last_is_layout else [])])
    parts = body.split(_HOLE)
    return opening + "".join(x for pair in zip(parts, [*holes, ""], strict=True) for x in pair) + closing


def _margin(lines: Sequence[str]) -> int:
    """How many blanks all lines have in common at their beginning."""
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip(" \t")]
    if not indents:
        return 0
    low, high = min(indents), max(indents)
    return next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))


def shown_hole(source: str, hole: Hole) -> str:
    """A hole of a text. One that runs over lines, or holds a comment, is left as it is."""
    written = source[hole.start : hole.end]
    if "\n" in written or not hole.tokens:
        return written
    made: list[str] = []
    stack: list[_Bracket] = []
    earlier: Token | None = None
    for place, one in enumerate(hole.tokens):
        if place:
            a = hole.tokens[place - 1]
            made.append(between(earlier, a, one, adjacent=a.end == one.start, bracket=stack[-1] if stack else None))
            earlier = a
        if one.text in _CLOSING:
            del stack[-1:]
        else:
            if stack:
                stack[-1].see(one)
            if one.text in _OPENING:
                stack.append(_Bracket(one.text, 0))
        if one.terminals == ("TEXT",):
            holes = [shown_hole(source, inner) for inner in one.holes]
            quotes = 4 if one.text[0] == "#" else 3
            parts = list(_literals(one))
            inner = "".join(x for pair in zip(parts, [*holes, ""], strict=True) for x in pair)
            made.append(one.text[:quotes] + inner + one.text[-quotes:])
        else:
            made.append(" ".join(one.text.split()) if one.terminals == ("NOT_IN",) else one.text)
    inside = "".join(made)
    left = " " if inside.startswith("{") else ""
    right = " " if inside.endswith("}") else ""
    return "{{" + left + inside + right + "}}"


def _in_order(lexed: Lexed) -> Iterator[Token | Comment]:
    """Tokens and comments by place; comments inside holes are the holes' own."""
    comments = iter(lexed.comments)
    comment = next(comments, None)
    for token in lexed.tokens:
        while comment is not None and comment.start < token.start:
            yield comment
            comment = next(comments, None)
        yield token
        while comment is not None and comment.start < token.end:
            comment = next(comments, None)
    while comment is not None:
        yield comment
        comment = next(comments, None)


def _is(one: Token | Comment | None, signs: str) -> bool:
    return isinstance(one, Token) and one.text in signs
