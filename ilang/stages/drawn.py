"""Makes candidates of draws: a new one, or one that goes on from another."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ilang.base.candidate import Candidate, Piece, Pool, Unread
from ilang.base.value import Asked, Model, Value
from ilang.stages.stage import Drawn, Effect, Missing, Read, Report

CUT_OFF = "the reply was cut off at `max_tokens`"

SETTINGS = ("temperature", "top_p", "max_tokens", "stop")


def settings_of(arguments: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
    """The sampling settings that were given at the call."""
    return tuple((n, arguments[n]) for n in SETTINGS if arguments.get(n) is not None)


def whole_text(drawn: Drawn) -> str:
    """The text of a draw with the stop string that ended it, which is kept."""
    return drawn.draw.text + drawn.draw.stop_text


def prefill_of(asked: Asked) -> str:
    """The text that a request's own last assistant message begins the reply with."""
    last = asked.messages[-1] if asked.messages else None
    return last.content if last is not None and last.role == "assistant" else ""


def fresh(asked: Asked, model: Model) -> Candidate:
    """An unfinished, empty candidate."""
    return Candidate(asked, model, "", Unread("there is no text yet"))


def logprob_of(drawn: Drawn) -> float | None:
    found = drawn.draw.logprobs
    return None if found is None else sum(x.logprob for x in found)


def entropy_of(drawn: Drawn) -> float | None:
    """The mean entropy of the tokens, in nats; None where the model does not tell the likeliest ones.

    What is beyond those told counts as one token, so this is a lower bound.
    """
    found = drawn.draw.logprobs
    if not found or any(not one.top for one in found):
        return None
    return math.fsum(entropy([math.exp(min(0.0, p)) for _, p in one.top]) for one in found) / len(found)


def entropy(probabilities: Sequence[float]) -> float:
    """-sum p log p over these and what is left of 1."""
    rest = max(0.0, 1.0 - math.fsum(probabilities))
    return max(0.0, -math.fsum(p * math.log(p) for p in (*probabilities, rest) if p > 0))


def piece_of(drawn: Drawn) -> Piece:
    """A draw as a part of a text."""
    return Piece(whole_text(drawn), True, drawn.draw.output_tokens, logprob_of(drawn), entropy_of(drawn))


def finished_by(drawn: Drawn) -> bool:
    """Whether the model (or a refusal or filter) ended the text."""
    return drawn.draw.reason in ("end", "filter", "refusal")


def read_all(
    drawn: list[tuple[Asked, Drawn]],
) -> Generator[Effect, Any, list[Value | Unread]]:
    """The values of finished draws; what did not parse is reported."""
    found = yield Read(tuple((asked, whole_text(d), prefill_of(asked)) for asked, d in drawn))
    for (_, d), value in zip(drawn, found, strict=True):
        if isinstance(value, Unread):
            why = f"{CUT_OFF}; {value.why}" if d.draw.reason == "limit" else value.why
            yield Report("unparsed", why, whole_text(d))
    return list(found)


def new_candidate(asked: Asked, drawn: Drawn, value: Value | Unread) -> Candidate:
    """A finished candidate: `sample`'s, or what `refine` puts in another's place."""
    return Candidate(
        asked,
        drawn.model,
        whole_text(drawn),
        value,
        pieces=(piece_of(drawn),),
        finished=True,
        thinking=drawn.draw.thinking,
        thinking_tokens=drawn.draw.thinking_tokens,
        answered_by=drawn.draw.model or drawn.draw.instead,
        stop=drawn.draw.reason,
    )


def reread(pool: Pool, changed: Mapping[int, Candidate]) -> Generator[Effect, Any, Pool]:
    """The pool with changed candidates in their places, each read from the text that it has now."""
    values = yield Read(tuple((c.asked, c.text, prefill_of(c.asked)) for c in changed.values()))
    read = dict(zip(changed, values, strict=True))
    return Pool(
        tuple(replace(changed[i], reading=read[i]) if i in changed else c for i, c in enumerate(pool.candidates))
    )


def report_missing(results: tuple[Drawn | Missing, ...]) -> Generator[Effect, Any, None]:
    for one in results:
        if isinstance(one, Missing):
            yield one.report


def replaced(before: Candidate, after: Candidate) -> Candidate:
    """`after` in the place of `before`: its marks, weight and path go on."""
    return replace(
        after,
        weight=before.weight,
        marks=before.marks,
        cluster=before.cluster,
        round=before.round + 1,
        parent=before,
        root=before.root if before.root is not None else before,
    )
