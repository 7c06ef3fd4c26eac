"""Numbers as people write them: `8 draws`, `2,104 tokens`, `9.1 s`, `0 USD`, `98.4 MB`."""

from __future__ import annotations


def counted(n: int, one: str, many: str = "") -> str:
    """`1 draw`, `2,000 draws`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def seconds_text(seconds: float) -> str:
    """`0.04 s`, `9.1 s`, `12 s`, `3 min 20 s`."""
    if seconds < 0.1:
        return f"{seconds:.2f} s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def usd_text(usd: float | None) -> str:
    """`0 USD`, `0.0058 USD`; dollars that nobody knows are said to be unknown."""
    if usd is None:
        return "USD unknown"
    if usd == 0:
        return "0 USD"
    return f"{usd:.2f} USD" if usd >= 1 else f"{usd:.2g} USD"


def size_text(size: int) -> str:
    """`512 bytes`, `98.4 MB`: units of a thousand."""
    if size < 1000:
        return counted(size, "byte")
    amount = float(size)
    for unit in ("KB", "MB", "GB"):
        amount /= 1000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1000:.1f} TB"


def weight_text(weight: float) -> str:
    """A vote's weight: whole where it is, else to three places."""
    return f"{weight:.0f}" if float(weight).is_integer() else f"{weight:.3g}"
