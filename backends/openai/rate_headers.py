"""What a server's headers tell of its limits: OpenAI's `x-ratelimit-*` and Anthropic's `anthropic-ratelimit-*`.

OpenAI says when all is there again as a time that passes (`6m0s`, `120ms`), Anthropic as a date. Gateways hand on
either. A header that cannot be read tells nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from ilang.backend.allowance import Allowance

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def allowances(headers: Mapping[str, str]) -> tuple[Allowance, ...]:
    """What is told of calls and of tokens; the narrower one where there are several kinds of tokens."""
    if not any(name.lower().startswith(("x-ratelimit", "anthropic-ratelimit")) for name in headers):
        return ()
    calls = [
        _read(headers, "calls", "x-ratelimit-{}-requests", _passing),
        _read(headers, "calls", "anthropic-ratelimit-requests-{}", _until),
    ]
    tokens = [
        _read(headers, "tokens", "x-ratelimit-{}-tokens", _passing),
        *(
            _read(headers, "tokens", f"anthropic-ratelimit-{kind}-{{}}", _until)
            for kind in ("tokens", "input-tokens", "output-tokens")
        ),
    ]
    found = [[one for one in kind if one is not None] for kind in (calls, tokens)]
    return tuple(min(kind, key=lambda one: one.left) for kind in found if kind)


def until_one_is_there(headers: Mapping[str, str]) -> float | None:
    """Seconds until a server that refused, and does not say for how long, takes a call again; None: not told."""
    spent = [one.full_in / max(1, one.limit - one.left) for one in allowances(headers) if one.left <= 0]
    return max(spent) if spent else None


def _read(headers: Mapping[str, str], what: str, name: str, seconds: Callable[[str], float | None]) -> Allowance | None:
    try:
        limit, left = (int(headers[name.format(part)]) for part in ("limit", "remaining"))
        full_in = seconds(headers[name.format("reset")])
    except (KeyError, ValueError):
        return None
    if full_in is None or limit <= 0 or left < 0:
        return None
    return Allowance("calls" if what == "calls" else "tokens", limit, min(left, limit), full_in)


def _passing(text: str) -> float | None:
    """`1h2m3.5s` in seconds; a bare number is seconds."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _until(text: str) -> float | None:
    """Seconds until an RFC 3339 date."""
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return max(0.0, date.timestamp() - time.time())
