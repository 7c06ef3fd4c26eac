"""Engines in use: backends opened with one setup share one, so that weights are loaded once."""

from __future__ import annotations

import threading

from ilang_backends.embedded.engine import Engine, Setup

_lock = threading.Lock()
_shared: dict[Setup, tuple[Engine, int]] = {}


def acquire(setup: Setup) -> Engine:
    """The engine of this setup, started where there is none. Give it back with `release`."""
    with _lock:
        engine, users = _shared.get(setup, (None, 0))
        engine = engine or Engine(setup)
        _shared[setup] = engine, users + 1
        return engine


def release(engine: Engine) -> None:
    """Give an engine back; the last one to do so closes it (and waits for its present step)."""
    with _lock:
        _, users = _shared[engine.setup]
        if users > 1:
            _shared[engine.setup] = engine, users - 1
            return
        del _shared[engine.setup]
    engine.close()
