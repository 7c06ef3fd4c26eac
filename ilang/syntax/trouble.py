"""The facts at the token where a parser could not go on, and what they are called. Knows no mistake by name."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.syntax.automaton import END, fits
from ilang.syntax.lexer import DECLARATIONS, ends_operand
from ilang.syntax.tables import symbols, tables
from ilang.syntax.token import Token

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_VALUES = frozenset(
    "NAME FUNC TYPE NUMBER STRING TEXT TRUE FALSE NONE IT THEM IF NOT NEG WITHIN LPAR LSQB LBRACE".split()
)
_OPERATORS = frozenset(("PLUS", "MINUS", "MUL", "COMPARE", "AND", "OR", "IN", "NOT_IN"))
_CALLED = {"NAME": "a name", "FUNC": "a call", "TYPE": "a type name", "STRING": "a string", "TEXT": 'a `"""` text'}
_CALLED |= {"ROLE": "a role", END: "the end", "NUMBER": "a number", "REGION": "`repeat`, `focus` or `per`"}


class Trouble:
    """Where a parser is stuck: the tokens of one declaration or hole, the place among them, the parser's stack.

    `found` is the token's spelling, "" at the end; `stack` the grammar symbols read so far, reduced as far as the
    token allowed; `start` the symbol that was to be read (`start` for declarations, `hole`); `end` where the tokens'
    text ends.
    """

    def __init__(
        self, source: Source, tokens: Sequence[Token], index: int, states: Sequence[int], end: int, start: str
    ) -> None:
        self.source = source
        self.tokens = tokens
        self.index = index
        self.states = states
        self.end = end
        self.start = start
        self.found = tokens[index].text if index < len(tokens) else ""
        self.stack = tuple(symbols()[state] for state in states[1:])

    def token(self, steps: int = 0) -> Token | None:
        """The token `steps` behind (or, if negative, before) the one at which the parser is stuck."""
        place = self.index + steps
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def word(self, steps: int) -> str:
        """The spelling of that token, "" where there is none."""
        token = self.token(steps)
        return token.text if token else ""

    def is_a(self, terminal: str, steps: int = 0) -> bool:
        """Whether that token could be such a terminal."""
        token = self.token(steps)
        return token is not None and terminal in token.terminals

    def touches(self, steps: int = 0) -> bool:
        """Whether nothing stands between that token and the one before it."""
        before, here = self.token(steps - 1), self.token(steps)
        return bool(before and here and before.end == here.start)

    def spells(self, sign: str, steps: int = -1) -> bool:
        """Whether the tokens from `steps` on spell `sign` without a gap: `&&`, `|>`."""
        first = self.token(steps)
        return first is not None and self.source.text.startswith(sign, first.start)

    def at(self, steps: int = 0) -> Span:
        """The place of that token; where there is none, the place at which one is missing."""
        token = self.token(steps)
        if token:
            return Span(self.source, token.start, token.end)
        end = self.tokens[-1].end if self.tokens and self.start == "start" else self.end
        return Span(self.source, end, end)

    def on_top(self, *names: str) -> bool:
        """Whether these symbols end the stack; `*` stands for any one."""
        top = self.stack[max(0, len(self.stack) - len(names)) :]
        return len(top) == len(names) and all(n in ("*", s) for n, s in zip(names, top, strict=True))

    def in_a(self, keyword: str) -> bool:
        """Whether the declaration that is being read begins with that keyword's terminal."""
        return keyword in self.stack[:2]

    @functools.cached_property
    def opener(self) -> Token | None:
        """The innermost bracket that is open before the token."""
        still_open: list[Token] = []
        for token in self.tokens[: self.index]:
            if token.text in _CLOSING:
                still_open.append(token)
            elif still_open and token.text == _CLOSING[still_open[-1].text]:
                still_open.pop()
        return still_open[-1] if still_open else None

    @functools.cached_property
    def expected(self) -> frozenset[str]:
        """The terminals that can come here."""
        return _expected(tuple(self.states), self.start)

    def takes(self, *terminals: str) -> bool:
        """Whether one of the terminals can come here."""
        return not self.expected.isdisjoint(terminals)

    def takes_only(self, *terminals: str) -> bool:
        """Whether nothing but these terminals can come here."""
        return self.expected <= set(terminals)

    def takes_value(self) -> bool:
        """Whether a value can begin here."""
        return "NUMBER" in self.expected

    def takes_operator(self) -> bool:
        """Whether a value that can go on ends before this place."""
        return "PLUS" in self.expected

    def begins_value(self) -> bool:
        """Whether the token could begin a value, were one to stand here."""
        token = self.token()
        return token is not None and not _VALUES.isdisjoint(token.terminals)

    def juxtaposed(self) -> bool:
        """Whether the token could begin a value right behind another."""
        before = self.token(-1)
        return before is not None and ends_operand(before) and self.begins_value()

    def is_operator(self) -> bool:
        """Whether the token could join two values."""
        token = self.token()
        return token is not None and not _OPERATORS.isdisjoint(token.terminals)

    def at_declaration(self) -> bool:
        """Whether a declaration can begin here."""
        return "PIPELINE" in self.expected

    def in_type(self) -> bool:
        """Whether a type ends before this place."""
        return "QMARK" in self.expected or self.on_top("QMARK")

    def behind_stage(self) -> bool:
        """Whether a `|` stands before the token, in the same brackets and the same value."""
        level = 0
        for token in reversed(self.tokens[: self.index]):
            level += (token.text in _CLOSING.values()) - (token.text in _CLOSING)
            if level < 0 or (level == 0 and token.text in ("let", "expect", ",")):
                return False
            if level == 0 and token.text == "|":
                return True
        return False

    def fill(self, text: str) -> str:
        """A text with `$found` and its like replaced by what they stand for here."""
        if not self.found:
            text = text.replace("`$found`", "the end")
        return re.sub(r"\$([a-z]+)", lambda match: self._fact(match[1]), text)

    def _fact(self, name: str) -> str:
        match name:
            case "found":
                return _short(self.found)
            case "before":
                return _short(self.word(-1))
            case "next":
                return _short(self.word(1))
            case "open":
                return self.opener.text if self.opener else ""
            case "declaration":
                return near_declaration(self.found) or ""
            case "expected":
                return self._expected_in_words()
            case _:
                raise KeyError(name)

    def explain(self) -> Diagnostic:
        """The trouble in words: the lexer's own, or those of the first mistake that it looks like."""
        from ilang.syntax.mistakes import MISTAKES  # a large table that a right program does not need

        token = self.token()
        if token and token.trouble:
            return token.trouble
        return next(mistake for mistake in MISTAKES if mistake.when(self)).diagnose(self)

    def _expected_in_words(self) -> str:
        names = set(self.expected)
        words = []
        if "NUMBER" in names:
            words.append("a value")
            names -= _VALUES
        if "PLUS" in names:
            words.append("an operator")
            names -= _OPERATORS
        if {"NAME", "FUNC"} <= names:
            names.discard("FUNC")
        words += sorted(_CALLED.get(name) or f"`{_spelling(name)}`" for name in names)
        return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


@functools.lru_cache(maxsize=256)  # a slip is often made again and again
def _expected(states: tuple[int, ...], start: str) -> frozenset[str]:
    return frozenset(terminal for terminal in tables().actions[states[-1]] if fits(states, terminal, start))


@functools.lru_cache(maxsize=256)
def near_declaration(word: str) -> str | None:
    """The keyword of a declaration that a word is nearly."""
    import difflib

    return next(iter(difflib.get_close_matches(word, sorted(DECLARATIONS), 1, 0.7)), None)


def _spelling(terminal: str) -> str:
    """How a terminal that has one spelling is spelled."""
    spellings = {**tables().signs, **tables().words}
    return next((spelling for spelling, names in spellings.items() if names[0] == terminal), terminal.lower())


def _short(spelling: str) -> str:
    """A token as a message shows it: its first line, cut where it is long; what cannot be seen as its number."""
    if len(spelling) == 1 and not (spelling.isprintable() and spelling.strip()):
        return f"U+{ord(spelling):04X}"
    first = spelling.partition("\n")[0]
    return first if len(first) <= 30 and first == spelling else f"{first[:30]}..."
