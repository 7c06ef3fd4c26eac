"""Declared prices: USD for a million tokens, exact."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ilang.backend.capabilities import Capabilities
from ilang.backend.prices import FREE, Prices, parse_prices, prices_of
from ilang.base.value import Model


def test_prices_are_read_in_any_order() -> None:
    told = Prices(Fraction(1, 10**7), Fraction(4, 10**7), Fraction(25, 10**9))
    assert parse_prices("0.10 in, 0.40 out, 0.025 cached") == told
    assert parse_prices(" $0.4 out,0.1   in , .025 cached") == told


def test_what_is_cached_costs_less_and_counts_once() -> None:
    assert parse_prices("1 in, 2 out, 0.5 cached").of(100, 10, 40) * 10**6 == 60 + 20 + 20
    assert parse_prices("1 in, 2 out").of(100, 10, 40) * 10**6 == 100 + 20


@pytest.mark.parametrize(
    "text",
    ["", "cheap", "0.1", "0.1 in", "0.1 in, 0.2 out, 0.3 in", "-1 in, 2 out", "1e3 in, 2 out", "1 in, 2 out,", "٣ in, 2 out",
     "1 in, 2000000 out", "1 in; 2 out", ". in, 1 out", "1/3 in, 1 out"],
)  # fmt: skip
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_prices(text)


def test_free_and_unknown_are_two() -> None:
    assert prices_of(Model("sim", "m"), Capabilities(priced=False)) == FREE
    assert prices_of(Model("openai", "m"), Capabilities(priced=True)) is None
    declared = Model("sim", "m", (("prices", "1 in, 2 out"),))
    assert prices_of(declared, Capabilities(priced=False)) == parse_prices("1 in, 2 out")
