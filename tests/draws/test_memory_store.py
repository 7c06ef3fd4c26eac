"""The store in memory holds to the laws of stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ilang.draws.memory_store import MemoryStore
from tests.draws.store_laws import KeptStore, StoreLaws


class TestMemoryStore(StoreLaws):
    """All laws."""

    @pytest.fixture
    def store(self) -> Iterator[KeptStore]:
        yield MemoryStore()
