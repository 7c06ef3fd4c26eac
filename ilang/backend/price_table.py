"""list_price, batch_price: what a provider's public list says, from the table that the package `genai-prices` brings.

The table is a file of the installed package: nothing here asks a network, and nothing refreshes it. It is read
(0.15 s) only when a price is wanted that no model declares. What the list does not say for certain is not known: a
model that is not in it, one whose price depends on the hour, one whose prompt may be so long that another price holds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from ilang.backend.prices import Prices

if TYPE_CHECKING:
    from decimal import Decimal

    from genai_prices.types import ModelInfo, ModelPrice, TieredPrices

BATCH = {"processing": "batch"}
"""How the table names work that is handed in as a batch. `service_tier=batch` names nothing there, and gives the
full price without a word."""


AS_OF = datetime(2026, 11, 26, tzinfo=UTC)
"""The day whose prices hold: what a draw is worth must not change from one day to the next, so that equal runs write
equal bytes. It goes with the version of the package that `pyproject.toml` pins, and changes with it."""


@cache
def list_price(provider: str, id: str, context: int | None) -> Prices | None:
    """USD for one token, on the day of the table; None where it is not known.

    `context`: tokens of prompt and output at most.
    """
    found = _model(provider, id)
    if found is None or _by_the_hour(found):
        return None
    return _prices(found.get_prices(AS_OF), context)


@cache
def batch_price(provider: str, id: str, context: int | None) -> Prices | None:
    """The same of work handed in as a batch; None where the list has no price for that, and never the full one."""
    found = _model(provider, id)
    if found is None or _by_the_hour(found):
        return None
    for variant in found.price_variants or ():
        begun = variant.constraint is None or variant.constraint.active(AS_OF)
        if begun and dict(variant.when) == BATCH and {"input_mtok", "output_mtok"} <= set(vars(variant.prices)):
            return _prices(found.get_prices(AS_OF, BATCH), context)
    return None


def version() -> str:
    """The version of the package whose table it is."""
    from importlib.metadata import version as version_of

    return version_of("genai-prices")


@cache
def _model(provider: str, id: str) -> ModelInfo | None:
    from genai_prices.data_snapshot import get_snapshot

    try:
        return get_snapshot().find_provider_model(id, None, provider, None)[1]
    except LookupError:
        return None


def _by_the_hour(model: ModelInfo) -> bool:
    from genai_prices.types import TimeOfDateConstraint

    if not isinstance(model.prices, list):
        return False
    return any(isinstance(one.constraint, TimeOfDateConstraint) for one in model.prices)


def _prices(listed: ModelPrice, context: int | None) -> Prices | None:
    given = vars(listed)
    amounts = [_amount(given.get(name), context) for name in ("input_mtok", "output_mtok", "cache_read_mtok")]
    prompt, output, cached = amounts
    if prompt is None or output is None or (cached is None and given.get("cache_read_mtok") is not None):
        return None
    return Prices(prompt, output, cached)


def _amount(listed: Decimal | TieredPrices | None, context: int | None) -> Fraction | None:
    """USD for one token. None: not listed, or another price may hold for a prompt that the model takes."""
    from genai_prices.types import TieredPrices

    if listed is None:
        return None
    if not isinstance(listed, TieredPrices):
        return Fraction(listed) / 1_000_000
    if listed.tiers and (context is None or context > listed.tiers[0].start):
        return None
    return Fraction(listed.base) / 1_000_000
