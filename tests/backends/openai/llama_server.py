"""A real OpenAI-compatible server: llama.cpp's, in a process of its own, on loopback at a free port.

Run as a program, it serves the weights that it is given, prints its address, and ends as soon as its
standard input ends: when its owner closes it, and also when its owner dies.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SLOTS = 4
"""Sequences that the server works on at a time."""

CONTEXT = 2048
"""Tokens that a prompt and its reply may have together."""


@contextmanager
def llama_server(weights: Path) -> Iterator[str]:
    """The server's address, with `/v1`, while the block lasts."""
    quiet = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    process = subprocess.Popen(
        [sys.executable, __file__, str(weights)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=quiet,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise RuntimeError(f"the server did not start: exit status {process.wait(10)}")
        yield f"{address}/v1"
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve(weights: str) -> None:
    import xllamacpp  # type: ignore[import-untyped]

    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.model_alias = {"smol"}
    params.n_parallel = SLOTS
    params.kv_unified = False
    params.n_ctx = CONTEXT * SLOTS
    params.cpuparams.n_threads = 2
    params.port = 0
    params.ui = False
    params.warmup = False
    params.endpoint_slots = True
    params.verbosity = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
