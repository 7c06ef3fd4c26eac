"""Which server a model names. Knows addresses and the name of the key's variable, never a key."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ilang.backend.protocol import BackendFault
from ilang.base.value import Model
from ilang_backends.openai import address
from ilang_backends.openai.settings import CONTINUATIONS, TIMEOUT

OPENAI_URL = "https://api.openai.com/v1"
OPENAI_KEY = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class Server:
    """Where requests go and how they are written there.

    `home`: the address is OpenAI's own, so its price list holds. `name` is the provider part of an address.
    `official`: OpenAI itself answers, so its table of models and its dialect hold. `ambient`: what the environment
    holds for OpenAI (organization, project, headers) goes there too. `key_variable` is None where no key is sent.
    `timeout` is in seconds.
    """

    url: str
    name: str
    home: bool
    official: bool
    ambient: bool
    key_variable: str | None
    continuation: str
    stream: bool
    timeout: float

    @property
    def shown(self) -> str:
        return address.shown(self.url)


def server_of(model: Model) -> Server:
    """The server that a model's settings name, else that of OPENAI_BASE_URL, else OpenAI's own.

    OpenAI's key goes to OpenAI, or to where the environment sends OpenAI's calls. To a server that a
    *program* names goes only the key whose variable the program names, in plain sight: nobody's key
    is to leave because a program that came from somebody else holds an address.
    """
    declared: str | None = model.setting("base_url")
    url = declared or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
    home = _is_openai(url)
    ambient = home or declared is None
    provider = model.setting("provider")
    return Server(
        url=url,
        name=provider or ("openai" if home else address.host_and_port(url)),
        home=home,
        official=home or provider == "openai",
        ambient=ambient,
        key_variable=model.setting("api_key_env") or (OPENAI_KEY if ambient else None),
        continuation=model.setting("continuation", "none"),
        stream=bool(model.setting("stream", False)),
        timeout=float(model.setting("timeout", TIMEOUT)),
    )


def refuse_unusable(server: Server) -> None:
    """Raises BackendFault where the settings name nothing that could be called."""
    found = address.parts(server.url)
    if found is None:
        raise BackendFault(
            "bad-request",
            f"`{server.shown}` is no address of a server",
            help='write it with its scheme and path: base_url="http://localhost:8000/v1"',
        )
    if found.username is not None or found.query:
        raise BackendFault(
            "bad-request",
            f"the address of {server.shown} holds more than an address",
            help='a key stands in a variable that `api_key_env="..."` names, never in a program',
        )
    if server.continuation not in CONTINUATIONS:
        raise BackendFault(
            "bad-request",
            f"no server continues in the way `{server.continuation}`",
            help=f"continuation is one of {', '.join(CONTINUATIONS)}",
        )
    if server.official and server.continuation != "none":
        raise BackendFault(
            "unsupported",
            "OpenAI's models do not go on from an assistant's text",
            help="leave `continuation` out, or use the embedded model or a server of your own",
        )
    if not server.timeout > 0:
        raise BackendFault("bad-request", f"a timeout of {server.timeout:g} seconds lets no call end")


def _is_openai(url: str) -> bool:
    if url == OPENAI_URL:
        return True
    found = address.parts(url)
    host = (found.hostname or "") if found else ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")
