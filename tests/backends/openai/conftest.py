"""The real server, started once for all tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ilang.backend.protocol import BackendFault
from tests.backends.openai.llama_server import llama_server


@pytest.fixture(scope="session")
def llama_url() -> Iterator[str]:
    """The address of a llama.cpp server with the embedded model's weights."""
    pytest.importorskip("xllamacpp")
    with llama_server(_weights()) as url:
        yield url


def _weights() -> Path:
    from ilang_backends.embedded.weights import fetch

    try:
        return fetch()
    except BackendFault as fault:
        pytest.skip(fault.message)
