"""Four `ilang run` on one store and the same 500 elements, against a server that counts what it is asked."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path

from ilang.draws.disk_store import open_store
from tests.backends.openai.scripted_server import Answer, reply, scripted

ROWS = 500
PROCESSES = 4
PROGRAM = '''
model m = openai("m", base_url="{url}", max_tokens=16, prices="0 in, 0 out")

prompt say(x: int) -> text {{
  user """Say {{{{x}}}}"""
}}

pipeline main(xs: list[int]) -> int {{
  xs | each(x => say(x) | ask(m)) | count(true)
}}
'''


async def run_all(place: Path) -> tuple[Counter[str], list[tuple[int, str]]]:
    """What the server was asked, by what was said to it, and the exit code with the output of each process."""
    async with scripted(Answer(reply("hi"), after=0.05)) as server:
        program = place / "say.inf"
        program.write_text(PROGRAM.format(url=server.url))
        command = [sys.executable, "-m", "ilang.cli.main", "run", str(program), f"xs:={[*range(ROWS)]}"]
        environment = {**os.environ, "ILANG_STORE": str(place / "draws"), "OPENAI_API_KEY": "k"}
        pipe = asyncio.subprocess.PIPE
        processes = [
            await asyncio.create_subprocess_exec(*command, env=environment, stdout=pipe, stderr=pipe)
            for _ in range(PROCESSES)
        ]
        told = []
        for process in processes:
            out, err = await asyncio.wait_for(process.communicate(), 120)
            told.append((process.returncode or 0, (out + err).decode()))
        assert not server.complaints
        return Counter(asked.body["messages"][-1]["content"] for asked in server.asked), told


def test_no_draw_is_paid_twice_and_the_store_is_clean(tmp_path: Path) -> None:
    asked, told = asyncio.run(run_all(tmp_path))
    assert told == [(0, f"{ROWS}\n")] * PROCESSES
    assert asked == Counter(f"Say {x}" for x in range(ROWS))  # by the server's own count
    store = open_store(tmp_path / "draws")
    checked = store.verify()
    assert (checked.sound, checked.damaged) == (ROWS, ())
    store.close()
