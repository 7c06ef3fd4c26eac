"""Functions that `python.inf` names: one of each kind that a program may meet."""

import asyncio

import ilang

CALLS: list[str] = []


def passes(x: str) -> bool:
    return x == "good"


def probability(x: str) -> float:
    return {"good": 0.9, "half": 0.5}.get(x, 0.1)


def mapping(x: str) -> dict:
    return {"ok": x == "good", "feedback": f"{x} is {x}"}


def verdict(x: str) -> ilang.Verdict:
    return ilang.Verdict(x == "good", 0.25, "checked")


def fails_on_bad(x: str) -> float:
    if x == "bad":
        raise ValueError("it is bad")
    return float(len(x))


async def slowly(x: str) -> int:
    await asyncio.sleep(0)
    return len(x)


def untyped(x):
    return x


def rows(n):
    return [{"name": f"r{i}", "size": i} for i in range(n)]


def person() -> dict:
    return {"name": "Ann", "size": 3}


def maybe(x: int) -> "int | None":
    return x if x > 0 else None


def joined(a: str, b: str = "-", *, times: int = 1) -> str:
    return (a + b) * times


def kind(x) -> str:
    return type(x).__name__


def member(x) -> str:
    return f"{x}"


def label_of(x):
    return "Bug report" if "crash" in x else "other"


def last_word(text: str) -> str:
    words = text.split()
    if not words:
        raise ValueError("there is no word")
    return words[-1]


def digits(text: str) -> int:
    return int("".join(c for c in text if c.isdigit()))


@ilang.batched
def lengths(xs: list[str]) -> list[int]:
    assert isinstance(xs, list)
    return [len(x) for x in xs]


@ilang.pure
def doubled(x: float) -> float:
    return 2 * x
