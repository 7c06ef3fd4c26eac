"""Writes a Request as the body of a call. What the request leaves open is not sent."""

from __future__ import annotations

import base64
from typing import Any

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault
from ilang.backend.request import Request
from ilang.base.value import Blob, Message
from ilang_backends.openai.schema import response_format
from ilang_backends.openai.server import Server

Body = dict[str, Any]


def body_of(request: Request, server: Server, capabilities: Capabilities) -> Body:
    """The body of a call that is answered at once. Raises BackendFault where it cannot be asked of this server.

    OpenAI has renamed `max_tokens` to `max_completion_tokens`, and its newer models refuse the old
    name; most other servers know only the old one.
    """
    _refuse_nonsense(request)
    body: Body = {
        "model": request.model,
        "messages": [{"role": message.role, "content": content_of(message)} for message in request.messages],
    }
    if request.n > 1:
        body["n"] = request.n
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.top_p is not None:
        body["top_p"] = request.top_p
    if request.max_tokens is not None:
        body["max_completion_tokens" if server.official else "max_tokens"] = request.max_tokens
    if request.stop:
        body["stop"] = list(request.stop)
    if request.seed is not None:
        body["seed"] = request.seed
    if request.logprobs or request.top_logprobs:
        body["logprobs"] = True
    if request.top_logprobs:
        body["top_logprobs"] = request.top_logprobs
    if request.schema is not None and capabilities.schema:
        written = response_format(request.schema, official=server.official)
        if written is not None:
            body["response_format"] = written
    if is_continued(request):
        body |= _continuing(server, capabilities)
    body |= dict(request.extra)
    return body


def content_of(message: Message) -> str | list[Body]:
    """A message's text, or its parts in their order."""
    if not message.parts:
        return message.content
    return [{"type": "text", "text": part} if isinstance(part, str) else _part(part) for part in message.parts]


def _part(blob: Blob) -> Body:
    """A picture or a file, its bytes within the call."""
    url = f"data:{blob.mime};base64,{base64.b64encode(blob.data).decode('ascii')}"
    if blob.kind == "image":
        return {"type": "image_url", "image_url": {"url": url}}
    return {"type": "file", "file": {"filename": f"file.{_ENDINGS.get(blob.mime, 'txt')}", "file_data": url}}


_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def _refuse_nonsense(request: Request) -> None:
    """What no model can answer is not sent: some servers would answer it all the same, at a price."""
    wrong = ""
    if request.n < 1:
        wrong = f"n is {request.n}; it must be at least 1"
    elif request.max_tokens is not None and request.max_tokens < 1:
        wrong = f"max_tokens is {request.max_tokens}; it must be at least 1"
    elif request.temperature is not None and request.temperature < 0:
        wrong = f"the temperature is {request.temperature}; it must be at least 0"
    elif not request.messages:
        wrong = "the request has no messages"
    if wrong:
        raise BackendFault("bad-request", wrong)


def streamed(body: Body) -> Body:
    """The same call, answered token by token and with its usage at the end."""
    return {**body, "stream": True, "stream_options": {"include_usage": True}}


def is_continued(request: Request) -> bool:
    """Whether the model is to go on from a text that it is given."""
    return bool(request.messages) and request.messages[-1].role == "assistant"


def _continuing(server: Server, capabilities: Capabilities) -> Body:
    if not capabilities.continuation:
        raise BackendFault(
            "unsupported",
            f"the model at {server.shown} does not go on from an assistant's text: it would answer with a new turn",
            help="the embedded model can, and so can a server of your own"
            if server.official
            else 'a server that can is declared: `continuation="llamacpp"` or `continuation="vllm"`',
        )
    if server.continuation == "vllm":
        return {"continue_final_message": True, "add_generation_prompt": False}
    return {}
