"""The peers, as a table: how each is started."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.peers.workload import Workload

PROGRAMS = Path(__file__).with_name("programs")


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a workload: the server's address, a folder for what the peer keeps, the file of answers."""

    workload: Workload
    url: str
    cache: Path
    out: Path
    concurrency: int = 64


@dataclass(frozen=True, slots=True)
class Peer:
    """`needs` are the modules that have to be installed. `command` and `environment` start a job."""

    name: str
    needs: tuple[str, ...]
    command: Callable[[Job], Sequence[str]]
    environment: Callable[[Job], Mapping[str, str]] = lambda job: {}

    @property
    def missing(self) -> tuple[str, ...]:
        """Those of its needs that are not installed."""
        return tuple(name for name in self.needs if find_spec(name) is None)


def _adapter(name: str) -> Callable[[Job], Sequence[str]]:
    def command(job: Job) -> Sequence[str]:
        return (
            *(sys.executable, "-m", f"benchmarks.peers.adapters.{name}", "--workload", job.workload.name),
            *("--rows", str(job.workload.rows)),
            *("--url", job.url, "--cache", str(job.cache), "--out", str(job.out)),
            *("--concurrency", str(job.concurrency)),
        )

    return command


def _ilang(job: Job) -> Sequence[str]:
    """`ilang run` over the rows. A vote that stops early would not be the same work: the pass is left out."""
    from ilang.optimize.optimize import PASSES

    work = job.workload
    rows = job.cache / f"{work.name}.jsonl"
    lines = (json.dumps({"id": row, "question": work.question(row)}) + "\n" for row in range(work.rows))
    job.cache.mkdir(parents=True, exist_ok=True)
    rows.write_text("".join(lines), "utf-8")
    more = [f"share={work.share}", f"strong_n={work.strong_n}"] if work.kind == "cascade" else []
    whole = ["--passes=-demand"] if any(one.__name__ == "demand" for one in PASSES) else []
    return (
        *(sys.executable, "-m", "ilang.cli.main", "run", str(PROGRAMS / f"{work.kind}.inf"), f"n={work.n}", *more),
        *("--data", str(rows), "--out", str(job.out), "--store", str(job.cache / "draws"), "--force"),
        *("--concurrency", str(job.concurrency), "--progress", "none", "--isolated", "--json", "--yes", *whole),
    )


def _ilang_environment(job: Job) -> Mapping[str, str]:
    return {"OPENAI_BASE_URL": job.url, "OPENAI_API_KEY": "none", "XDG_STATE_HOME": str(job.cache / "state")}


PEERS: dict[str, Peer] = {
    one.name: one
    for one in (
        Peer("ilang", (), _ilang, _ilang_environment),
        Peer("raw_openai", ("openai",), _adapter("raw_openai")),
        Peer("raw_aiohttp", ("aiohttp",), _adapter("raw_aiohttp")),
        Peer("raw_sqlite", ("openai",), _adapter("raw_sqlite")),
    )
}


def environment_of(peer: Peer, job: Job) -> dict[str, str]:
    """The environment that its process gets: without what could lead it elsewhere."""
    led = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_")
    ours = {name: text for name, text in os.environ.items() if not name.upper().startswith(led)}
    return {**ours, "PYTHONWARNINGS": "ignore", **peer.environment(job)}
