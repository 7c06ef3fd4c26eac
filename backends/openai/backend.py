"""An opened model behind Chat Completions: sends requests, reads replies. Knows no retries and no limits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault
from ilang.backend.request import Reply, Request
from ilang.base.value import Model
from ilang_backends.openai import faults
from ilang_backends.openai.assembly import Assembly
from ilang_backends.openai.body import Body, body_of, is_continued, streamed
from ilang_backends.openai.client import Client, make_client
from ilang_backends.openai.events import payloads
from ilang_backends.openai.families import capabilities_of
from ilang_backends.openai.key import key_of
from ilang_backends.openai.rate_headers import allowances
from ilang_backends.openai.reading import read
from ilang_backends.openai.refusal import refusal_in, refusal_of
from ilang_backends.openai.secret import Secret
from ilang_backends.openai.server import Server
from ilang_backends.openai.wire import decode_chunk, decode_reply

_ONCE = {"Connection": "close"}
_KEPT: dict[str, str] = {}


async def open_backend(model: Model, server: Server) -> OpenAIBackend:
    """Finds the key and sets the SDK up in a thread. Sends nothing. Raises BackendFault `unset-key`."""
    secret = key_of(server)
    client = await asyncio.to_thread(make_client, server, secret)
    return OpenAIBackend(capabilities_of(model, server), server, secret, client)


class OpenAIBackend:
    """One model at one server."""

    def __init__(self, capabilities: Capabilities, server: Server, secret: Secret, client: Client) -> None:
        self.capabilities = capabilities
        self._server = server
        self._secret = secret
        self._client = client

    async def generate(self, request: Request) -> Reply:
        """Draws `request.n` choices in one call. Raises BackendFault; cancelling the task closes the connection.

        A reply comes token by token where a program declares `stream=true`, so that the server notices
        a cancelled call, and from `llama-server` where the request is several choices wide or goes on from
        a text: only its streams count every choice and leave out the text that it was given.
        """
        body = body_of(request, self._server, self.capabilities)
        stream = self._server.stream or (
            self._server.continuation == "llamacpp" and (request.n > 1 or is_continued(request))
        )
        try:
            async with asyncio.timeout(self._server.timeout) as deadline:
                return await (self._streamed(body, request) if stream else self._at_once(body, request))
        except TimeoutError:
            if deadline.expired():
                raise faults.of_deadline(self._server) from None
            raise

    async def aclose(self) -> None:
        """Closes the kept connections."""
        await self._client.aclose()

    async def _at_once(self, body: Body, request: Request) -> Reply:
        try:
            answer = await self._client.whole(msgspec.json.encode(body))
        except self._client.lost as error:
            raise faults.of_connection(error, self._server) from None
        if not 200 <= answer.status < 300:
            raise self._refused(answer.status, answer.headers, answer.content, request)
        return _told(self._read_whole(answer.content, request), answer.headers)

    async def _streamed(self, body: Body, request: Request) -> Reply:
        # llama.cpp offers to keep the connection of a stream, then closes it: the next call must not meet it
        headers = _ONCE if self._server.continuation == "llamacpp" else _KEPT
        try:
            response = await self._client.streamed(msgspec.json.encode(streamed(body)), headers)
        except self._client.lost as error:
            raise faults.of_connection(error, self._server) from None
        try:
            if not response.is_success:
                said = await response.aread()
                raise self._refused(response.status_code, response.headers, said, request)
            if response.headers.get("content-type", "").startswith("application/json"):
                whole = self._read_whole(await response.aread(), request)  # a server that does not stream
                return _told(whole, response.headers)
            assembly = Assembly()
            async for payload in payloads(response.aiter_bytes()):
                if payload == b"[DONE]":
                    assembly.ended = True  # and read on to the end, so that the connection can be kept
                elif not assembly.ended:
                    self._add(assembly, payload, request)
        except self._client.lost as error:
            raise faults.of_connection(error, self._server) from None
        finally:
            await response.aclose()
        if not assembly.complete:
            raise BackendFault("malformed-reply", f"the reply of {self._server.shown} breaks off", retry=True)
        return _told(read(assembly.reply(), request, assembly.counts), response.headers)

    def _add(self, assembly: Assembly, payload: bytes, request: Request) -> None:
        try:
            chunk = decode_chunk(payload)
        except msgspec.MsgspecError:
            raise faults.of_unreadable(payload, self._server, self._secret) from None
        if chunk.error is not None:
            raise self._broken(chunk.error, request)
        assembly.add(chunk)

    def _read_whole(self, content: bytes, request: Request) -> Reply:
        try:
            reply = decode_reply(content)
        except msgspec.MsgspecError:
            raise faults.of_unreadable(content, self._server, self._secret) from None
        if reply.error is not None and not reply.choices:
            raise self._broken(reply.error, request)
        if reply.choices is None:
            raise faults.of_unreadable(content, self._server, self._secret)
        return read(reply, request)

    def _refused(self, status: int, headers: Mapping[str, str], said: bytes, request: Request) -> BackendFault:
        return faults.of_refusal(refusal_of(status, said), headers, self._server, request.model, self._secret)

    def _broken(self, error: Any, request: Request) -> BackendFault:
        return faults.of_broken_reply(refusal_in(error), self._server, request.model, self._secret)


def _told(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """The reply with what the server's headers tell of its limits."""
    found = allowances(headers)
    return replace(reply, allowances=found) if found else reply
