"""heal(text, offset): the text with what is missing behind a place, so that it can be checked while it is written.

    pipeline main(q: text) -> number { solve(q) | sam      becomes      ... { solve(q) | sam }

What is open at the place (brackets, texts, holes) is closed from the inside out, with the least that the grammar asks
for before each. The rest of the declaration is left out; the other declarations stand.
"""

from __future__ import annotations

import re

from ilang.base.noun import noun
from ilang.base.source import Source
from ilang.editor.terminals import States, begin, expected, take
from ilang.syntax.lexer import DECLARATION_LINE, lex
from ilang.syntax.token import Token

PLACEHOLDER = "ilang_here"

_CODE = re.compile(r'(?P<comment>#(?!""")[^\n]*)|(?P<text>#?""")|(?P<string>"(?:\\.|[^"\\\n])*"?)|(?P<sign>[()\[\]{}])')
_TEXT_STOP = {'"""': re.compile(r'\{\{|"{3,}'), '#"""': re.compile(r'\{\{|"""#')}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_TERMINAL = {")": "RPAR", "]": "RSQB", "}": "RBRACE"}

_FILLERS: tuple[str, ...] = (
    "",
    " none",
    ": text",
    " = none",
    " => none",
    " { none }",
    " else { none }",
    " { none } else { none }",
    '"""x"""',
    ' user """x"""',
    " -> text { none }",
    " = none none",
    " from std",
    " expect true",
)
"""What may be missing before a bracket closes, the least first."""


@noun
class Frame:
    """Code from `start` on: a declaration, or a hole. `text`: where the text begins that holds the next frame."""

    start: int
    brackets: tuple[str, ...]
    quotes: str
    text: int = -1


@noun
class Opened:
    """What is open at a place. `where`: code, a comment, a string, or a text outside of its holes."""

    where: str
    frames: tuple[Frame, ...]
    quotes: str = ""


@noun
class Place:
    """A place in code: the tokens before it in its frame, and what the grammar takes there.

    `states` is None where the text before it is wrong. `word` is what stands before the place and is being written.
    """

    opened: Opened
    tokens: tuple[Token, ...]
    states: States | None
    expected: frozenset[str]
    word: str
    start: int
    hole: bool


def declaration_start(text: str, offset: int) -> int:
    """Where the declaration begins in which an offset stands."""
    return max((m.start() for m in DECLARATION_LINE.finditer(text, 0, offset)), default=0)


def opened(text: str, start: int, offset: int) -> Opened:
    """What is open at an offset, read from the start of a declaration."""
    frames: list[tuple[int, list[str], str, int]] = [(start, [], "", -1)]
    quotes: list[str] = []
    at = start
    while at < offset:
        code_start, brackets, _, _ = frames[-1]
        if quotes and len(quotes) == len(frames):  # in a text, outside of its holes
            m = _TEXT_STOP[quotes[-1]].search(text, at, offset)
            if m is None:
                return Opened("text", _frames(frames), quotes[-1])
            at = m.end()
            if m[0] == "{{":
                frames.append((at, [], quotes[-1], -1))
            else:
                quotes.pop()
                s, b, q, _ = frames[-1]
                frames[-1] = (s, b, q, -1)
            continue
        m = _CODE.search(text, at, offset)
        hole_end = text.find("}}", at, offset) if len(frames) > 1 and "{" not in brackets else -1
        if hole_end >= 0 and (m is None or hole_end <= m.start()):
            frames.pop()
            at = hole_end + 2
            continue
        if m is None:
            break
        at = m.end()
        if m["comment"] is not None:
            if at == offset:
                return Opened("comment", _frames(frames))
        elif m["text"] is not None:
            frames[-1] = (code_start, brackets, frames[-1][2], m.start())
            quotes.append(m["text"])
        elif m["string"] is not None:
            if at == offset and (len(m["string"]) == 1 or not m["string"].endswith('"')):
                return Opened("string", _frames(frames))
        elif m["sign"] in _CLOSING:
            brackets.append(m["sign"])
        elif brackets and _CLOSING[brackets[-1]] == m["sign"]:
            brackets.pop()
    if quotes and len(quotes) == len(frames):
        return Opened("text", _frames(frames), quotes[-1])
    return Opened("code", _frames(frames))


def _frames(frames: list[tuple[int, list[str], str, int]]) -> tuple[Frame, ...]:
    return tuple(Frame(start, tuple(brackets), quotes, text) for start, brackets, quotes, text in frames)


def place(text: str, offset: int) -> Place:
    """What stands before an offset, and what can come there."""
    open_ = opened(text, declaration_start(text, offset), offset)
    m = re.search(r"[A-Za-z_][A-Za-z0-9_]*\Z", text[max(0, offset - 100) : offset])
    word = m[0] if m and open_.where == "code" else ""
    frame = open_.frames[-1]
    tokens = lex(Source("", text[frame.start : offset - len(word)])).tokens
    hole = len(open_.frames) > 1
    states = _walk(tokens, hole=hole)
    can = expected(states) if states is not None else frozenset[str]()
    return Place(open_, tokens, states, can, word, frame.start, hole)


def _walk(tokens: tuple[Token, ...], *, hole: bool) -> States | None:
    states: States | None = begin("hole" if hole else "start")
    for token in tokens:
        found = take(states, token) if states is not None else None
        if found is None:
            return None
        states = found[1]
    return states


def heal(text: str, offset: int, word: str = PLACEHOLDER) -> str:
    """The text with `word` at the offset and what closes the declaration around it."""
    start = declaration_start(text, offset)
    behind = DECLARATION_LINE.search(text, offset)
    rest = text[behind.start() :] if behind else ""
    open_ = opened(text, start, offset)
    made = text[:offset] + word
    frames = open_.frames
    if open_.where == "text":  # not in code: close the text first
        made = text[:offset] + open_.quotes[::-1]
    for depth in range(len(frames) - 1, -1, -1):
        frame = frames[depth]
        innermost = depth == len(frames) - 1
        code = made[frame.start :] if innermost else text[frame.start : frame.text] + '"""x"""'
        added = _close(code, frame, hole=depth > 0)
        made += added
        if depth:
            made += "}}" + frame.quotes[::-1]
    return made + "\n" + rest


def _close(code: str, frame: Frame, *, hole: bool) -> str:
    """What closes the brackets of a frame."""
    states = _walk(lex(Source("", code)).tokens, hole=hole)
    added = ""
    for bracket in reversed(frame.brackets):
        closing = _CLOSING[bracket]
        filler, states = _fill(states, closing)
        added += filler + " " * (closing == "}") + closing
    if states is not None and not hole:
        filler, _ = _fill(states, "")
        added += filler
    return added


def _fill(states: States | None, closing: str) -> tuple[str, States | None]:
    """The least that makes a closing bracket (or the end) possible."""
    if states is None:
        return "", None
    for filler in _FILLERS:
        then: States | None = states
        for token in lex(Source("", filler + closing)).tokens:
            found = take(then, token) if then is not None else None
            then = found[1] if found is not None else None
        if then is not None and (closing or "PIPELINE" in expected(then)):
            return filler, then
    return "", None
