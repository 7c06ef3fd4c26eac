"""Runs a peer's process and measures it from outside: time, CPU, memory, what the server counted, what was answered."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.peers.peer import Job, Peer, environment_of
from benchmarks.peers.served import ROOT, Served
from benchmarks.peers.server import Counts, Settings
from benchmarks.peers.workload import WORKLOADS, Workload

PATIENCE = 300.0
"""Seconds that a run may take."""


class Figures(msgspec.Struct, frozen=True):
    """One run. `wall` and `cpu` are of the whole process, in seconds; `start` from its begin to its first call (None:
    it made none); `memory` its peak in MB. `lost`: rows without an answer; `draws` under the answers; `right` answers.
    What the server counted: `calls`, `choices` (as billed), `refused` with 429, `broken`, `cut`."""

    peer: str
    workload: str
    latency: float
    fault: str
    wall: float
    cpu: float
    start: float | None
    memory: float
    lost: int
    draws: int
    right: int
    calls: int
    choices: int
    refused: int
    broken: int
    cut: int
    failed: str = ""


class Killed(msgspec.Struct, frozen=True):
    """A run that was killed half-way and begun again. `billed` before the kill, `left` of that still unanswered then;
    `stored`: draws that its store had (None: not known); `anew`: choices billed to the second run; `needed` in all."""

    peer: str
    workload: str
    latency: float
    billed: int
    left: int
    stored: int | None
    anew: int
    needed: int
    lost: int


FAULTS: Mapping[str, Settings] = {
    "none": Settings(),
    "500": Settings(broken=0.02),
    "drop": Settings(cut=0.02),
    "429": Settings(most=16),
}
"""What the server does wrong, by name."""


def measured(server: Served, peer: Peer, workload: Workload, latency: float = 0.0, fault: str = "none") -> Figures:
    """One run, after the one that warms it. Raises nothing for a peer that fails: its figures say so."""
    with _folder() as folder:
        server.reset()
        if workload.warm is not None:
            server.set(Settings())
            earlier = replace(WORKLOADS[workload.warm], rows=workload.rows)
            _run(peer, _job(server, earlier, folder))
        before = server.counts()
        server.set(msgspec.structs.replace(FAULTS[fault], latency=latency))
        job = _job(server, workload, folder)
        began = time.monotonic()
        usage, wall, failed = _run(peer, job)
        server.set(Settings())
        after = server.counts()
        calls = after.calls - before.calls
        lost, draws, right = _answers(job)
        return Figures(
            peer.name,
            workload.name,
            latency,
            fault,
            wall,
            usage.ru_utime + usage.ru_stime,
            after.first - began if calls and not before.calls else None,
            usage.ru_maxrss / 1024,
            lost,
            draws,
            right,
            calls,
            after.choices - before.choices,
            after.refused - before.refused,
            after.broken - before.broken,
            after.cut - before.cut,
            failed,
        )


def killed(server: Served, peer: Peer, workload: Workload, latency: float) -> Killed:
    """A run that is killed (SIGKILL) once half of its draws are billed, and then the same command again."""
    with _folder() as folder:
        server.reset()
        server.set(msgspec.structs.replace(FAULTS["none"], latency=latency))
        job = _job(server, workload, folder)
        needed = workload.n * (workload.distinct or workload.rows)
        process = _started(peer, job)
        while server.counts().choices < needed / 2 and process.poll() is None:
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        counts = _quiet(server)
        stored = _stored(job.cache / "draws")
        _run(peer, job)
        after = server.counts()
        server.set(Settings())
        return Killed(
            peer.name,
            workload.name,
            latency,
            counts.choices,
            counts.choices_left,
            stored,
            after.choices - counts.choices,
            needed,
            _answers(job)[0],
        )


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        yield Path(name)


def _job(server: Served, workload: Workload, folder: Path) -> Job:
    return Job(workload, server.url, folder / "cache", folder / "answers.jsonl")


def _started(peer: Peer, job: Job) -> subprocess.Popen[bytes]:
    job.out.unlink(missing_ok=True)
    command, environment = peer.command(job), environment_of(peer, job)
    said = job.out.with_suffix(".log").open("wb")
    with said:
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=said, stderr=said, start_new_session=True)


def ran(peer: Peer, job: Job) -> None:
    """One run. Raises RuntimeError where it fails."""
    failed = _run(peer, job)[2]
    if failed:
        raise RuntimeError(failed)


def _run(peer: Peer, job: Job) -> tuple[Any, float, str]:
    """What it used, its seconds, and why it failed if it did."""
    began = time.monotonic()
    process = _started(peer, job)
    timer = threading.Timer(PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    said = job.out.with_suffix(".log").read_text("utf-8", "replace")
    return usage, wall, f"exit {process.returncode}: {said[-300:]}" if process.returncode else ""


def _answers(job: Job) -> tuple[int, int, int]:
    """Rows without an answer, draws under the answers, right answers."""
    lines = job.out.read_bytes().splitlines() if job.out.exists() else []
    rows = {row["id"]: row for row in map(msgspec.json.decode, lines)}
    found = [rows.get(row, {}) for row in range(job.workload.rows)]
    right = sum(
        one.get("value") is not None and float(str(one["value"]).rstrip(".").replace(",", "")) == job.workload.gold(row)
        for row, one in enumerate(found)
    )
    draws = sum(one.get("draws", one.get("worth", {}).get("draws", 0)) for one in found)
    return sum(one.get("value") is None for one in found), draws, right


def _quiet(server: Served) -> Counts:
    """The counts, once the server has noticed that its client is gone."""
    while (counts := server.counts()).in_flight:
        time.sleep(0.01)
    return counts


def _stored(store: Path) -> int | None:
    from ilang.draws.disk_store import open_store

    if not (store / "cache.db").exists():
        return None
    opened = open_store(store)
    try:
        return opened.verify().sound
    finally:
        opened.close()
