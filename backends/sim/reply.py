"""Writes a whole reply at once, one of a few: a verdict, a rating, a label, a JSON object, a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ilang_backends.sim.tokens import tokenize
from ilang_backends.sim.writer import Piece, State


@dataclass(frozen=True, slots=True)
class WholeReply:
    """The writer of whole replies; each text stands once, and the probabilities sum to 1."""

    options: tuple[Piece, ...]

    def pieces(self, state: State) -> Sequence[Piece]:
        return self.options if any(option.fits(state.open) for option in self.options) else ()

    def advance(self, state: State, tokens: Sequence[str]) -> State:
        return replace(state, open=(*state.open, *tokens), blank=False)


def one_of(texts: Iterable[tuple[str, float]]) -> WholeReply:
    """A reply that is one of these texts, with these probabilities; equal texts add up."""
    total: dict[str, float] = {}
    for text, p in texts:
        if p > 0.0:
            total[text] = total.get(text, 0.0) + p
    return WholeReply(tuple(Piece(tokenize(text), p, last=True) for text, p in total.items()))
