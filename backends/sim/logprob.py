"""Log-probabilities of tokens under the pieces that may come. Natural logarithms, at temperature 1."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ilang.backend.request import TokenLogprob
from ilang_backends.sim.tokens import tokenize
from ilang_backends.sim.writer import Piece, Writer, read

NEVER = -30.0
"""What a token gets that the model would not write at all."""


def of_token(
    pieces: Sequence[Piece], begun: tuple[str, ...], token: str, top: int, *, blank: bool = False
) -> TokenLogprob:
    """The log-probability of `token` after the `begun` ones of a piece, and of the `top` likeliest in its place.

    `blank`: the text ends in a blank already, so the next token is shown without its own.
    """
    at = len(begun)
    mass: dict[str, float] = {}
    for piece in pieces:
        if piece.fits(begun) and len(piece.tokens) > at:
            shown = piece.tokens[at].lstrip(" \t") if blank else piece.tokens[at]
            mass[shown] = mass.get(shown, 0.0) + piece.probability
    total = sum(mass.values())
    likely = sorted(mass.items(), key=lambda item: -item[1])[:top]
    return TokenLogprob(
        token,
        _log(mass[token] / total) if token in mass else NEVER,
        tuple((other, _log(p / total)) for other, p in likely),
    )


def of_text(writer: Writer, prefill: str, text: str) -> tuple[TokenLogprob, ...]:
    """The log-probability of every token of a text that follows a prefill, whoever wrote it."""
    state = read(writer, prefill)
    out = []
    for token in tokenize(text):
        pieces = writer.pieces(state)
        out.append(of_token(pieces, state.open, token, 0, blank=state.blank))
        at = len(state.open)
        meant = (p.tokens[at] for p in pieces if p.fits(state.open) and len(p.tokens) > at)
        same = next((other for other in meant if state.blank and other.lstrip(" \t") == token), token)
        state = writer.advance(state, (same,))
    return tuple(out)


def _log(p: float) -> float:
    return min(0.0, math.log(p)) if p > 0.0 else NEVER
