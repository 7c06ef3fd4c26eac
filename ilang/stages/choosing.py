"""How likely each of some texts is to begin a reply, from the log-probabilities of its first tokens.

One draw of one token tells the likeliest tokens in its place. A token that begins one text only stands for it;
where several texts begin with it, the next token after it is asked for, and so on (the chain rule). A text that
is not among the likeliest has no mass: at most that of the last alternative told is missed.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ilang.base.value import Asked, Model
from ilang.stages.stage import Able, Chosen, Drawn, Effect, Lost, Missing, NotGiven, Send, Want

MOST_TOKENS = 12
"""Texts that begin alike for longer are not told apart."""

ALTERNATIVES = 20
"""So many likeliest tokens are asked for, where the model tells as many."""

Masses = tuple[float, ...]
"""Of each text the probability with which the reply begins with it. The sum is at most 1."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply may begin: a request, the model asked, and the text that the reply goes on from."""

    asked: Asked
    model: Model | None
    prefill: str = ""


@dataclass(slots=True)
class _Open:
    """A beginning that several texts share: what it is, its mass, and which texts they are."""

    place: int
    begun: str
    mass: float
    texts: list[int]


@dataclass(slots=True)
class Choosing:
    """The texts, what each has got at each place, and the places where it cannot be told."""

    texts: Sequence[str]
    fold: bool
    found: list[list[float]]
    failed: dict[int, NotGiven | Lost] = field(default_factory=dict)

    def share(self, open_: _Open, told: Sequence[tuple[str, float]]) -> list[_Open]:
        """Shares out a beginning's mass by the tokens that may come next; gives those that need another token.

        A text that is at its end has what no longer one takes.
        """
        begun, found = open_.begun, self.found[open_.place]
        ended = [i for i in open_.texts if len(self.texts[i]) == len(begun)]
        later: list[_Open] = []
        taken = 0.0
        for token, logprob in told:
            shown = token if begun else token.lstrip()
            fits = [i for i in open_.texts if i not in ended and meets(self._rest(i, begun), shown, fold=self.fold)]
            if not fits:
                continue
            p = open_.mass * math.exp(min(0.0, logprob))
            taken += p
            longest = max(fits, key=lambda i: len(self.texts[i]))
            if len(fits) == 1 or len(self._rest(longest, begun)) <= len(shown):
                found[longest] += p
            else:
                later.append(_Open(open_.place, begun + self._rest(longest, begun)[: len(shown)], p, fits))
        for i in ended:
            found[i] += max(0.0, open_.mass - taken)
        return later

    def _rest(self, i: int, begun: str) -> str:
        return self.texts[i][len(begun) :]


def masses(
    places: Sequence[Place], texts: Sequence[str], *, fold: bool
) -> Generator[Effect, Any, list[Masses | NotGiven | Lost]]:
    """For each place the masses of the texts, or why they cannot be told. `fold`: letters' case does not matter."""
    choosing = Choosing(texts, fold, [[0.0] * len(texts) for _ in places])
    ables = []
    for at, place in enumerate(places):
        able = yield Able(place.model)
        ables.append(able)
        if not able.logprobs or not able.top_logprobs:
            model = yield Chosen(place.model)
            choosing.failed[at] = NotGiven(f"{model.label or model.shown} tells no log-probabilities")
    waiting = [_Open(at, "", 1.0, list(range(len(texts)))) for at in range(len(places)) if at not in choosing.failed]
    for _ in range(MOST_TOKENS):
        for open_ in waiting:
            if open_.begun and not ables[open_.place].continuation:
                why = "the choices begin alike, and the model cannot continue a text to tell them apart"
                choosing.failed[open_.place] = NotGiven(why)
        waiting = [open_ for open_ in waiting if open_.place not in choosing.failed]
        if not waiting:
            break
        wants = tuple(_want(places[o.place], o.begun, ables[o.place].top_logprobs) for o in waiting)
        results = yield Send(wants, last=False)
        later: list[_Open] = []
        for open_, (one,) in zip(waiting, results, strict=True):
            if isinstance(one, Missing):
                yield one.report
                choosing.failed[open_.place] = Lost(one.why, one.refused)
            else:
                later += choosing.share(open_, told(one))
        waiting = later
    for open_ in waiting:
        choosing.failed[open_.place] = NotGiven(f"the choices begin alike for more than {MOST_TOKENS} tokens")
    return [choosing.failed.get(at, tuple(found)) for at, found in enumerate(choosing.found)]


def _want(place: Place, begun: str, top: int) -> Want:
    settings = (
        ("temperature", None),
        ("top_p", None),
        ("stop", None),
        ("max_tokens", 1),
        ("logprobs", True),
        ("top_logprobs", min(ALTERNATIVES, top)),
    )
    return Want(replace(place.asked, schema=None), place.model, 1, settings, place.prefill + begun)


def told(one: Drawn) -> tuple[tuple[str, float], ...]:
    """The likeliest first tokens of a draw, with their log-probabilities."""
    if not one.draw.logprobs:
        return ()  # the reply is empty: nothing begins it
    first = one.draw.logprobs[0]
    return first.top or ((first.token, first.logprob),)


def meets(rest: str, token: str, *, fold: bool) -> bool:
    """Whether a token says what is left of a text, or begins it. A longer word or number is another."""
    n = min(len(rest), len(token))
    if not n or (len(token) > n and rest[-1].isalnum() and token[n].isalnum()):
        return False
    a, b = rest[:n], token[:n]
    return a.lower() == b.lower() if fold else a == b
