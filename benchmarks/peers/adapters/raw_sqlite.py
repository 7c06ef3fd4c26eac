"""The careful script with a cache of its own: draws in SQLite by (model, prompt, index), so that n can grow, equal
prompts in flight share a call, and what has come survives a kill."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.peers.adapters import raw_openai
from benchmarks.peers.adapters.by_hand import Ask, Given, main


@asynccontextmanager
async def opened(given: Given) -> AsyncIterator[Ask]:
    """The client and the cache, for as long as the block lasts."""
    kept = sqlite3.connect(given.cache / "draws.db", isolation_level=None)
    kept.execute("PRAGMA journal_mode = wal")
    kept.execute("PRAGMA synchronous = normal")
    kept.execute("CREATE TABLE IF NOT EXISTS d(k BLOB, i INT, t TEXT, PRIMARY KEY(k, i)) WITHOUT ROWID")
    locks: dict[bytes, asyncio.Lock] = {}
    async with raw_openai.opened(given) as call:

        async def ask(model: str, prompt: str, n: int) -> list[str]:
            key = hashlib.sha256(f"{model}\0{prompt}".encode()).digest()
            async with locks.setdefault(key, asyncio.Lock()):
                rows = kept.execute("SELECT t FROM d WHERE k = ? AND i < ? ORDER BY i", (key, n))
                have = [text for (text,) in rows]
                if len(have) < n:
                    new = await call(model, prompt, n - len(have))
                    kept.execute("BEGIN")
                    numbered = [(key, len(have) + at, text) for at, text in enumerate(new)]
                    kept.executemany("INSERT INTO d VALUES (?, ?, ?)", numbered)
                    kept.execute("COMMIT")
                    have += new
                return have

        yield ask
    kept.close()


if __name__ == "__main__":
    main(opened)
