"""A strand: tokens that run through one slot, and what is done with the logits that come out.

Reading a prompt, drawing a choice and scoring a given text are one thing to the engine: compute
`tokens[n:]`, and from position `first_row` on, show each row to the strand. A drawing strand
answers by growing longer; a scoring one knows all its tokens before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ilang.backend.request import Choice, StopReason, TokenLogprob
from ilang_backends.embedded.binding import Llama
from ilang_backends.embedded.draft import Draft


class Strand(Protocol):
    """What the engine needs to know. `room`: tokens that it may come to hold."""

    tokens: list[int]
    first_row: int
    room: int

    def see(self, llama: Llama, row: int, position: int) -> bool:
        """Take the logits after `tokens[position]`, at `row` of the last step. True when finished."""
        ...


class Drawing:
    """One choice of a request, being drawn."""

    def __init__(self, prompt: Sequence[int], limit: int, stops: Sequence[str], sampler: Any, top: int | None) -> None:
        """`limit`: tokens to draw at most; `top`: alternatives wanted for each token, None for no log-probabilities."""
        self.tokens = list(prompt)
        self.first_row = len(prompt) - 1
        self.room = len(prompt) + limit
        self.choice: Choice | None = None
        self._limit = limit
        self._draft = Draft(stops)
        self._sampler = sampler
        self._top = top
        self._logprobs: list[TokenLogprob] = []

    def see(self, llama: Llama, row: int, position: int) -> bool:
        token = llama.draw(self._sampler, row)
        drawn = position - self.first_row
        if llama.is_end(token):
            return self._finish("end", drawn)
        if self._top is not None:
            self._logprobs.append(token_logprob(llama, row, token, self._top))
        if self._draft.add(llama.piece(token)):
            return self._finish("stop", drawn + 1)
        if drawn + 1 >= self._limit:
            return self._finish("limit", drawn + 1)
        self.tokens.append(token)
        return False

    def _finish(self, reason: StopReason, drawn: int) -> bool:
        logprobs = tuple(self._logprobs) if self._top is not None else None
        self.choice = Choice(self._draft.text, reason, self._draft.stop_text, drawn, logprobs)
        return True


class Scoring:
    """A given text after a prompt, being scored. Neither may be empty."""

    def __init__(self, prompt: Sequence[int], given: Sequence[int], top: int) -> None:
        self.tokens = [*prompt, *given[:-1]]  # nothing follows the last one, so it is not computed
        self.first_row = len(prompt) - 1
        self.room = len(self.tokens)
        self.scored: list[TokenLogprob] = []
        self._given = tuple(given)
        self._top = top

    def see(self, llama: Llama, row: int, position: int) -> bool:
        token = self._given[position - self.first_row]
        self.scored.append(token_logprob(llama, row, token, self._top))
        return len(self.scored) == len(self._given)


def token_logprob(llama: Llama, row: int, token: int, top: int) -> TokenLogprob:
    """A token's natural-log probability at temperature 1, whatever it was drawn at, and the `top` likeliest."""
    import numpy as np

    logprobs = llama.logprobs(row)
    likeliest: list[int] = []
    if top:
        few = np.argpartition(logprobs, -top)[-top:]
        likeliest = [int(id) for id in few[np.argsort(-logprobs[few], kind="stable")]]
    alternatives = tuple((llama.shown(id), float(logprobs[id])) for id in likeliest)
    return TokenLogprob(llama.shown(token), float(logprobs[token]), alternatives)
