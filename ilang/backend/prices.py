"""What a model's tokens cost: as it declares, `prices="0.10 in, 0.40 out"`, else as its provider's list says."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ilang.backend.capabilities import Capabilities
from ilang.base.value import Model

EXAMPLE = "0.10 in, 0.40 out"
PARTS = ("in", "out", "cached")
MOST = 1_000_000
MOST_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class Prices:
    """USD for one token of the prompt, of the output, and of a prompt's part that the provider had cached.

    Exact, so that a budget is never overshot by a rounding. `longer`: what all tokens of a call cost whose prompt has
    more than so many, the shortest first; each of at least `LONG`, and none cheaper than the one before it.
    """

    input: Fraction = Fraction(0)
    output: Fraction = Fraction(0)
    cached: Fraction | None = None
    longer: tuple[tuple[int, Prices], ...] = ()

    def at(self, prompt: float) -> Prices:
        """Those of a call whose prompt has so many tokens."""
        return next((prices for over, prices in reversed(self.longer) if prompt > over), self)

    def of(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> Fraction:
        """What these cost; `cached_tokens` are among those of the prompt, and cost as much where no price is given."""
        cached = self.input if self.cached is None else self.cached
        return (input_tokens - cached_tokens) * self.input + cached_tokens * cached + output_tokens * self.output


FREE = Prices()

LONG = 100_000
"""Tokens of a prompt up to which a call costs what any other does: no list has a price that rises before."""


def prices_of(model: Model, able: Capabilities) -> Prices | None:
    """The declared prices of a model; else nothing where its draws are free; else the list's; None: not known."""
    declared = model.setting("prices")
    if declared is not None:
        return parse_prices(declared)
    if not able.priced:
        return FREE
    if not able.listed:
        return None
    from ilang.backend.price_table import list_price  # what it needs takes 0.15 s to load

    return list_price(able.listed, model.id, able.context)


@lru_cache(maxsize=256)
def parse_prices(text: str) -> Prices:
    """`"0.10 in, 0.40 out, 0.025 cached"`: USD for a million tokens. `in` and `out` must be there.

    Raises ValueError with what is wrong.
    """
    found: dict[str, Fraction] = {}
    for part in text.split(","):
        words = part.split()
        if len(words) != 2 or words[1] not in PARTS:
            raise ValueError(f"`{part.strip()[:40]}` is no price and `in`, `out` or `cached`")
        amount, of = words
        if of in found:
            raise ValueError(f"`{of}` is given twice")
        found[of] = _amount(amount)
    for needed in ("in", "out"):
        if needed not in found:
            raise ValueError(f"the price of `{needed}` is missing")
    return Prices(found["in"], found["out"], found.get("cached"))


def _amount(text: str) -> Fraction:
    plain = text.removeprefix("$")
    whole, _, after = plain.partition(".")
    if len(plain) > MOST_CHARACTERS or not (whole + after).isdecimal() or not plain.isascii():
        raise ValueError(f"`{text[:40]}` is no price in USD")
    amount = Fraction(plain)
    if amount > MOST:
        raise ValueError(f"`{text}` is more than {MOST:,} USD for a million tokens")
    return amount / 1_000_000
