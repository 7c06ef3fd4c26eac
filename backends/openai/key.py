"""Finds the key of a server, before anything is sent."""

from __future__ import annotations

from ilang.backend.keys import find_key
from ilang.backend.protocol import BackendFault
from ilang.base.diagnostic import IlangError
from ilang_backends.openai.secret import Secret
from ilang_backends.openai.server import OPENAI_KEY, Server

NO_KEY = "no-key-needed"
"""What is sent where a server needs no key: the SDK insists on one."""


def key_of(server: Server) -> Secret:
    """The key that the server's variable holds. Raises BackendFault, naming the variable, where it holds none."""
    if server.key_variable is None:
        return Secret(NO_KEY)
    try:
        found = find_key(server.key_variable)
    except IlangError as refused:
        problem = refused.diagnostics[0]
        raise BackendFault("unset-key", problem.message, help=problem.help or "") from None
    if found is not None:
        return Secret(found[0])
    if server.ambient and not server.official and server.key_variable == OPENAI_KEY:
        return Secret(NO_KEY)  # OPENAI_BASE_URL names a server that may well need none
    raise BackendFault(
        "unset-key",
        f"the environment variable `{server.key_variable}` is not set, and {server.shown} needs a key",
        help=f"set it: `export {server.key_variable}=...` or `ilang keys set {server.key_variable}`; "
        "or run on the embedded model, which needs none",
    )
