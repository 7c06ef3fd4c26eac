"""The luck of one draw: for every place in its text, a number in (0, 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ilang_backends.sim.chance import uniform
from ilang_backends.sim.writer import Piece


@dataclass(frozen=True, slots=True)
class Luck:
    """Whose draw it is, in which conversation, with which seed.

    At temperature 1 and above every draw has its own luck. Below, at every place and with probability
    1 - T, it follows the model's habit there, which is the same for all seeds: so at 0 all draws are one.
    A habit is itself a fair draw, so a mean over questions does not depend on T; how much the draws of one
    question differ does.
    """

    who: tuple[str, int]
    conversation: str
    seed: int
    temperature: float

    def at(self, place: tuple[int, ...]) -> float:
        own = (self.who, self.conversation, self.seed, place)
        if self.temperature >= 1.0 or (self.temperature > 0.0 and uniform("own", *own) < self.temperature):
            return uniform("fresh", *own)
        return uniform("habit", self.who, self.conversation, place)


def choose(pieces: Sequence[Piece], begun: tuple[str, ...], luck: float) -> Piece:
    """The piece that this luck stands for; where it does not go on from what was begun, one that does.

    The first choice is made among all, so that a text taken up within a piece goes on as it would have.
    """
    first = _at(pieces, luck)
    return first if first.fits(begun) else _at([piece for piece in pieces if piece.fits(begun)], luck)


def _at(pieces: Sequence[Piece], luck: float) -> Piece:
    left = luck * sum(piece.probability for piece in pieces)
    for piece in pieces:
        left -= piece.probability
        if left < 0.0:
            return piece
    return pieces[-1]
