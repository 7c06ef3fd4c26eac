"""Makes the SDK's client. The only file that imports the SDK, and it does so when it is called.

One client, so one pool of kept-alive connections, for each opened model. The aiohttp transport is
the SDK's own, costs about half of the default one, and like it honours HTTPS_PROXY, NO_PROXY,
SSL_CERT_FILE and SSL_CERT_DIR. Retries are set to 0: every try has to pass the limits and
the budget of the run, which the SDK does not know.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilang_backends.openai.secret import Secret
from ilang_backends.openai.server import Server

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

CONNECT_TIMEOUT = 10.0
"""Seconds until a server has to have taken the connection."""


@dataclass(frozen=True, slots=True)
class Client:
    """The SDK's client, and what can only be named once the SDK is there.

    `response` is its HTTP library's type, `refused` what it raises for a status that is no
    success, `lost` all that is raised where a connection is not made or does not last.
    """

    sdk: AsyncOpenAI
    response: type[Any]
    stream: type[Any]
    refused: type[APIStatusError]
    lost: tuple[type[Exception], ...]


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
        sdk=sdk,
        response=library.Response,
        stream=openai.AsyncStream,
        refused=openai.APIStatusError,
        lost=(openai.APIConnectionError, library.HTTPError, OSError),
    )


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
