"""The aiohttp session under the SDK's HTTP client. A whole reply costs half as much over it as through the client.

It is taken only where nothing stands between: no proxy, no other transport. In an SDK that builds its client in another
way it is not found, and calls go through the client.
"""

from __future__ import annotations

from typing import Any


def session_of(http: Any, url: Any) -> Any:
    """The session over which this client would send a call to this address; None: there is none, or none yet."""
    choose = getattr(http, "_transport_for_url", None)
    transport = None if choose is None else choose(url)
    if transport is None or getattr(transport, "proxy", None) is not None:
        return None
    session = getattr(transport, "client", None)  # made with the transport's first call
    return session if hasattr(session, "post") else None
