"""Whether a run over rows that the store has all draws for imports an SDK."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from benchmarks.peers.peer import PEERS, Job, environment_of
from benchmarks.peers.served import ROOT, Served
from benchmarks.peers.workload import WORKLOADS

SDK = "openai"


def imports_sdk(server: Served, name: str = "W1") -> bool:
    """Runs the workload, then again, all stored, and looks at what Python says it has loaded the second time."""
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        job = Job(WORKLOADS[name], server.url, Path(folder) / "cache", Path(folder) / "answers.jsonl")
        peer = PEERS["ilang"]
        told = {**environment_of(peer, job), "PYTHONPROFILEIMPORTTIME": "1"}
        first, second = (
            subprocess.run(peer.command(job), env=told, cwd=ROOT, capture_output=True, text=True, check=True)
            for _ in range(2)
        )
    assert SDK in _loaded(first.stderr), "a run that sends something loads the SDK"
    return SDK in _loaded(second.stderr)


def _loaded(said: str) -> set[str]:
    lines = (line for line in said.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}
