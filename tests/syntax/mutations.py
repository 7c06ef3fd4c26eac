"""Sources that are nearly programs: the examples with some tokens lost, doubled, swapped or put in."""

from __future__ import annotations

import functools

from hypothesis import strategies as st

from ilang.base.source import Source
from ilang.syntax.lexer import lex
from ilang.syntax.tables import tables
from tests.syntax.parsing import EXAMPLES

STRAY = (
    *tables().signs,
    *tables().words,
    *'; \' ` & ! % $ @ \\ " """ #""" {{ }} # // é \u200b 1e999 "\\q" 12 x X \n \t'.split(" "),
)


@functools.cache
def spellings(number: int) -> tuple[str, ...]:
    """An example cut into tokens, each with the white space behind it."""
    text = EXAMPLES[number].read_text(encoding="utf-8")
    starts = [token.start for token in lex(Source("", text)).tokens]
    return tuple(text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True))


@st.composite
def mutated(draw: st.DrawFn, stray: tuple[str, ...] = STRAY) -> str:
    """A part of an example with one to four changes."""
    parts = list(spellings(draw(st.integers(0, len(EXAMPLES) - 1))))
    start = draw(st.integers(0, max(0, len(parts) - 60)))
    parts = parts[start : start + draw(st.integers(1, 120))]
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(parts) - 1))
        match draw(st.integers(0, 4)):
            case 0:
                parts[place] = ""
            case 1:
                parts.insert(place, parts[draw(st.integers(0, len(parts) - 1))])
            case 2:
                other = draw(st.integers(0, len(parts) - 1))
                parts[place], parts[other] = parts[other], parts[place]
            case 3:
                parts.insert(place, draw(st.sampled_from(stray)))
            case _:
                cut = draw(st.integers(0, len(parts[place])))
                parts[place] = parts[place][:cut]
    return "".join(parts)
