"""What a careful script does: the `openai` package, a semaphore, n choices in one call. Keeps nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openai import AsyncOpenAI

from benchmarks.peers.adapters.by_hand import Ask, Given, main


@asynccontextmanager
async def opened(given: Given) -> AsyncIterator[Ask]:
    """The client, for as long as the block lasts."""
    gate = asyncio.Semaphore(given.concurrency)
    async with AsyncOpenAI(base_url=given.url, api_key="none") as client:

        async def ask(model: str, prompt: str, n: int) -> list[str]:
            async with gate:
                reply = await client.chat.completions.create(
                    model=model, n=n, temperature=1.0, messages=[{"role": "user", "content": prompt}]
                )
            return [choice.message.content or "" for choice in reply.choices]

        yield ask


if __name__ == "__main__":
    main(opened)
