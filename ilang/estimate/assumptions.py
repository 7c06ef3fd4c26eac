"""What an estimate assumes where nothing is known: each has a name, a value, and words that say what it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ilang.base.noun import noun


@noun
class Assumptions:
    """`--assume NAME=VALUE` sets each. Only `reread` is part of an upper bound; the others are of what is expected."""

    output: float = 0.5
    reply: float = 0.0
    characters: float = 4.0
    text: float = 200.0
    items: float = 8.0
    n: float = 8.0
    rounds: float = 4.0
    branch: float = 0.5
    kept: float = 0.5
    waves: float = 0.5
    reread: float = 2.0

    def words(self, name: str) -> str:
        """One of them in words, with its value."""
        return WORDS[name].format(f"{getattr(self, name):g}")

    def flag(self, name: str) -> str:
        """The flag that says what holds."""
        return f"--assume {name}={getattr(self, name):g}"

    def with_(self, **changes: float) -> Assumptions:
        return replace(self, **changes)


WORDS = {
    "output": "a reply has {} of the tokens that it may have",
    "reply": "a reply has {} tokens",
    "characters": "a token is {} bytes of a prompt",
    "text": "a text that is not known has {} tokens",
    "items": "a list that is not known has {} elements",
    "n": "a number of draws that is not known is {}",
    "rounds": "a number of rounds that is not known is {}",
    "branch": "of two ways the first is gone in {} of all cases; `otherwise` is needed in the rest",
    "kept": "`prune(unless=)`, `focus` and `until` take {} of a pool",
    "waves": "where draws stop once a vote is settled, {} of those behind the first wave are made",
    "reread": "a reply that is read in a prompt counts at most {} times what it was written with",
}
NAMES = tuple(WORDS)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which values an assumption may have: `low` itself only where `open` is False."""

    low: float
    high: float
    open: bool = False


ALLOWED = {
    "output": Allowed(0, 1),
    "reply": Allowed(0, 10_000_000),
    "characters": Allowed(0, 1000, open=True),
    "text": Allowed(0, 16_000_000),
    "items": Allowed(0, 1_000_000),
    "n": Allowed(0, 100_000),
    "rounds": Allowed(0, 1_000_000),
    "branch": Allowed(0, 1),
    "kept": Allowed(0, 1),
    "waves": Allowed(0, 1),
    "reread": Allowed(1, 1000),
}


def fits(name: str, value: float) -> bool:
    """Whether an assumption may have this value."""
    allowed = ALLOWED[name]
    return allowed.low <= value <= allowed.high and not (allowed.open and value == allowed.low)
