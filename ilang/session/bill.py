"""The bill of a run, in USD where prices are known: what was paid, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ilang.backend.capabilities import Capabilities
from ilang.backend.prices import prices_of
from ilang.backend.request import Usage
from ilang.base.value import Model
from ilang.draws.batch import Draws
from ilang.draws.meter import Meter
from ilang.run.worth import Worth
from ilang.session.result import Cost


def paid_cost(meter: Meter, draws: Draws, seconds: float) -> Cost:
    """What was paid; dollars are not known where a model was asked whose price is not."""
    total = meter.total
    bills = [bill(meter, model, draws.book.capabilities(model)) for model, paid in meter.by_model.items() if paid.calls]
    return Cost(
        total.calls,
        total.draws,
        total.input_tokens,
        total.cached_tokens,
        total.output_tokens,
        None if None in bills else float(sum(one for one in bills if one is not None)),
        round(seconds, 3),
    )


def bill(meter: Meter, model: Model, able: Capabilities) -> Fraction | None:
    """What a model's calls cost at its prices, in USD; None where they are not known."""
    prices = prices_of(model, able)
    if prices is None:
        return None
    paid, long = meter.by_model[model], meter.long(model)
    of_all = prices.of(paid.input_tokens, paid.output_tokens, paid.cached_tokens)
    more = (prices.at(one.input_tokens).of(*parts(one)) - prices.of(*parts(one)) for one in long)
    return of_all + sum(more, Fraction(0))


def parts(usage: Usage) -> tuple[int, int, int]:
    """As `Prices.of` takes them."""
    return usage.input_tokens, usage.output_tokens, usage.cached_tokens


def unpriced(models: Iterable[Model]) -> list[str]:
    """One warning for all models whose price is not known; none where there are none of them."""
    names = sorted({model.shown for model in models})
    if not names:
        return []
    return [f'what {" and ".join(names)} cost is not known: declare `prices="0.10 in, 0.40 out"` (USD for 1M tokens)']


def worth_cost(worth: Worth) -> Cost:
    return Cost(
        worth.calls,
        worth.draws,
        worth.input_tokens,
        0,
        worth.output_tokens,
        None if worth.usd is None else float(worth.usd),
        None,
    )
