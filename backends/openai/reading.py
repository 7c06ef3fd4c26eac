"""Reads a reply off the wire into our own: why each text ended, what it counts, what it was worth.

Two things that a server tells badly are settled here.

*Stops.* OpenAI says "stop" both for a stop string and for the model's own end; where a server names
the string that it stopped at (vLLM, SGLang), that is a stop, else it is taken for an end, and the
capability `stop_reason` says which of the two a program may rely on.

*Counts.* Usage is the sum over all choices, so a choice's own count is known only where it is alone,
where its log-probabilities were asked for (their number), or where a stream told it. `llama-server`
at once counts a single choice of several, so a sum below that of the log-probabilities is raised to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ilang.backend.protocol import BackendFault
from ilang.backend.request import Choice, Reply, Request, StopReason, TokenLogprob, Usage
from ilang_backends.openai import wire

_REASONS: Mapping[str, StopReason] = {
    "stop": "end",
    "length": "limit",
    "content_filter": "filter",
    "tool_calls": "end",
    "function_call": "end",
}

_BROKEN = ("error", "abort", "insufficient_system_resource")
"""Reasons of a server that gave up: what came is no draw."""


def read(reply: wire.Reply, request: Request, counts: Mapping[int, int] | None = None) -> Reply:
    """The reply to `request`; `counts` are the choices' own tokens where a stream told them.

    Raises BackendFault `malformed-reply` where it does not hold `request.n` choices.
    """
    came = reply.choices or []
    if len(came) != request.n:
        raise BackendFault(
            "malformed-reply",
            f"asked for {request.n} choices, the server gave {len(came)}",
            help="a server that draws one at a time is declared with `n=false`" if came else "",
            retry=not came,  # a server that miscounts does so again, and is paid each time
        )
    for choice in came:
        if choice.finish_reason in _BROKEN:
            raise BackendFault("malformed-reply", f"the server broke off: {choice.finish_reason}", retry=True)
    if request.n > 1:
        came = sorted(came, key=lambda choice: choice.index)
    usage = _usage(reply.usage)
    choices = tuple([_choice(choice, request, usage, counts or {}, reply.usage) for choice in came])
    told = sum([len(choice.logprobs or ()) for choice in choices])
    if told > usage.output_tokens:
        usage = Usage(usage.input_tokens, usage.cached_tokens, told)
    return Reply(choices, usage, reply.model or "", reply.system_fingerprint or "")


def _choice(
    came: wire.Choice, request: Request, usage: Usage, counts: Mapping[int, int], told: wire.Usage | None
) -> Choice:
    message = came.message
    logprobs = _logprobs(came.logprobs, request)
    reason, stop_text = _reason(came, request)
    if request.n == 1:
        tokens = usage.output_tokens if told is not None else None
    else:
        tokens = counts.get(came.index)
    if tokens is None and logprobs is not None:
        tokens = len(logprobs)
    refused = message.refusal is not None and not message.content
    return Choice(
        text=(message.refusal if refused else message.content) or "",
        reason="refusal" if refused else reason,
        stop_text=stop_text,
        tokens=tokens,
        logprobs=logprobs,
        thinking=message.reasoning_content or message.reasoning or "",
        thinking_tokens=_thought(told) if request.n == 1 else None,
    )


def _thought(told: wire.Usage | None) -> int | None:
    """The tokens that a single choice thought with, where the server tells."""
    details = told.completion_tokens_details if told is not None else None
    return details.reasoning_tokens if details is not None else None


def _reason(came: wire.Choice, request: Request) -> tuple[StopReason, str]:
    """Why the text ended, and the stop string that ended it where the server tells."""
    reason = _REASONS.get(came.finish_reason or "stop", "end")
    for stop in (came.stop_reason, came.matched_stop):
        if reason == "end" and isinstance(stop, str) and stop in request.stop:
            return "stop", stop
    return reason, ""


def _logprobs(came: wire.Logprobs | None, request: Request) -> tuple[TokenLogprob, ...] | None:
    """What was asked for and no more: some servers give twenty alternatives unasked."""
    if came is None or came.content is None or not (request.logprobs or request.top_logprobs):
        return None
    top = request.top_logprobs
    return tuple(
        TokenLogprob(
            token.token,
            token.logprob,
            tuple((other.token, other.logprob) for other in (token.top_logprobs or ())[:top]),
        )
        for token in came.content
    )


def _usage(came: wire.Usage | None) -> Usage:
    if came is None:
        return Usage()
    details = came.prompt_tokens_details
    return Usage(
        input_tokens=came.prompt_tokens or 0,
        cached_tokens=(details.cached_tokens or 0) if details is not None else 0,
        output_tokens=came.completion_tokens or 0,
    )
