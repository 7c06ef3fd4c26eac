"""The server as a process of its own, and what is asked of it between runs."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.peers.server import Counts, Settings

ROOT = Path(__file__).parents[2]


class Served:
    """The mock server, up for as long as the block lasts."""

    def __enter__(self) -> Served:
        command = [sys.executable, "-m", "benchmarks.peers.server"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdout is not None
        self._root = f"http://127.0.0.1:{self._process.stdout.readline().split()[1]}"
        self.url = f"{self._root}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def set(self, settings: Settings) -> None:
        """From now on it behaves so."""
        self._ask("/config", msgspec.json.encode(settings))

    def reset(self) -> None:
        """All counts to 0, all draws anew."""
        self._ask("/reset", b"")

    def counts(self) -> Counts:
        """What it has counted since."""
        return msgspec.json.decode(self._ask("/stats", None), type=Counts)

    def _ask(self, path: str, body: bytes | None) -> Any:
        with urllib.request.urlopen(urllib.request.Request(self._root + path, data=body), timeout=60) as reply:
            return reply.read()
