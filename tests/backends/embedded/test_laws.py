"""The embedded backend keeps the laws of backends."""

from __future__ import annotations

import pytest

from ilang.backend.laws.backend_laws import BackendLaws
from ilang.base.value import Model
from ilang_backends.embedded.provider import PROVIDER


@pytest.mark.weights
@pytest.mark.usefixtures("backend")  # keeps the engine loaded from one law to the next
class TestEmbedded(BackendLaws):
    provider = PROVIDER
    model = Model("embedded", "", (("sequences", 8), ("threads", 1)))
    max_tokens = 10
    broken_models = (Model("embedded", "no-such"), Model("embedded", "file:/no/such.gguf"))
