"""The model that answers where the one asked cannot: `fallback=` of its declaration."""

from __future__ import annotations

from dataclasses import replace

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import FaultKind, Provider
from ilang.backend.request import Request
from ilang.base.value import Model

PASSED_ON: frozenset[FaultKind] = frozenset(
    {
        "unreachable",
        "rate-limited",
        "quota-spent",
        "overloaded",
        "timeout",
        "malformed-reply",
        "context-overflow",
        "no-such-model",
    }
)
"""Faults after which another model is asked; the others say that the program or its surroundings are wrong."""


def stand_in(model: Model) -> Model | None:
    """The model that answers in this one's place; None where none is declared."""
    found = model.setting("fallback")
    return found if isinstance(found, Model) else None


def with_stand_ins(model: Model) -> list[Model]:
    """The model, and those that may answer in its place."""
    found = [model]
    while (other := stand_in(found[-1])) is not None:
        found.append(other)
    return found


def request_for(request: Request, model: Model, provider: Provider, able: Capabilities) -> Request:
    """The same request for another model: its id and its own settings; what it does not take is not sent."""
    kinds = provider.settings
    return replace(
        request,
        model=model.id or getattr(provider, "default_id", ""),
        temperature=request.temperature if able.temperature else None,
        top_p=request.top_p if able.top_p else None,
        stop=request.stop if able.stop else (),
        logprobs=request.logprobs and able.logprobs,
        top_logprobs=min(request.top_logprobs, able.top_logprobs) if able.logprobs else 0,
        schema=request.schema if able.schema else None,
        extra=tuple(sorted((n, v) for n, v in model.settings if n in kinds and kinds[n].sent)),
    )
