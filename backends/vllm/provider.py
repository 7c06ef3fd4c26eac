"""The provider `vllm`. It tells what the engine can do; opening a model comes in a later version."""

from __future__ import annotations

from collections.abc import Mapping

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Backend, BackendFault, Provider, SettingKind
from ilang.base.value import Model
from ilang_backends.openai.address import host_and_port
from ilang_backends.vllm.settings import SETTINGS


class Vllm:
    """Models that vLLM runs: in this process, or at `base_url` in its own."""

    name: str = "vllm"
    callable = False  # known to the checker; its calls come with a later version
    settings: Mapping[str, SettingKind] = SETTINGS

    def capabilities(self, model: Model) -> Capabilities:
        """What the engine can do with any model.

        Rounding depends on what shares a batch, so the same seed gives the same text only in float32.
        """
        return Capabilities(
            n=True,
            seed=True,
            child_seeds=True,
            exact_seed=model.setting("dtype") == "float32",
            logprobs=True,
            top_logprobs=20,
            continuation=True,
            score=True,
            schema=True,
            cancel=True,
            context=model.setting("context"),
            priced=model.setting("base_url") is not None,
        )

    def identity(self, model: Model) -> str:
        """In process `vllm:ID@REVISION:DTYPE`, less what is left open; a server's declared name, else `host:port`."""
        url = model.setting("base_url")
        if url is not None:
            declared: str | None = model.setting("provider")
            return declared or host_and_port(url)
        revision, dtype = model.setting("revision"), model.setting("dtype")
        return f"vllm:{model.id}{f'@{revision}' if revision else ''}{f':{dtype}' if dtype else ''}"

    async def open(self, model: Model) -> Backend:
        """Raises BackendFault `unsupported`: nothing is called yet."""
        raise BackendFault(
            "unsupported",
            f"running `{model.id}` in vLLM comes in a later version of ilang",
            help=f"`vllm serve {model.id}` can be called now: {_call(model)}",
        )


def _call(model: Model) -> str:
    """The declaration by which `openai` calls the same model in a server of its own."""
    url = model.setting("base_url", "http://localhost:8000/v1")
    return f'`openai("{model.id}", base_url="{url}", continuation="vllm", child_seeds=true, stop_reason=true)`'


PROVIDER: Provider = Vllm()
