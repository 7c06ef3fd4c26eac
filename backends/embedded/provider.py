"""The provider `embedded`: tells what a model can do and opens it. Imports nothing heavy."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Backend, BackendFault, SettingKind
from ilang.base.value import Model
from ilang_backends.embedded.shortlist import SHORTLIST, Listed, named

if TYPE_CHECKING:
    from ilang_backends.embedded.engine import Setup

Progress = Callable[[int, int], None]

SETTINGS: Mapping[str, SettingKind] = {
    "threads": SettingKind("int", doc="processor threads (default: half the processors, at most 4)"),
    "sequences": SettingKind("int", doc="texts drawn side by side at most (default: 8)"),
    "context": SettingKind("int", doc="tokens of prompt and output together (default: what the model was trained for)"),
}


class EmbeddedProvider:
    """Small models in this process: `embedded()`, or any GGUF file, `embedded("file:/models/x.gguf")`."""

    name = "embedded"
    default_id = "smollm2-135m-instruct"  # what an id left out stands for, in addresses too
    settings = SETTINGS

    def capabilities(self, model: Model) -> Capabilities:
        """What the model can do; its context is known for the listed ones and where it is declared."""
        listed = named(model.id)
        context = model.setting("context") or (listed.context if listed else None)
        return Capabilities(
            n=True,
            seed=True,
            child_seeds=True,
            exact_seed=True,
            logprobs=True,
            top_logprobs=20,
            continuation=True,
            score=True,
            schema=True,
            cancel=True,
            context=context,
            priced=False,
            max_tokens=512,
        )

    def identity(self, model: Model) -> str:
        """`embedded:` and 16 hex digits of the weights' SHA-256. Raises BackendFault."""
        from ilang_backends.embedded import weights

        return f"embedded:{weights.identity(model.id)}"

    def listed(self) -> tuple[Listed, ...]:
        """The models that can be fetched, the default one first."""
        return SHORTLIST

    def folder(self) -> Path:
        """Where fetched weights are kept."""
        from ilang_backends.embedded import weights

        return weights.folder()

    def located(self, id: str = "") -> Path | None:
        """Where a listed model's weights are, None where they are not here. Raises BackendFault for any other id."""
        from ilang_backends.embedded import weights

        return weights.located(weights.listed_as(id))

    def fetch(self, id: str = "", progress: Progress | None = None) -> Path:
        """Fetch a listed model's weights unless they are here. Raises BackendFault.

        `progress` is told bytes done and bytes in all; left out, progress is shown on stderr.
        """
        from ilang_backends.embedded import weights
        from ilang_backends.embedded.progress import shown

        listed = weights.listed_as(id)
        if progress is not None or weights.located(listed) is not None:
            return weights.fetch(progress, listed)
        with shown(listed) as visible:
            return weights.fetch(visible, listed)

    def remove(self, id: str = "") -> bool:
        """Delete a listed model's weights, whole or half fetched. True where there was something."""
        from ilang_backends.embedded import weights

        return weights.remove(weights.listed_as(id))

    async def open(self, model: Model) -> Backend:
        """Open the model; listed weights are fetched where they are missing. Raises BackendFault.

        The file is loaded with the first request, so that a run which finds every draw in its
        store never loads it.
        """
        from ilang_backends.embedded import weights
        from ilang_backends.embedded.backend import EmbeddedBackend

        listed = named(model.id)
        if listed is not None and weights.located(listed) is None:
            from ilang_backends.embedded.progress import shown

            with shown(listed) as progress:
                await weights.fetch_aside(progress, listed)
        path = weights.path_of(model.id)
        name = listed.id if listed is not None else path.name
        return EmbeddedBackend(name, _setup(model, path), self.capabilities(model))


def _setup(model: Model, path: Path) -> Setup:
    """The engine's setup. Raises BackendFault where a setting is no whole number from 1 on."""
    from ilang_backends.embedded.engine import Setup

    for name in SETTINGS:
        value = model.setting(name)
        if value is not None and (not isinstance(value, int) or value < 1):
            raise BackendFault("bad-request", f"{name}={value!r} is no whole number from 1 on")
    threads = model.setting("threads") or max(1, min(4, _processors() // 2))
    return Setup(path, threads, model.setting("sequences") or 8, model.setting("context"))


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


PROVIDER = EmbeddedProvider()
