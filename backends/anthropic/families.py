"""What Anthropic's models can do, by family. A table; ids that no row knows are taken for the newest."""

from __future__ import annotations

from dataclasses import replace

from ilang.backend.capabilities import Capabilities
from ilang.base.value import Model

CURRENT = Capabilities(
    n=False,  # a call is a draw
    max_n=1,
    temperature=False,  # sampling is the provider's own since Claude Opus 4.7
    top_p=False,
    stop=True,
    stop_reason=True,
    continuation=False,  # an assistant's text at the end is refused
    schema=True,  # by a tool whose use is forced
    images=True,
    thinking=True,
    prompt_cache=True,
    context=200_000,  # at the least
    max_tokens=16_384,
)

SAMPLED = replace(CURRENT, temperature=True, top_p=True)

UNTHINKING = replace(SAMPLED, thinking=False, max_tokens=2_048)

FAMILIES: tuple[tuple[str, Capabilities], ...] = (
    ("claude-3-", UNTHINKING),
    ("claude-3-7-", SAMPLED),
    ("claude-opus-4-0", SAMPLED),
    ("claude-opus-4-1", SAMPLED),
    ("claude-opus-4-20", SAMPLED),  # the first of the fourth, by its date
    ("claude-opus-4-5", SAMPLED),
    ("claude-opus-4-6", SAMPLED),
    ("claude-sonnet-4-", SAMPLED),
    ("claude-haiku-4-", SAMPLED),
)
"""By the start of an id; the longest start that fits is the model's."""


def capabilities_of(model: Model) -> Capabilities:
    """The family's row, with what the program declares in its place."""
    fitting = [row for row in FAMILIES if model.id.startswith(row[0])]
    known = max(fitting, key=lambda row: len(row[0]))[1] if fitting else CURRENT
    return replace(
        known,
        listed="" if model.setting("base_url") else "anthropic",
        cancel=bool(model.setting("stream", False)),
        prompt_cache=bool(model.setting("prompt_cache", known.prompt_cache)),
        context=model.setting("context", known.context),
    )
