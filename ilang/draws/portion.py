"""Divides a reply into draws: each choice with its own part of the bill.

A choice's output tokens are what the backend tells of it; else its log-probability entries; else,
where it is the only one, the bill's output; else `assumed_tokens` of its text, and the draw is
marked `assumed`. In that order, so that a choice counts the same in a call of its own and in a
wide one wherever the backend allows it. Its input tokens are those of the whole prompt.
"""

from __future__ import annotations

from dataclasses import replace

from ilang.backend.request import Choice, Reply, TokenLogprob, Usage
from ilang.draws.draw import Draw

_BYTES_A_TOKEN = 4


def portions(reply: Reply, wanted: int) -> tuple[Draw, ...]:
    """The draws in a reply to a call of `wanted` choices, in order; fewer where fewer came, never more."""
    model, fingerprint = _sound(reply.model), _sound(reply.fingerprint)
    return tuple([_draw(choice, reply, model, fingerprint) for choice in reply.choices[:wanted]])


def bill(reply: Reply, draws: tuple[Draw, ...]) -> Usage:
    """What the reply cost: its usage, with the draws' own counts where it tells no output."""
    if reply.usage.output_tokens:
        return reply.usage
    return replace(reply.usage, output_tokens=sum(draw.output_tokens for draw in draws))


def assumed_tokens(text: str) -> int:
    """A fixed count of a text of which nobody told the tokens: one for every four bytes begun."""
    size = len(text) if text.isascii() else len(text.encode())
    return -(-size // _BYTES_A_TOKEN)


def _draw(choice: Choice, reply: Reply, model: str, fingerprint: str) -> Draw:
    text = _sound(choice.text)
    thinking = _sound(choice.thinking) if choice.thinking else ""
    thought = assumed_tokens(thinking) if thinking else 0
    assumed = False
    if choice.tokens is not None:
        tokens = choice.tokens
    elif choice.logprobs is not None:
        tokens = len(choice.logprobs)
    elif len(reply.choices) == 1 and reply.usage.output_tokens:
        tokens = reply.usage.output_tokens
    else:
        tokens = assumed_tokens(text) + thought
        assumed = True
    return Draw(
        text=text,
        reason=choice.reason,
        stop_text=_sound(choice.stop_text) if choice.stop_text else "",
        input_tokens=reply.usage.input_tokens,
        cached_tokens=reply.usage.cached_tokens,
        output_tokens=tokens,
        assumed=assumed,
        logprobs=None if choice.logprobs is None else tuple(_sound_token(t) for t in choice.logprobs),
        thinking=thinking,
        model=model,
        fingerprint=fingerprint,
        thinking_tokens=thought if choice.thinking_tokens is None else choice.thinking_tokens,
    )


def _sound_token(token: TokenLogprob) -> TokenLogprob:
    if token.token.isascii() and all(text.isascii() for text, _ in token.top):
        return token
    return TokenLogprob(_sound(token.token), token.logprob, tuple((_sound(text), p) for text, p in token.top))


def _sound(text: str) -> str:
    """The text without half characters (a server that cuts in a surrogate pair sends them): U+FFFD in their place.

    They cannot be written as UTF-8, so a stored draw could not be the one that was drawn.
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
