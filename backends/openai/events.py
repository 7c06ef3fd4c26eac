"""Cuts a stream of bytes into the payloads of its server-sent events. Knows nothing of what they say.

Lines are cut at line feeds alone: a reply may hold other characters that Python takes for the end
of a line (U+2028), and JSON does not escape them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator


async def payloads(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The data of each event, in order; comments (keep-alives) and other fields are passed over."""
    rest = b""
    data: list[bytes] = []
    async for block in stream:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            line = line.rstrip(b"\r")
            if line.startswith(b"data:"):
                data.append(line[5:].removeprefix(b" "))
            elif not line and data:
                yield b"\n".join(data)
                data = []
    if rest.startswith(b"data:"):
        data.append(rest[5:].strip())
    if data:
        yield b"\n".join(data)
