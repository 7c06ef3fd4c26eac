"""A run to be killed: `python -m tests.draws.crash_run STORE LOG ROWS`.

Draws 4 of each of ROWS requests from a backend that writes a line to LOG as each reply leaves it
(`sent`); the run writes one for each draw that it has in hand (`used`), with the process that drew it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from ilang.backend.request import Request
from ilang.draws.batch import Draws
from ilang.draws.disk_store import open_store
from ilang.draws.draw import Ask, Draw
from ilang.draws.event import Event
from tests.draws.bench import Bench, ask, random_delay

DRAWS = 4


async def run(store_place: Path, log: int, rows: int) -> None:
    """One run; prints what it paid for."""

    def note(word: str, text: str) -> None:
        os.write(log, f"{word} {text}\n".encode())  # one write, appended: whole whatever happens next

    class Logged(Bench):
        def texts(self, request: Request) -> list[str]:
            (said,) = super().texts(request)
            note("sent", said)
            return [f"{said} by {os.getpid()}"]  # no two processes are told the same

    def told(event: Event) -> None:
        if event.draw is not None:
            note("used", event.draw.text)

    store = open_store(store_place)
    bench = Logged(delay=random_delay(os.getpid(), 0.02))
    draws = Draws(store, find=bench.find, concurrency=8, on_event=told)

    async def row(asked: Ask) -> None:
        found = await draws.draw_many([(asked, index) for index in range(DRAWS)])
        assert all(isinstance(draw, Draw) for draw in found), found

    await asyncio.gather(*(row(ask(f"row-{number}")) for number in range(rows)))
    await draws.aclose()
    store.close()
    sys.stdout.write(f"paid {draws.paid.calls} hits {draws.hits}\n")


if __name__ == "__main__":
    log_file = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        asyncio.run(run(Path(sys.argv[1]), log_file, int(sys.argv[3])))
    except KeyboardInterrupt:
        sys.exit(130)
