"""Near the least that Python can do: aiohttp and json, n choices in one call, three tries. Keeps nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from benchmarks.peers.adapters.by_hand import Ask, Given, main

TRIES = 3


@asynccontextmanager
async def opened(given: Given) -> AsyncIterator[Ask]:
    """The client, for as long as the block lasts."""
    gate = asyncio.Semaphore(given.concurrency)
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=headers) as client:

        async def ask(model: str, prompt: str, n: int) -> list[str]:
            call = {"model": model, "n": n, "temperature": 1.0, "messages": [{"role": "user", "content": prompt}]}
            body, failed = json.dumps(call).encode(), ""
            async with gate:
                for again in range(TRIES):
                    wait = 0.5 * 2**again
                    try:
                        async with client.post(f"{given.url}/chat/completions", data=body) as reply:
                            if reply.status == 200:
                                return [
                                    choice["message"]["content"] for choice in json.loads(await reply.read())["choices"]
                                ]
                            failed = f"status {reply.status}"
                            wait = float(reply.headers.get("retry-after", wait))
                    except aiohttp.ClientError as error:
                        failed = repr(error)
                    if again < TRIES - 1:
                        await asyncio.sleep(wait)
            raise RuntimeError(failed)

        yield ask


if __name__ == "__main__":
    main(opened)
