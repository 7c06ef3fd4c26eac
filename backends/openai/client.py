"""Makes the SDK's client. The only file that imports the SDK, and it does so when it is called.

One client, so one pool of kept-alive connections, for each opened model. The aiohttp transport is
the SDK's own, costs about half of the default one, and like it honours HTTPS_PROXY, NO_PROXY,
SSL_CERT_FILE and SSL_CERT_DIR. The SDK says where a call goes and under which headers, once; a call is then
a request of its HTTP client, for to have it built by the SDK each time costs more than to send it. No call is
tried again here: every try has to pass the limits and the budget of the run, which the SDK does not know.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilang_backends.openai.secret import Secret
from ilang_backends.openai.server import Server

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PATH = "/chat/completions"

CONNECT_TIMEOUT = 10.0
"""Seconds until a server has to have taken the connection."""


@dataclass(frozen=True, slots=True)
class Client:
    """The SDK's HTTP client, with what every call has in common, and what can only be named once the SDK is there.

    `request` is its HTTP library's type; `lost` all that is raised where a connection is not made or does not last.
    """

    http: Any
    url: Any
    headers: Any
    timeout: dict[str, float | None]
    request: type[Any]
    lost: tuple[type[Exception], ...]

    async def send(self, body: bytes, headers: Mapping[str, str], *, stream: bool) -> Any:
        """The response, whatever its status, read whole unless it is to be streamed. `headers`: beside the usual ones.
        Raises one of `lost`."""
        call = self.request("POST", self.url, headers=self.headers, content=body, extensions={"timeout": self.timeout})
        call.headers.update(headers)
        return await self.http.send(call, stream=stream)

    async def aclose(self) -> None:
        """Closes the kept connections."""
        await self.http.aclose()


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
    return Client(
        http=http,
        url=library.URL(server.url.rstrip("/") + PATH),
        headers=_headers(sdk, library.Headers()),
        timeout=limit.as_dict(),
        request=library.Request,
        lost=(library.HTTPError, OSError, *_transport_errors()),
    )


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
