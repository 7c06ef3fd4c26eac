"""`--budget usd=2.50,calls=100`, `--budget-order` and `--budget-cut`: what a run may pay."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError

NAMES = ("usd", "tokens", "calls", "seconds")


def add_budget_flags(parser: ArgumentParser) -> None:
    """All of them."""
    group = parser.add_argument_group("what it may pay; what the store has costs nothing")
    group.add_argument(
        "--budget", type=limits, metavar="LIMITS", help="usd=2.50, tokens=, calls=, seconds=, with commas between"
    )
    group.add_argument(
        "--budget-order",
        choices=("rows", "any"),
        default="rows",
        metavar="ORDER",
        help="rows (default): admitted in order, the same at any concurrency; any: whatever is ready and fits",
    )
    group.add_argument(
        "--budget-cut",
        action="store_true",
        help="begin also a draw that may not fit, with the tokens that are left; if they cut it, it is paid and lost",
    )


def limits(text: str) -> dict[str, int | float]:
    """`usd=2.50,calls=100` by name. Whole numbers but for usd and seconds, none below 0."""
    found: dict[str, int | float] = {}
    for part in text.split(","):
        name, _, amount = (word.strip() for word in part.partition("="))
        if name not in NAMES:
            raise ArgumentTypeError(f"needs limits such as usd=2.50 or calls=100 ({', '.join(NAMES)}), not `{part}`")
        if name in found:
            raise ArgumentTypeError(f"has `{name}` twice")
        found[name] = _amount(name, amount)
    return found


def _amount(name: str, text: str) -> int | float:
    whole = name in ("tokens", "calls")
    try:
        amount = int(text.replace("_", "")) if whole else float(text)
    except ValueError:
        amount = -1
    if not 0 <= amount < 10**15:
        raise ArgumentTypeError(f"needs a {'whole ' if whole else ''}number from 0 for `{name}`, not `{text}`")
    return amount
