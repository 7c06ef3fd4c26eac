"""The real weights, fetched where they are missing, and one opened model for all tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ilang_backends.embedded import weights
from ilang_backends.embedded.backend import EmbeddedBackend
from tests.backends.embedded.asking import opened


@pytest.fixture(scope="session")
def gguf() -> Path:
    """The embedded model's file."""
    return weights.fetch()


@pytest.fixture(scope="session")
def backend(gguf: Path) -> Iterator[EmbeddedBackend]:
    """The model with 8 slots and one thread, shared by tests that do not look at what it has cached."""
    opened_one = opened(threads=1, sequences=8)
    yield opened_one
    asyncio.run(opened_one.aclose())
