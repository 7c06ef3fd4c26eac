"""How a server's address is written in messages and in the addresses of draws: never with what is secret in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_PORTS = {"http": 80, "https": 443}


def parts(url: str) -> SplitResult | None:
    """The parts of an http or https address; None where it is none."""
    from urllib.parse import urlsplit  # 3 ms, and `ilang check` seldom meets an address

    try:
        found = urlsplit(url)
        _ = found.port  # raises where it is no number
    except ValueError:
        return None
    return found if found.scheme in _PORTS and found.hostname else None


def host_and_port(url: str) -> str:
    """`http://me:secret@node:8000/v1` is `node:8000`; what is no address stands, less what is before an @."""
    found = parts(url)
    if found is None:
        return url.rpartition("@")[2]
    host = found.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{found.port or _PORTS[found.scheme]}"


def shown(url: str) -> str:
    """The address without user, password and query."""
    found = parts(url)
    if found is None:
        return url.rpartition("@")[2]
    return f"{found.scheme}://{found.netloc.rpartition('@')[2]}{found.path}"


def is_loopback(url: str) -> bool:
    """Whether it is a server on this very machine."""
    found = parts(url)
    host = (found.hostname or "") if found else ""
    return host == "localhost" or host == "::1" or host.startswith("127.")
