"""Finds the key of a server in the environment, before anything is sent."""

from __future__ import annotations

import os

from ilang.backend.protocol import BackendFault
from ilang_backends.openai.secret import Secret
from ilang_backends.openai.server import OPENAI_KEY, Server

NO_KEY = "no-key-needed"
"""What is sent where a server needs no key: the SDK insists on one."""


def key_of(server: Server) -> Secret:
    """The key that the server's variable holds. Raises BackendFault, naming the variable, where it holds none."""
    if server.key_variable is None:
        return Secret(NO_KEY)
    found = os.environ.get(server.key_variable, "").strip()
    if found:
        return Secret(found)
    if server.ambient and not server.official and server.key_variable == OPENAI_KEY:
        return Secret(NO_KEY)  # OPENAI_BASE_URL names a server that may well need none
    raise BackendFault(
        "unset-key",
        f"the environment variable `{server.key_variable}` is not set, and {server.shown} needs a key",
        help=f"set it: `export {server.key_variable}=...`, or run on the embedded model, which needs none",
    )
