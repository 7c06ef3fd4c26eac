"""Runs rows against a server that fails often, and against a calm one: no row is lost, and every answer is the same.

    python benchmarks/faults.py [ROWS] [N] [SEED]

The server speaks Chat Completions on loopback. Of its answers 2% are a 500, 2% a dropped connection, 1% no JSON, 5% a
429 with Retry-After, which it also checks: nobody may come again with the same request before that. Which answers fail
is decided by the request and how often it came, so that a run can be repeated. Default: 2,000 rows, n=8.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

PROGRAM = '''
model m = openai("numbers", base_url="{url}", provider="numbers", api_key_env="FAULTS_KEY", n=true)
prompt solve(question: text) -> number {{
  user """{{{{question}}}} Finish with "Answer: <number>"."""
  answer after("Answer:")
}}
pipeline main(question: text, n: int) -> number {{ solve(question) | sample(m, n=n) | vote | .winner }}
'''
SHARES = (("500", 0.02), ("drop", 0.02), ("malformed", 0.01), ("429", 0.05))
AGAIN = 0.2
"""Seconds of Retry-After."""


class Server:
    """`faults`: whether it fails. What it was asked, and what it answered, is counted."""

    def __init__(self, *, faults: bool, seed: int) -> None:
        self.faults = faults
        self.seed = seed
        self.calls = 0
        self.failed: Counter[str] = Counter()
        self.early = 0  # came again before Retry-After had passed
        self.port = 0
        self._tries: Counter[str] = Counter()
        self._not_before: dict[str, float] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(head.split("content-length:")[1].split("\r\n")[0])
                body = json.loads(await reader.readexactly(length))
                if not await self._answer(writer, body):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, body: dict[str, Any]) -> bool:
        """Answers one request; whether the connection goes on."""
        self.calls += 1
        request = json.dumps([body["messages"], body.get("n", 1)], sort_keys=True)
        if time.monotonic() < self._not_before.pop(request, 0.0):
            self.early += 1
        self._tries[request] += 1
        fate = self._fate(request, self._tries[request]) if self.faults else ""
        if fate:
            self.failed[fate] += 1
        await asyncio.sleep(0.001)
        if fate == "drop":
            return False
        if fate == "500":
            return await tell(writer, 500, {"error": {"message": "something went wrong"}})
        if fate == "429":
            self._not_before[request] = time.monotonic() + AGAIN
            headers = f"retry-after: 1\r\nretry-after-ms: {AGAIN * 1000:.0f}\r\n"
            return await tell(writer, 429, {"error": {"message": "too many requests"}}, headers)
        if fate == "malformed":
            return await tell(writer, 200, '{"id": "x", "choices": [{"ind')
        return await tell(writer, 200, reply(body))

    def _fate(self, request: str, tries: int) -> str:
        number = int(hashlib.sha256(f"{self.seed} {tries} {request}".encode()).hexdigest()[:12], 16) / 16**12
        for name, share in SHARES:
            if number < share:
                return name
            number -= share
        return ""


def reply(body: dict[str, Any]) -> dict[str, Any]:
    """Answers that are a matter of the request and the place among its choices alone; three of four are right."""
    question = body["messages"][-1]["content"]
    choices = []
    for place in range(body.get("n", 1)):
        luck = hashlib.sha256(f"{place} {question}".encode()).digest()
        right = sum(int(word) for word in question.split() if word.isdigit())
        text = f"I add them. Answer: {right if luck[0] < 192 else luck[1]}"
        message = {"role": "assistant", "content": text}
        choices.append({"index": place, "finish_reason": "stop", "message": message})
    usage = {"prompt_tokens": 20, "completion_tokens": 7 * len(choices), "total_tokens": 20 + 7 * len(choices)}
    about = {"id": "x", "object": "chat.completion", "created": 0, "model": "numbers-1"}
    return {**about, "choices": choices, "usage": usage}


async def tell(writer: asyncio.StreamWriter, status: int, body: Any, headers: str = "") -> bool:
    data = (body if isinstance(body, str) else json.dumps(body)).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n{headers}\r\n"
    writer.write(head.encode() + data)
    await writer.drain()
    return True


def run(folder: Path, server: Server, n: int, name: str) -> tuple[dict[str, Any], bytes]:
    """One run over the rows: what it says of itself, and its answers."""
    program = folder / f"{name}.inf"
    program.write_text(PROGRAM.format(url=f"http://127.0.0.1:{server.port}/v1"), "utf-8")
    out = folder / f"{name}.jsonl"
    words = [sys.executable, "-m", "ilang.cli.main", "run", str(program), f"n={n}", "--passes=-demand", "--yes"]
    words += ["--data", str(folder / "rows.jsonl")]
    words += ["--out", str(out), "--store", str(folder / f"draws-{name}"), "--json", "--progress", "none", "--isolated"]
    environment = {**os.environ, "FAULTS_KEY": "none", "XDG_STATE_HOME": str(folder / "state")}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout), out.read_bytes()


def compared(rows: int = 2000, n: int = 8, seed: int = 0) -> dict[str, Any]:
    """Both runs, held against each other. Raises AssertionError where a law does not hold."""
    calm, stormy = Server(faults=False, seed=seed), Server(faults=True, seed=seed)
    with tempfile.TemporaryDirectory() as name, calm, stormy:
        folder = Path(name)
        text = "".join(json.dumps({"question": f"What is {i} + {i % 13} ?"}) + "\n" for i in range(rows))
        (folder / "rows.jsonl").write_text(text, "utf-8")
        began = time.monotonic()
        quiet, expected = run(folder, calm, n, "calm")
        middle = time.monotonic()
        told, found = run(folder, stormy, n, "stormy")
        ended = time.monotonic()
    faults = sum(stormy.failed.values())
    assert quiet["statuses"] == told["statuses"] == {"answered": rows}, told["statuses"]
    assert found == expected, "the answers differ"
    assert calm.calls == rows
    assert not stormy.early, f"{stormy.early} came again before Retry-After"
    needed = calm.calls + faults
    assert needed <= stormy.calls <= needed * 1.01, (stormy.calls, needed)
    return {
        "rows": rows,
        "faults": dict(stormy.failed),
        "calls": stormy.calls,
        "needed": needed,
        "lost": 0,
        "seconds calm": round(middle - began, 1),
        "seconds stormy": round(ended - middle, 1),
    }


if __name__ == "__main__":
    print(json.dumps(compared(*map(int, sys.argv[1:]))))
