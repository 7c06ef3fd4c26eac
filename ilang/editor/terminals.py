"""Which terminal of the grammar each token is: `model` a keyword here, a parameter's name there.

Walks the parse tables beside the tokens and makes no tree. Where the text is wrong the walk begins anew at the next
declaration, so that what is right is told apart all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ilang.base.source import Source
from ilang.syntax.lexer import DECLARATIONS
from ilang.syntax.tables import tables
from ilang.syntax.token import Token

States = tuple[int, ...]


def begin(start: str = "start") -> States:
    """The parser's stack before the first token of a declaration (`start`) or a hole (`hole`)."""
    return (tables().starts[start][0],)


def after(states: States, terminal: str) -> States | None:
    """The stack behind one more terminal; None where it cannot stand here."""
    table = tables()
    stack = list(states)
    while True:
        action = table.actions[stack[-1]].get(terminal)
        if action is None:
            return None
        if action >= 0:
            return (*stack, action)
        rule = table.rules[~action]
        del stack[len(stack) - rule.size :]
        goto = table.gotos[stack[-1]].get(rule.origin)
        if goto is None:
            return None
        stack.append(goto)


def take(states: States, token: Token) -> tuple[str, States] | None:
    """The terminal that a token is, and the stack behind it; None where it cannot stand here."""
    for terminal in token.terminals:
        then = after(states, terminal)
        if then is not None:
            return terminal, then
    return None


def expected(states: States) -> frozenset[str]:
    """The terminals that can come next."""
    row = tables().actions[states[-1]]
    return frozenset(t for t in row if t != "$END" and after(states, t) is not None)


def terminals(source: Source, tokens: Sequence[Token], start: str = "start") -> Iterator[tuple[Token, str]]:
    """Each token with its terminal, those in the holes of texts behind their text; "" where a token is wrong."""
    states: States | None = begin(start)
    for token in tokens:
        if _opens(source, token) and start == "start":
            then = take(states, token) if states is not None else None
            if then is None:
                states = begin(start)
        found = take(states, token) if states is not None else None
        if found is None:
            states = None
            yield token, _guess(token)
        else:
            terminal, states = found
            yield token, terminal
        for hole in token.holes:
            yield from terminals(source, hole.tokens, "hole")


def _opens(source: Source, token: Token) -> bool:
    """Whether a token may begin a declaration."""
    at = token.start
    return token.text in DECLARATIONS and (at == 0 or source.text[at - 1] == "\n")


def _guess(token: Token) -> str:
    """What a token most likely is where the text around it is wrong."""
    if token.trouble and '"' in token.text[:4]:
        return "STRING"
    return token.terminals[0] if token.terminals else ""
