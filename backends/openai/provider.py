"""The provider `openai`. Cheap to load: the SDK comes with the first model that is opened."""

from __future__ import annotations

from collections.abc import Mapping

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Backend, Provider, SettingKind
from ilang.base.value import Model
from ilang_backends.openai.families import capabilities_of
from ilang_backends.openai.server import refuse_unusable, server_of
from ilang_backends.openai.settings import SETTINGS


class OpenAI:
    """OpenAI's models, and those of any server that speaks Chat Completions (`base_url`)."""

    name: str = "openai"
    settings: Mapping[str, SettingKind] = SETTINGS

    def capabilities(self, model: Model) -> Capabilities:
        """What the model's family can do, corrected by what the program declares."""
        return capabilities_of(model, server_of(model))

    def identity(self, model: Model) -> str:
        """`openai`; of another server its declared name, else `host:port`."""
        return server_of(model).name

    async def open(self, model: Model) -> Backend:
        """Opens the model without calling it. Raises BackendFault for settings or a key that cannot be."""
        from ilang_backends.openai.backend import open_backend

        server = server_of(model)
        refuse_unusable(server)
        return await open_backend(model, server)


PROVIDER: Provider = OpenAI()
