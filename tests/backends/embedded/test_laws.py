"""The embedded backend keeps the laws of backends."""

from __future__ import annotations

import pytest
from ilang_backends.embedded.backend import EmbeddedBackend
from ilang_backends.embedded.provider import PROVIDER

from ilang.backend.laws.backend_laws import BackendLaws
from ilang.base.value import Model


@pytest.mark.weights
@pytest.mark.usefixtures("backend")  # keeps the engine loaded from one law to the next
class TestEmbedded(BackendLaws):
    provider = PROVIDER
    model = Model("embedded", "", (("sequences", 8), ("threads", 1)))
    broken_models = (Model("embedded", "no-such"), Model("embedded", "file:/no/such.gguf"))


def test_the_backend_is_what_the_provider_opens(backend: EmbeddedBackend) -> None:
    assert isinstance(backend, EmbeddedBackend)
