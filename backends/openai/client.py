"""Makes the SDK's client. The only file that imports the SDK, and it does so when it is called.

One client, so one pool of kept-alive connections, for each opened model. The aiohttp transport is
the SDK's own, costs about half of the default one, and like it honours HTTPS_PROXY, NO_PROXY,
SSL_CERT_FILE and SSL_CERT_DIR. The SDK says where a call goes and under which headers, once; a call is then
a request of its HTTP client, or of the session below that (`session.py`): to have it built by the SDK each time costs
more than to send it. No call is tried again here: every try has to pass the limits and the budget of the run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ilang_backends.openai.secret import Secret
from ilang_backends.openai.server import Server
from ilang_backends.openai.session import session_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PATH = "/chat/completions"

CONNECT_TIMEOUT = 10.0
"""Seconds until a server has to have taken the connection."""


class Answer(NamedTuple):
    """A reply that has been read whole, whatever its status."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Client:
    """The SDK's HTTP client, with what every call has in common, and what can only be named once the SDK is there.

    `lost` is all that is raised where a connection is not made or does not last.
    """

    def __init__(self, http: Any, url: Any, headers: Any, timeout: Any, library: Any) -> None:
        self.lost: tuple[type[Exception], ...] = (library.HTTPError, OSError, *_transport_errors())
        self._http = http
        self._url = url
        self._headers = headers
        self._timeouts = {"timeout": timeout.as_dict()}
        self._request = library.Request
        self._session: Any = None
        self._over_session: dict[str, Any] = {}

    async def whole(self, body: bytes) -> Answer:
        """The answer to a call. Raises one of `lost`."""
        if self._session is None and not self._found():
            response = await self._http.send(self._call(body))
            return Answer(response.status_code, response.headers, response.content)
        async with self._session.post(data=body, **self._over_session) as reply:
            return Answer(reply.status, reply.headers, await reply.read())

    async def streamed(self, body: bytes, headers: Mapping[str, str]) -> Any:
        """The response of the HTTP library, still to be read and closed. Raises one of `lost`."""
        call = self._call(body)
        call.headers.update(headers)
        return await self._http.send(call, stream=True)

    async def aclose(self) -> None:
        """Closes the kept connections."""
        self._session = None
        await self._http.aclose()

    def _call(self, body: bytes) -> Any:
        return self._request("POST", self._url, headers=self._headers, content=body, extensions=self._timeouts)

    def _found(self) -> bool:
        """Whether calls can go over the session itself."""
        self._session = session_of(self._http, self._url)
        if self._session is not None:
            import aiohttp

            limit = self._timeouts["timeout"]
            timeout = aiohttp.ClientTimeout(sock_connect=limit["connect"], sock_read=limit["read"])
            self._over_session = {"url": str(self._url), "headers": dict(self._headers), "timeout": timeout}
        return self._session is not None


def make_client(server: Server, secret: Secret) -> Client:
    """Imports the SDK (0.35 s of CPU) and sets it up; run in a thread, so that the loop stays free."""
    import openai

    limit = openai.Timeout(server.timeout, connect=CONNECT_TIMEOUT)
    try:
        http = openai.DefaultAioHttpClient(timeout=limit)
    except RuntimeError:  # installed without it
        http = openai.DefaultAsyncHttpxClient(timeout=limit)
    sdk = openai.AsyncOpenAI(
        api_key=secret.reveal(),
        base_url=server.url,
        timeout=limit,
        max_retries=0,
        http_client=http,
        default_headers=None if server.ambient else _own_headers(secret, openai.Omit()),
    )
    if not server.ambient:
        sdk.organization = sdk.project = None
    library = _http_library(openai.DefaultAsyncHttpxClient)
    url = library.URL(server.url.rstrip("/") + PATH)
    return Client(http, url, _headers(sdk, library.Headers()), limit, library)


def _headers(sdk: AsyncOpenAI, headers: Any) -> Any:
    """What the SDK would send with every call. A name is the same in any case, and of two the later holds."""
    for name, value in (*sdk.auth_headers.items(), *sdk.default_headers.items()):
        if isinstance(value, str):
            headers[name] = value
        else:  # the SDK's own word for "not this one"
            headers.pop(name, None)
    return headers


def _transport_errors() -> tuple[type[Exception], ...]:
    """What the aiohttp transport lets through of its own; nothing where the SDK does not use it."""
    aiohttp: Any = sys.modules.get("aiohttp")
    return () if aiohttp is None else (aiohttp.ClientError,)


def _own_headers(secret: Secret, omit: Any) -> dict[str, Any]:
    """This key, and an `omit` for each header that the SDK would take from OPENAI_CUSTOM_HEADERS."""
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    names = (line.partition(":")[0].strip() for line in lines if ":" in line)
    return {"Authorization": f"Bearer {secret.reveal()}"} | {
        name: omit for name in names if name.lower() != "authorization"
    }


def _http_library(client: type[Any]) -> Any:
    """The HTTP library that this SDK builds on: httpx, in later versions httpx2."""
    base = next(base for base in client.__mro__ if base.__name__ == "AsyncClient")
    return sys.modules[base.__module__.partition(".")[0]]
