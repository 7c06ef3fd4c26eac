"""What was paid in a run: calls and tokens as billed, model by model. Knows no prices, only that long prompts may have
their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ilang.backend.prices import LONG
from ilang.backend.request import Usage
from ilang.base.value import Model


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid; the parts add up to the bill.

    `calls`: sent, every retry included; `faults`: those of them that brought nothing (what they
    cost is unknown, so they bring no tokens); `retries`: calls, and openings of a model, tried again.
    `draws`: choices received. Input tokens include the cached ones.
    """

    calls: int = 0
    draws: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    faults: int = 0
    retries: int = 0

    def __add__(self, other: Paid) -> Paid:
        return Paid(
            self.calls + other.calls,
            self.draws + other.draws,
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
            self.faults + other.faults,
            self.retries + other.retries,
        )


class Meter:
    """Adds up what is paid, for each model asked."""

    def __init__(self) -> None:
        self._by_model: dict[Model, Paid] = {}
        self._long: dict[Model, list[Usage]] = {}

    def add(self, model: Model, paid: Paid) -> None:
        """Put this on the model's bill."""
        self._by_model[model] = self._by_model.get(model, Paid()) + paid

    def billed(self, model: Model, usage: Usage, draws: int) -> None:
        """A reply came: so many choices, at this bill."""
        self.add(model, Paid(0, draws, usage.input_tokens, usage.cached_tokens, usage.output_tokens))
        if usage.input_tokens > LONG:
            self._long.setdefault(model, []).append(usage)

    def long(self, model: Model) -> Sequence[Usage]:
        """The bills, each by itself, of the calls with a long prompt."""
        return self._long.get(model, ())

    def retried(self, model: Model) -> None:
        """A call, or the opening of a model, is tried again."""
        self.add(model, Paid(retries=1))

    @property
    def by_model(self) -> Mapping[Model, Paid]:
        """What was paid for each model so far."""
        return dict(self._by_model)

    @property
    def total(self) -> Paid:
        """What was paid so far."""
        return sum(self._by_model.values(), Paid())
