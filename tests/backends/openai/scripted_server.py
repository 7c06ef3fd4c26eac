"""A Chat Completions server that answers what a test tells it to, and remembers what it was asked.

It is strict: a request that no such server has to understand (an unknown field, a field that is
null, a wrong path or type) is answered with 400 and recorded in `complaints`. It lives on loopback in
the test's own event loop and is gone when its block ends.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

FIELDS = {
    "model", "messages", "n", "temperature", "top_p", "max_tokens", "max_completion_tokens", "stop", "seed",
    "logprobs", "top_logprobs", "response_format", "stream", "stream_options", "reasoning_effort",
    "continue_final_message", "add_generation_prompt",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One answer. `after` and `pause` (between events) are in seconds; `cut` drops the connection."""

    body: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    events: tuple[bytes, ...] | None = None
    after: float = 0.0
    pause: float = 0.0
    cut: Literal["", "before", "within"] = ""


@dataclass
class Asked:
    """One request as it came in."""

    target: str
    headers: dict[str, str]
    body: Any


@dataclass
class ScriptedServer:
    """Answers in turn; the last answer is given again and again."""

    answers: list[Answer]
    asked: list[Asked] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    connections: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # set when a client left before its answer had ended
    port: int = 0
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while asked := await _read(reader):
                self.asked.append(asked)
                answer = self._judge(asked) or self._next()
                left = asyncio.ensure_future(reader.read(1))
                told = asyncio.ensure_future(_tell(writer, answer))
                await asyncio.wait((left, told), return_when=asyncio.FIRST_COMPLETED)
                if not told.done():
                    told.cancel()
                    self.gone.set()
                    return
                left.cancel()
                await asyncio.gather(left, return_exceptions=True)
                if not told.result():
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        finally:
            writer.close()

    def _next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _judge(self, asked: Asked) -> Answer | None:
        wrong = []
        if not asked.target.endswith("/v1/chat/completions"):
            wrong.append(f"path {asked.target}")
        if asked.headers.get("content-type") != "application/json":
            wrong.append(f"type {asked.headers.get('content-type')}")
        wrong += [f"unknown field {name}" for name in asked.body if name not in FIELDS]
        wrong += [f"field {name} is null" for name, value in asked.body.items() if value is None]
        self.complaints += wrong
        return Answer({"error": {"message": "; ".join(wrong)}}, status=400) if wrong else None


@asynccontextmanager
async def scripted(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer(list(answers))
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    server.scheme = "https" if tls else "http"
    try:
        yield server
    finally:
        listener.close()


def reply(*texts: str, **fields: Any) -> dict[str, Any]:
    """A whole reply with these texts; `fields` replace its own."""
    return {
        "id": "r",
        "object": "chat.completion",
        "model": "served",
        "system_fingerprint": "fp",
        "choices": [
            {"index": i, "finish_reason": "stop", "message": {"role": "assistant", "content": text}, "logprobs": None}
            for i, text in enumerate(texts)
        ],
        "usage": {"prompt_tokens": 7, "completion_tokens": 5 * len(texts), "total_tokens": 7 + 5 * len(texts)},
    } | fields


def chunk(index: int, content: str | None = None, end: str | None = None, **fields: Any) -> bytes:
    """One event of a stream, about one choice."""
    delta = {} if content is None else {"content": content}
    choice = {"index": index, "delta": delta, "finish_reason": end} | fields
    return _event({"model": "served", "system_fingerprint": "fp", "choices": [choice]})


def usage_chunk(prompt: int, completion: int) -> bytes:
    return _event({"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion}})


def error_chunk(error: Any) -> bytes:
    return _event({"error": error})


DONE = b"data: [DONE]\n\n"


def _event(value: Any) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(first.split()[1], headers, json.loads(body or b"{}"))


async def _tell(writer: asyncio.StreamWriter, answer: Answer) -> bool:
    """Writes the answer; whether the connection is kept."""
    await asyncio.sleep(answer.after)
    if answer.cut == "before":
        writer.transport.abort()
        return False
    body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    kind = "text/event-stream" if answer.events is not None else "application/json"
    headers = {"Content-Type": kind} | dict(answer.headers)
    headers |= {"Transfer-Encoding": "chunked"} if answer.events is not None else {"Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {answer.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    if answer.events is None:
        writer.write(body[: len(body) // 2] if answer.cut else body)
    else:
        for event in answer.events:
            writer.write(b"%x\r\n%s\r\n" % (len(event), event))
            await writer.drain()
            await asyncio.sleep(answer.pause)
        if not answer.cut:
            writer.write(b"0\r\n\r\n")
    await writer.drain()
    return not answer.cut
