"""The opened `fake` model. Says scripted replies; knows no program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault
from ilang.backend.request import Choice, Reply, Request, StopReason, Usage
from ilang_backends.fake import words
from ilang_backends.fake.abilities import CAPABILITIES
from ilang_backends.fake.script import Script, replies_to, same_for_all


class FakeBackend:
    """Says `replies`: the k-th to the k-th new draw of a request.

    Two requests are the same when they differ in nothing but their seed, and each begins at the first reply.
    A draw is new when its seed has not been seen with that request; the seed is remembered, so asking again
    gives the same reply. Requests without a seed are new draws always. The binding is made when a call
    arrives, before anything is awaited: calls started in program order are bound in program order.

    `replies` may also be a script (see `script.py`), or a function of the request and k (0, 1, ...), whose
    calls are the same in number and order. `delay`: seconds that each call waits.

        backend = FakeBackend(["Answer: 3", "Answer: 4"])
        backend.asked                       # all requests so far, in order of arrival
    """

    def __init__(
        self,
        replies: Sequence[str] | Script | Callable[[Request, int], str],
        *,
        capabilities: Capabilities = CAPABILITIES,
        delay: float = 0.0,
    ) -> None:
        self.capabilities = capabilities
        self.asked: list[Request] = []
        self._say = replies if callable(replies) else _from_script(_script(replies))
        self._delay = delay
        self._drawn: dict[Request, int] = {}
        self._said: dict[Request, str] = {}

    async def generate(self, request: Request) -> Reply:
        _check(request)
        self.asked.append(request)
        text = self._reply(request)
        await asyncio.sleep(self._delay)
        choice = _ended(text, request)
        usage = Usage(
            input_tokens=sum(words.count(message.content) for message in request.messages),
            output_tokens=choice.tokens or 0,
        )
        return Reply((choice,), usage, model=request.model, fingerprint="fake")

    async def aclose(self) -> None:
        """Nothing was opened."""

    def _reply(self, request: Request) -> str:
        if request.seed is not None and request in self._said:
            return self._said[request]
        content = replace(request, seed=None)
        k = self._drawn.get(content, 0)
        text = self._say(content, k)
        self._drawn[content] = k + 1
        if request.seed is not None:
            self._said[request] = text
        return text


def _script(replies: Sequence[str] | Script) -> Script:
    if isinstance(replies, str):
        raise TypeError("replies is a list of texts, not one text")
    if replies and isinstance(replies[0], tuple):
        return cast("Script", replies)
    return same_for_all(str(reply) for reply in replies)


def _from_script(script: Script) -> Callable[[Request, int], str]:
    def say(request: Request, k: int) -> str:
        foreseen = replies_to(script, request)
        if k < len(foreseen):
            return foreseen[k]
        raise BackendFault(
            "exhausted",
            f"no reply is left for draw {k + 1} of this request:\n{_shown(request)}",
            help=f"{len(foreseen) or 'no'} {'reply is' if len(foreseen) == 1 else 'replies are'} foreseen for it",
        )

    return say


def _shown(request: Request) -> str:
    """The request as it was sent, indented; long messages are cut in their middle."""
    return "\n".join(f"  {m.role}: {_short(m.content)}" for m in request.messages)


def _short(text: str) -> str:
    flat = text.strip().replace("\n", "\n    ")
    return flat if len(flat) <= 600 else f"{flat[:300]} ... {flat[-300:]}"


def _ended(text: str, request: Request) -> Choice:
    """The reply as far as the request lets it come: to the first stop string, or to its limit, whichever is first."""
    reason: StopReason = "end"
    stop_text = ""
    found = [(at, stop) for stop in request.stop if (at := text.find(stop)) >= 0]
    if found:
        at, stop_text = min(found, key=lambda f: f[0])
        text, reason = text[:at], "stop"
    if request.max_tokens is not None and words.count(text) > request.max_tokens:
        text, reason, stop_text = words.first(text, request.max_tokens), "limit", ""
    return Choice(text, reason, stop_text, tokens=words.count(text))


def _check(request: Request) -> None:
    """Raises BackendFault for what no server would take."""
    if not request.messages:
        raise BackendFault("bad-request", "a request needs a message")
    if request.n != 1:
        raise BackendFault("bad-request", f"a fake model gives one choice a call, not {request.n}")
    if request.max_tokens is not None and request.max_tokens < 1:
        raise BackendFault("bad-request", f"max_tokens is at least 1, not {request.max_tokens}")
    if request.temperature is not None and not request.temperature >= 0.0:
        raise BackendFault("bad-request", f"temperature is at least 0, not {request.temperature:g}")
    if "" in request.stop:
        raise BackendFault("bad-request", "an empty stop string would end every text at once")
