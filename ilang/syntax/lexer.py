r'''Lex a source into tokens. Knows spellings and where a text ends; what may stand where is the grammar's business.

Words and signs are read by one regular expression, made from the patterns of grammar.lark. A text cannot be read
that way, as its holes hold expressions, and these may hold texts again:

    """Passages: {{ passages | each("""- {{it}}""") | join("\n") }}"""

So a text is read to its first `{{` or closing quotes; a hole is read as tokens to the `}}` outside of all braces.
A `"""` in a hole opens a text, except behind a value outside of braces (`{{name"""`), where no text can stand: there
the hole was left open. After a hole without an end, the rest of the source is read without texts in holes, which
bounds the work.
'''

from __future__ import annotations

import functools
import re

from ilang.base.diagnostic import Diagnostic
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.syntax import limits
from ilang.syntax.tables import tables
from ilang.syntax.token import Comment, Hole, Lexed, Token

DECLARATIONS = frozenset(("use", "model", "record", "enum", "prompt", "pipeline", "test"))
DECLARATION_LINE = re.compile(r'^(?:use|model|record|enum|prompt|pipeline|test)[ \t]+[A-Za-z_"]', re.MULTILINE)

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]|\r(?!\n)")
"""Characters that no source holds: they cannot be seen, or not be saved."""

_TEXT_STOP = re.compile(r'\{\{|"{3,}')
_HASH_TEXT_STOP = re.compile(r'\{\{|"""#')
_NOT_OPERANDS = frozenset(("and", "or", "not", "in", "not in", "if", "else"))


def lex(source: Source) -> Lexed:
    """All tokens and comments of a source. Never fails: what is wrong becomes a token that the parser refuses."""
    lexer = _Lexer(source)
    tokens, _ = lexer.tokens(int(source.text.startswith("\ufeff")), texts=0, brackets=0)
    return Lexed(tuple(tokens), tuple(lexer.comments))


def ends_operand(token: Token) -> bool:
    """Whether a value can end with this token, so that no other value can begin behind it."""
    last = token.text[-1]
    return (last.isalnum() or last in '_")]}' or token.text.endswith('"""#')) and token.text not in _NOT_OPERANDS


class _Unclosed(Exception):
    """A hole has no end, or texts stand too deep in holes."""

    def __init__(self, trouble: Diagnostic | None = None) -> None:
        super().__init__()
        self.trouble = trouble


@functools.cache
def _scanner() -> re.Pattern[str]:
    """One pattern for all tokens; of two that fit the first wins."""
    patterns = tables().patterns
    signs = "|".join(re.escape(s) for s in sorted(tables().signs, key=len, reverse=True))
    return re.compile(
        rf"""(?P<space>\s+)|(?P<comment>{patterns["COMMENT"]})|(?P<text>\#?\"\"\")|(?P<STRING>{patterns["STRING"]})"""
        rf"""|(?P<NOT_IN>{patterns["NOT_IN"]})|(?P<word>{patterns["NAME"]})|(?P<TYPE>{patterns["TYPE"]})"""
        rf"""|(?P<NUMBER>{patterns["NUMBER"]})|(?P<sign>{signs})|(?P<quote>")|(?P<other>.)"""
    )


class _Lexer:
    """One source on its way into tokens."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.comments: list[Comment] = []
        self.texts_in_holes = True
        self.unclosed_texts = 0

    def tokens(self, at: int, texts: int, brackets: int) -> tuple[list[Token], int]:
        """The tokens from `at` and where they end: at the end of the source, or behind the `}}` if in a text's hole."""
        text, match = self.text, _scanner().match
        words, calls, signs = tables().words, tables().calls, tables().signs
        name, call = ("NAME",), ("FUNC", "NAME")
        tokens: list[Token] = []
        braces = 0
        while at < len(text):
            found = match(text, at)
            assert found is not None
            kind, end = found.lastgroup, found.end()
            if kind == "NOT_IN" and tokens and tokens[-1].text == ".":
                kind, end = "word", at + len("not")  # a field or member of that name
            if kind == "space":
                pass
            elif kind == "word":
                word = text[at:end]
                terminals = calls.get(word, call) if text.startswith("(", end) else words.get(word, name)
                tokens.append(Token(terminals, word, at, end))
                if word in DECLARATIONS and not texts and (at == 0 or text[at - 1] == "\n"):
                    brackets = 0
            elif kind == "sign":
                sign = text[at:end]
                if sign in "([{":
                    brackets += 1
                    braces += sign == "{"
                    if brackets > limits.BRACKETS:
                        trouble = self._too_deep(at) if brackets == limits.BRACKETS + 1 else None  # of many the first
                        tokens.append(Token((), sign, at, end, (), trouble))
                        at = end
                        continue
                elif sign in ")]}":
                    if sign == "}":
                        if texts and not braces and text.startswith("}}", at):
                            return tokens, at + 2
                        braces -= braces > 0
                    brackets -= brackets > 0
                tokens.append(Token(signs[sign], sign, at, end))
            elif kind == "comment":
                self.comments.append(Comment(at, end))
            elif kind == "text":
                if texts and (not self.texts_in_holes or (tokens and not braces and ends_operand(tokens[-1]))):
                    raise _Unclosed
                token = self._text(at, texts, brackets) or self._unclosed_text(tokens, at)
                tokens.append(token)
                end = token.end
            elif kind == "quote":
                end = end if texts else self._line_end(at)
                tokens.append(Token((), text[at:end], at, end, (), self._unclosed_string(at, end)))
            elif kind == "other":
                tokens.append(Token((), text[at:end], at, end))
            elif kind is not None:
                tokens.append(Token((kind,), text[at:end], at, end))
            at = end
        if texts:
            raise _Unclosed
        return tokens, at

    def _text(self, at: int, texts: int, brackets: int) -> Token | None:
        """The text that opens at `at`; None if its closing quotes are missing."""
        text = self.text
        if texts >= limits.TEXTS:
            raise _Unclosed(self._too_deep(at))
        stop = _HASH_TEXT_STOP if text[at] == "#" else _TEXT_STOP
        end = text.index('"""', at) + 3
        holes: list[Hole] = []
        trouble: Diagnostic | None = None
        while found := stop.search(text, end):
            start, end = found.span()
            if text[start] != "{":
                return Token(("TEXT",), text[at:end], at, end, tuple(holes), trouble)
            if trouble:
                continue
            comments = len(self.comments)
            try:
                tokens, end = self.tokens(end, texts + 1, brackets)
                holes.append(Hole(start, end, tuple(tokens)))
            except _Unclosed as unclosed:
                if texts:
                    raise
                trouble = unclosed.trouble or self._unclosed_hole(start, self.comments[comments:])
                del self.comments[comments:]
                self.texts_in_holes = False
        if texts:
            raise _Unclosed
        return None

    def _unclosed_text(self, tokens: list[Token], at: int) -> Token:
        """A refused token for a text without an end, up to where reading can go on.

        If an earlier text runs over a line that starts a declaration, it is that one which was not closed, and what
        was taken for its end is the beginning of the next: the tokens since are taken back.
        """
        self.unclosed_texts += 1
        if self.unclosed_texts > limits.UNCLOSED_TEXTS:
            return Token((), self.text[at:], at, len(self.text), (), self._open_text(at, None))
        for place, token in enumerate(tokens):
            if token.terminals == ("TEXT",) and DECLARATION_LINE.search(self.text, token.start, token.end):
                at = token.start
                del tokens[place:]
                self.comments = [comment for comment in self.comments if comment.start < at]
                break
        resume = DECLARATION_LINE.search(self.text, at)
        end = resume.start() if resume else len(self.text)
        return Token((), self.text[at:end], at, end, (), self._open_text(at, end if resume else None))

    def _open_text(self, at: int, declaration: int | None) -> Diagnostic:
        quotes = '#"""' if self.text[at] == "#" else '"""'
        notes: tuple[str, ...] = ()
        if declaration is not None:
            line, _ = self.source.line_column(declaration)
            notes = (f"it would run over line {line}, which starts a declaration",)
        return Diagnostic(
            "unclosed-text",
            f"this `{quotes}` is never closed",
            Span(self.source, at, at + len(quotes)),
            label="the text begins here",
            help=f"put `{quotes[::-1]}` where the text ends",
            notes=notes,
        )

    def _unclosed_hole(self, at: int, comments: list[Comment]) -> Diagnostic:
        on_line = comments and comments[0].start < self._line_end(at)
        return Diagnostic(
            "unclosed-hole",
            "this `{{` has no `}}`",
            Span(self.source, at, at + 2),
            label="the hole begins here",
            help='close it with `}}`; to print braces write `{{"{{"}}`',
            notes=("`#` begins a comment in a hole too, to the end of the line",) if on_line else (),
        )

    def _unclosed_string(self, at: int, end: int) -> Diagnostic:
        return Diagnostic(
            "unclosed-string",
            "this string is not closed on its line",
            Span(self.source, at, end),
            help='close it with `"`; a text of several lines stands in `"""`, and a quote in a string is `\\"`',
        )

    def _too_deep(self, at: int) -> Diagnostic:
        return limits.nested_too_deep(Span(self.source, at, at + 1))

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return end if end >= 0 else len(self.text)
