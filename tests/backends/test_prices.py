"""Declared prices and listed ones: USD for a million tokens, exact."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from genai_prices.data_snapshot import get_snapshot

from ilang.backend.capabilities import Capabilities
from ilang.backend.price_table import AS_OF, batch_price, list_price
from ilang.backend.prices import FREE, Prices, parse_prices, prices_of
from ilang.backend.request import Request, Usage
from ilang.base.value import Model
from ilang.draws.draw import Draw
from ilang.draws.meter import Meter, Paid
from ilang.run.budget import Wanted
from ilang.run.worth import worth_of
from ilang.session.bill import bill


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


def found_as_itself(provider: str, id: str) -> bool:
    try:
        return get_snapshot().find_provider_model(id, None, provider, None)[1].id == id
    except LookupError:
        return False


LISTED = Capabilities(priced=True, listed="openai")


def test_a_listed_price_is_exact_and_a_declared_one_stands_in_its_place() -> None:
    told = prices_of(Model("openai", "gpt-4.1-mini"), LISTED)
    assert told == Prices(Fraction(4, 10**7), Fraction(16, 10**7), Fraction(1, 10**7))
    assert told == prices_of(Model("openai", "gpt-4.1-mini-2025-04-14"), LISTED)
    own = Model("openai", "gpt-4.1-mini", (("prices", "1 in, 2 out"),))
    assert prices_of(own, LISTED) == parse_prices("1 in, 2 out")


def test_what_no_list_has_is_not_known() -> None:
    assert prices_of(Model("openai", "gpt-of-nobody"), LISTED) is None
    assert prices_of(Model("openai", "gpt-4.1-mini"), Capabilities(priced=True)) is None
    assert prices_of(Model("x", "gpt-4.1-mini"), Capabilities(priced=True, listed="nobody")) is None


def test_a_price_that_rises_with_the_prompt_holds_for_each_call_by_itself() -> None:
    short, long = parse_prices("3 in, 15 out, 0.3 cached"), parse_prices("6 in, 22.5 out, 0.6 cached")
    assert list_price("anthropic", "claude-sonnet-4-5", 200_000) == short
    for context in (200_001, None):
        found = list_price("anthropic", "claude-sonnet-4-5", context)
        assert found == replace(short, longer=((200_000, long),))
        assert found.at(200_000) is found and found.at(200_001) == long and found.at(math.inf) == long


def test_every_price_of_both_lists_is_known() -> None:
    """But for what costs nothing by the token, or has no price for text at all."""
    for provider in (p for p in get_snapshot().providers if p.id in ("openai", "anthropic")):
        for model in provider.models:
            given = vars(model.get_prices(AS_OF))
            if not found_as_itself(provider.id, model.id):
                continue  # its id stands for others
            if {"input_mtok", "output_mtok"} <= {name for name, one in given.items() if one is not None}:
                assert list_price(provider.id, model.id, None) is not None, model.id


def test_the_bill_of_calls_with_long_prompts() -> None:
    model = Model("openai", "gpt-5.5")
    meter = Meter()
    for prompt in (1_000, 272_000, 272_001, 300_000):
        meter.add(model, Paid(calls=1))
        meter.billed(model, Usage(prompt, 500, 100), 1)
    bills = [(1_000 - 500) * 5 + 500 * Fraction("0.5") + 100 * 30, (272_000 - 500) * 5 + 500 * Fraction("0.5") + 100 * 30,
             (272_001 - 500) * 10 + 500 + 100 * 45, (300_000 - 500) * 10 + 500 + 100 * 45]  # fmt: skip
    assert bill(meter, model, LISTED) == sum(bills) / Fraction(10**6)


def test_worth_and_worst_of_a_long_prompt() -> None:
    from ilang.draws.draw import Ask

    prices = list_price("openai", "gpt-5.5", None)
    draw = Draw("", "end", "", 300_000, 0, 100)
    worth = worth_of([("k", 0, draw, LISTED, prices), ("k", 1, draw, LISTED, prices)], set())
    assert worth.usd == (600_000 * 10 + 200 * 45) / Fraction(10**6)
    ask = Ask("p", Model("openai", "gpt-5.5"), Request("gpt-5.5", (), max_tokens=100))
    wanted = Wanted("k", 0, ask, LISTED, 272_001)
    assert wanted.worst(opens=True).usd == (272_001 * 10 + 100 * 45) / Fraction(10**6)
    assert wanted.worst(opens=False).usd == 100 * 45 / Fraction(10**6)
    assert replace(wanted, most_prompt=272_000).worst(opens=False).usd == 100 * 30 / Fraction(10**6)


def test_a_batch_has_its_own_price_or_none() -> None:
    """The table names it `processing=batch`; asked for `service_tier=batch` it gives the full price without a word."""
    assert batch_price("openai", "gpt-4.1-mini", None) == parse_prices("0.2 in, 0.8 out, 0.1 cached")
    assert batch_price("anthropic", "claude-sonnet-4-5", 200_000) == parse_prices("1.5 in, 7.5 out, 0.15 cached")
    _, known = get_snapshot().find_provider_model("gpt-4.1-mini", None, "openai", None)
    now = datetime.now(UTC)
    assert known.get_prices(now, {"service_tier": "batch"}) == known.get_prices(now)
    without = next(
        m.id for p in get_snapshot().providers if p.id == "openai" for m in p.models
        if not m.price_variants and list_price("openai", m.id, None)
    )  # fmt: skip
    assert batch_price("openai", without, None) is None


def test_only_the_provider_at_home_has_its_list(monkeypatch: pytest.MonkeyPatch) -> None:
    from ilang.backend import registry

    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)

    def listed(backend: str, **settings: str) -> str:
        found = registry.find(backend)
        assert found is not None
        return found.capabilities(Model(backend, "m", tuple(settings.items()))).listed

    assert (listed("openai"), listed("anthropic")) == ("openai", "anthropic")
    assert listed("openai", base_url="http://node:8000/v1") == ""
    assert listed("openai", base_url="http://node:8000/v1", provider="openai") == ""
    assert listed("anthropic", base_url="http://node:8000/v1") == ""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://node:8000/v1")
    assert listed("openai") == ""


def test_a_declared_price_loads_no_table_and_a_listed_one_opens_no_socket() -> None:
    code = """
import sys
def heard(event, args):
    if event.startswith("socket.") and event != "socket.__new__" or event == "socket.__new__" and args[1] != 1:
        raise AssertionError(event)
sys.addaudithook(heard)
from ilang.backend.capabilities import Capabilities
from ilang.backend.prices import prices_of
from ilang.base.value import Model
able = Capabilities(priced=True, listed="openai")
prices_of(Model("openai", "gpt-4.1-mini", (("prices", "1 in, 2 out"),)), able)
prices_of(Model("sim", "m"), Capabilities(priced=False))
prices_of(Model("openai", "gpt-4.1-mini"), Capabilities(priced=True))
assert "genai_prices" not in sys.modules
print(prices_of(Model("openai", "gpt-4.1-mini"), able).output)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "1/625000", done.stderr


def test_a_price_is_the_same_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a draw is worth must not change with the day: the table has one of its own."""
    from importlib.metadata import version

    from ilang.backend import price_table

    assert version("genai-prices") == "0.2.3"  # where this changes, `AS_OF` does
    asked: list[object] = []
    _, known = get_snapshot().find_provider_model("gpt-4.1-mini", None, "openai", None)
    plain = type(known).get_prices
    monkeypatch.setattr(type(known), "get_prices", lambda self, now, *a: asked.append(now) or plain(self, now, *a))
    price_table.list_price.__wrapped__("openai", "gpt-4.1-mini", None)
    assert asked == [price_table.AS_OF]
