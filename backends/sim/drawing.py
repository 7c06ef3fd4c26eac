"""Draws one choice: lets a writer write until it is done, a stop string stands there, or the limit is reached."""

from __future__ import annotations

from dataclasses import dataclass

from ilang.backend.request import Choice, StopReason, TokenLogprob
from ilang_backends.sim import logprob
from ilang_backends.sim.luck import Luck, choose
from ilang_backends.sim.writer import State, Writer


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends a text early: `limit` tokens (None: nothing does), or one of the stop strings."""

    limit: int | None
    stop: tuple[str, ...]

    def cut(self, text: str, known: int) -> tuple[int, str] | None:
        """Where the first stop string begins, and which; `known` characters were searched before."""
        since = max(0, known - max(map(len, self.stop), default=0))
        found = [(at, stop) for stop in self.stop if (at := text.find(stop, since)) >= 0]
        return min(found, key=lambda f: f[0]) if found else None


def draw(writer: Writer, state: State, luck: Luck, ending: Ending, told: Writer | None, top: int) -> Choice:
    """One choice from this state on. `told`: the model at temperature 1, where log-probabilities are to be told."""
    text = ""
    written = 0
    entries: list[TokenLogprob] = []
    while pieces := writer.pieces(state):
        piece = choose(pieces, state.open, luck.at(state.place))
        heard = told.pieces(state) if told is not None else ()
        for at in range(len(state.open), len(piece.tokens)):
            blank = state.blank and at == len(state.open)
            shown = piece.tokens[at].lstrip(" \t") if blank else piece.tokens[at]
            if told is not None:
                entries.append(logprob.of_token(heard, piece.tokens[:at], shown, top, blank=blank))
            known, text, written = len(text), text + shown, written + 1
            if ending.stop and (cut := ending.cut(text, known)):
                return _choice(text[: cut[0]], "stop", cut[1], written, entries, told)
            if written == ending.limit and not (piece.last and at + 1 == len(piece.tokens)):
                return _choice(text, "limit", "", written, entries, told)
        if piece.last:
            break
        state = writer.advance(state, piece.tokens[len(state.open) :])
    return _choice(text, "end", "", written, entries, told)


def _choice(
    text: str, reason: StopReason, stop: str, written: int, entries: list[TokenLogprob], told: Writer | None
) -> Choice:
    return Choice(text, reason, stop, written, tuple(entries) if told is not None else None)
