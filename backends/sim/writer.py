"""The protocol of everything that `sim` writes: a text grows by pieces, each one of a few.

A piece is a line of a solution, or a whole short reply; its tokens are certain except where the possible
pieces part. So the probability of every token is exact, for drawing and for scoring alike, and a text may be
taken up again after any of its tokens: what is written tells the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ilang_backends.sim.tokens import tokenize


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens that may come next, and their probability; after a `last` one the text is over."""

    tokens: tuple[str, ...]
    probability: float
    last: bool = False

    def fits(self, begun: tuple[str, ...]) -> bool:
        """Whether it goes on from these tokens."""
        return self.tokens[: len(begun)] == begun


@dataclass(frozen=True, slots=True)
class State:
    """Where a text stands: `open` are the tokens of the piece that was begun and not yet ended.

    `blank`: the text ends in a blank that the next token brings along, and must not bring again. The rest
    belongs to solutions: attempt, steps done, deviation, remarks made, tokens of this attempt.
    """

    open: tuple[str, ...] = ()
    blank: bool = False
    ended: bool = False
    attempt: int = 0
    step: int = 0
    off: int = 0
    remarks: int = 0
    length: int = 0

    @property
    def place(self) -> tuple[int, ...]:
        """What the luck of the piece at hand is hashed from."""
        return self.attempt, self.step, self.off, self.remarks


class Writer(Protocol):
    """One way to reply to one conversation."""

    def pieces(self, state: State) -> Sequence[Piece]:
        """All that may stand where the open piece began, at least one fitting it; none where the text is over."""
        ...

    def advance(self, state: State, tokens: Sequence[str]) -> State:
        """The state after these further tokens, whoever wrote them."""
        ...


def read(writer: Writer, text: str) -> State:
    """The state after this text."""
    tokens = tokenize(text)
    blank = bool(tokens) and not tokens[-1].strip() and "\n" not in tokens[-1]
    return replace(writer.advance(State(), tokens[:-1] if blank else tokens), blank=blank)
