"""list_price, batch_price: what a provider's public list says, from the table that the package `genai-prices` brings.

The table is a file of the installed package: nothing here asks a network, and nothing refreshes it. It is read
(0.15 s) only when a price is wanted that no model declares. What the list does not say for certain is not known: a
model that is not in it, one whose price depends on the hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from ilang.backend.prices import LONG, Prices

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

    `context`: tokens of prompt and output at most; prices of prompts that are longer are left out.
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
    """None too where a price rises for a shorter prompt than `LONG`, or falls for a longer one."""
    from genai_prices.types import TieredPrices

    given = [vars(listed).get(name) for name in ("input_mtok", "output_mtok", "cache_read_mtok")]
    rises = sorted({tier.start for one in given if isinstance(one, TieredPrices) for tier in one.tiers})
    found = [_at(given, 0)]
    reached = [start for start in rises if context is None or context > start]
    found += [_at(given, start + 1) for start in reached]
    known = [one for one in found if one is not None]
    if len(known) < len(found) or any(start < LONG for start in rises) or not all(map(_no_cheaper, known[1:], known)):
        return None
    return replace(known[0], longer=tuple(zip(reached, known[1:], strict=True)))


def _at(given: Sequence[Decimal | TieredPrices | None], prompt: int) -> Prices | None:
    """The prices of a call whose prompt has so many tokens."""
    amounts = [_amount(one, prompt) for one in given]
    return None if amounts[0] is None or amounts[1] is None else Prices(amounts[0], amounts[1], amounts[2])


def _amount(listed: Decimal | TieredPrices | None, prompt: int) -> Fraction | None:
    """USD for one token; None where it is not listed."""
    from genai_prices.types import TieredPrices

    if isinstance(listed, TieredPrices):
        listed = next((tier.price for tier in reversed(listed.tiers) if prompt > tier.start), listed.base)
    return None if listed is None else Fraction(listed) / 1_000_000


def _no_cheaper(one: Prices, than: Prices) -> bool:
    return one.of(2, 1, 1) >= than.of(2, 1, 1) and one.input >= than.input and one.output >= than.output
