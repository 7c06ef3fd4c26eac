"""Finds the address of an ask in one run. Knows the run's seed and asks each provider once a model."""

from __future__ import annotations

from collections.abc import Callable

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault, Provider
from ilang.backend.registry import find as installed
from ilang.backend.registry import near
from ilang.base.value import Model
from ilang.draws.address import Address, parts, request_key
from ilang.draws.draw import Ask

Find = Callable[[str], Provider | None]
"""From a provider's name to the provider, None where there is none."""

_REMEMBERED = 4096
"""Requests whose parts are remembered, for draws of many requests come in turn."""


class AddressBook:
    """Addresses under one run seed. What it asks of a provider needs neither a network nor an SDK.

    Its methods raise BackendFault where the provider is not installed or cannot say what it is.
    """

    def __init__(self, seed: int = 0, find: Find = installed) -> None:
        self.seed = seed
        self._find = find
        self._identities: dict[Model, str] = {}
        self._capabilities: dict[Model, Capabilities] = {}
        self._latest: tuple[Ask, str] | None = None
        self._parts: dict[str, tuple[str, ...]] = {}

    def seeded(self, seed: int) -> AddressBook:
        """The same under another seed; what providers have said is shared."""
        other = AddressBook(seed, self._find)
        other._identities, other._capabilities = self._identities, self._capabilities
        return other

    def provider(self, model: Model) -> Provider:
        """The provider that the model names."""
        provider = self._find(model.provider)
        if provider is None:
            meant = near(model.provider)
            raise BackendFault(
                "no-such-model",
                f"no provider `{model.provider}` is installed",
                help=f"did you mean `{meant}`?" if meant else "`ilang models` lists those that are",
            )
        return provider

    def identity(self, model: Model) -> str:
        """What the provider calls itself for this model."""
        known = self._identities.get(model)
        if known is None:
            known = self._identities[model] = self.provider(model).identity(model)
        return known

    def capabilities(self, model: Model) -> Capabilities:
        """What the model can do, as told before it is opened."""
        known = self._capabilities.get(model)
        if known is None:
            known = self._capabilities[model] = self.provider(model).capabilities(model)
        return known

    def key(self, ask: Ask) -> str:
        """The key that all draws of this request share."""
        latest = self._latest  # the same object comes again and again, once for each index
        if latest is not None and latest[0] is ask:
            return latest[1]
        key = request_key(ask, self.identity(ask.model), self.seed)
        self._latest = ask, key
        return key

    def address(self, ask: Ask, index: int) -> Address:
        """Where draw `index` of this request lies."""
        return Address(self.key(ask), index)

    def parts(self, ask: Ask, key: str) -> tuple[str, ...]:
        """A short hash for each part of the request with this key (see `address.parts`)."""
        known = self._parts.get(key)
        if known is None:
            if len(self._parts) >= _REMEMBERED:
                self._parts.clear()
            known = self._parts[key] = parts(ask, self.identity(ask.model), self.seed)
        return known
