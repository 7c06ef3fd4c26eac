"""The provider `anthropic`. It tells what its models can do; opening one comes in a later version."""

from __future__ import annotations

from collections.abc import Mapping

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Backend, BackendFault, Provider, SettingKind
from ilang.base.value import Model
from ilang_backends.anthropic.families import capabilities_of
from ilang_backends.anthropic.settings import SETTINGS
from ilang_backends.openai.address import host_and_port


class Anthropic:
    """Anthropic's models, through its Messages API."""

    name: str = "anthropic"
    callable = False  # known to the checker; its calls come with a later version
    settings: Mapping[str, SettingKind] = SETTINGS

    def capabilities(self, model: Model) -> Capabilities:
        """What the model's family can do, corrected by what the program declares."""
        return capabilities_of(model)

    def identity(self, model: Model) -> str:
        """`anthropic`; of another server its declared name, else `host:port`."""
        url = model.setting("base_url")
        declared: str | None = model.setting("provider")
        return declared or (self.name if url is None else host_and_port(url))

    async def open(self, model: Model) -> Backend:
        """Raises BackendFault `unsupported`: nothing is called yet."""
        raise BackendFault(
            "unsupported",
            f"calling `{model.id}` at Anthropic comes in a later version of ilang",
            help='`openai("...")` and the embedded model, `embedded("...")`, can be called now',
        )


PROVIDER: Provider = Anthropic()
