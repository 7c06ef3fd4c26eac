"""A Chat Completions server for benchmarks, on loopback: answers at once or after a while, fails on demand, counts.

    python -m benchmarks.peers.server [--port 8899]

POST /v1/chat/completions with `n` and `seed`; GET /stats, the counts; POST /reset, all of them to 0 and every draw
anew; POST /config {"latency": 0.05}, settings. `choices` counts what a provider would bill: every choice of every call
that was accepted, also where the client had gone before the reply (those again in `choices_left`).
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec

from benchmarks.peers.answering import Speaker, chance

REFUSED, BROKEN = b"429 Too Many Requests", b"500 Internal Server Error"


class Settings(msgspec.Struct):
    """`latency` in seconds; `most` calls in flight, beyond which 429 comes with `retry_after` seconds (0: no limit);
    `broken` and `cut`, shares of calls that get status 500 and whose connection is dropped."""

    latency: float = 0.0
    most: int = 0
    retry_after: float = 1.0
    broken: float = 0.0
    cut: float = 0.0


class Counts(msgspec.Struct):
    """What came so far. `calls` without those refused; `first`, `last`: times of calls, by the monotonic clock."""

    calls: int = 0
    choices: int = 0
    choices_left: int = 0
    refused: int = 0
    broken: int = 0
    cut: int = 0
    in_flight: int = 0
    widest: int = 0
    connections: int = 0
    first: float = 0.0
    last: float = 0.0


class Mock:
    """The server's state, shared by its connections."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.counts = Counts()
        self.speaker = Speaker()

    def reset(self) -> None:
        """All from the beginning; what is in flight stays so."""
        self.counts = Counts(in_flight=self.counts.in_flight)
        self.speaker = Speaker()


class Connection(asyncio.Protocol):
    """One client's connection: HTTP/1.1, kept alive, one call at a time."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._waiting: tuple[asyncio.TimerHandle, int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._mock.counts.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._waiting is not None:
            timer, n = self._waiting
            timer.cancel()
            self._mock.counts.in_flight -= 1
            self._mock.counts.choices_left += n

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._transport is not None and self._waiting is None:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            size = _length(head)
            if not end or len(rest) < size:
                return
            self._buffer = rest[size:]
            self._route(head.split(b" ", 2)[1].partition(b"?")[0], rest[:size])

    def _route(self, path: bytes, body: bytes) -> None:
        mock = self._mock
        if path.endswith(b"/chat/completions"):
            self._chat(body)
        elif path == b"/stats":
            self._send(b"200 OK", mock.counts)
        elif path == b"/reset":
            mock.reset()
            self._send(b"200 OK", {})
        elif path == b"/config":
            mock.settings = msgspec.json.decode(body, type=Settings)
            self._send(b"200 OK", mock.settings)
        else:
            self._fail(b"404 Not Found", "no such path")

    def _chat(self, body: bytes) -> None:
        settings, counts = self._mock.settings, self._mock.counts
        if settings.most and counts.in_flight >= settings.most:
            counts.refused += 1
            self._fail(REFUSED, "slow down", b"Retry-After: %g\r\n" % settings.retry_after)
            return
        counts.calls += 1
        counts.last = time.monotonic()
        counts.first = counts.first or counts.last
        luck = chance("fault", counts.calls)
        if luck < settings.broken:
            counts.broken += 1
            self._fail(BROKEN, "injected")
        elif luck < settings.broken + settings.cut:
            counts.cut += 1
            assert self._transport is not None
            self._transport.abort()
        else:
            self._answer(msgspec.json.decode(body))

    def _answer(self, call: dict[str, Any]) -> None:
        counts, n = self._mock.counts, call.get("n") or 1
        prompt = "\n".join(message["content"] for message in call["messages"])
        texts = self._mock.speaker.texts(call["model"], prompt, call.get("seed"), n)
        counts.choices += n
        counts.in_flight += 1
        counts.widest = max(counts.widest, counts.in_flight)
        spent, drawn = len(prompt) // 4, sum(len(text) // 4 for text in texts)
        reply = {
            "id": f"mock-{counts.calls}",
            "object": "chat.completion",
            "created": 0,
            "model": call["model"],
            "system_fingerprint": "mock",
            "usage": {"prompt_tokens": spent, "completion_tokens": drawn, "total_tokens": spent + drawn},
            "choices": [
                {
                    "index": at,
                    "finish_reason": "stop",
                    "logprobs": None,
                    "message": {"role": "assistant", "content": text, "refusal": None},
                }
                for at, text in enumerate(texts)
            ],
        }
        latency = self._mock.settings.latency
        if latency <= 0:
            self._finish(reply)
        else:
            self._waiting = asyncio.get_running_loop().call_later(latency, self._finish, reply), n

    def _finish(self, reply: dict[str, Any]) -> None:
        waited, self._waiting = self._waiting is not None, None
        self._mock.counts.in_flight -= 1
        self._send(b"200 OK", reply)
        if waited and self._buffer:
            self.data_received(b"")

    def _fail(self, status: bytes, message: str, headers: bytes = b"") -> None:
        self._send(status, {"error": {"message": message, "type": "mock", "code": None}}, headers)

    def _send(self, status: bytes, answer: Any, headers: bytes = b"") -> None:
        if self._transport is not None:
            body = msgspec.json.encode(answer)
            head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n"
            self._transport.write(head % (status, headers, len(body)) + body)


def _length(head: bytes) -> int:
    name = b"content-length:"
    at = head.lower().find(name)
    return int(head[at + len(name) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def serve(port: int, ready: Callable[[int], None]) -> None:
    """Serves until it is cancelled; `ready` is told the port."""
    mock = Mock()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(mock), "127.0.0.1", port, backlog=4096)
    ready(server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(serve(parser.parse_args().port, lambda port: print("ready", port, flush=True)))
