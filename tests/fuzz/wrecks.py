"""Sources that are nearly programs, or nothing like one: the same for the same number, and fast to make."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from ilang.base.source import Source
from ilang.syntax.lexer import lex
from tests.laws.programs import numbered
from tests.syntax.mutations import STRAY

ROOT = Path(__file__).parents[2]
FOLDERS = ("programs", "stdlib", "tests/examples", "tests/language", "tests/errors/check")


@cache
def originals() -> tuple[tuple[str, ...], ...]:
    """The programs of the repository and some generated ones, each cut behind its tokens."""
    texts = [f.read_text("utf-8") for folder in FOLDERS for f in sorted((ROOT / folder).rglob("*.inf"))]
    texts = [piece for text in texts for piece in text.split("---\n")] + [numbered(n, 40) for n in range(40)]
    return tuple(filter(None, map(cut, texts)))


def cut(text: str) -> tuple[str, ...]:
    starts = [token.start for token in lex(Source("", text)).tokens]
    return tuple(text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True))


def wreck(number: int) -> str:
    """One of endlessly many."""
    luck = random.Random(number)
    kind = luck.random()
    if kind < 0.08:
        return _bytes(luck)
    parts = list(luck.choice(originals()))
    if luck.random() < 0.3:
        start = luck.randrange(len(parts))
        parts = parts[start if luck.random() < 0.4 else 0 :][: luck.randint(1, 150)]
    for _ in range(luck.choice((0, 0, 1, 1, 1, 2, 3, 12))):
        _change(parts, luck)
    text = "".join(parts)
    if kind < 0.2:
        text = _scratched(text, luck)
    return text


def _change(parts: list[str], luck: random.Random) -> None:
    if not parts:
        return
    at = luck.randrange(len(parts))
    match luck.randrange(7):
        case 0:
            del parts[at]
        case 1:
            parts.insert(at, luck.choice(parts))
        case 2:
            other = luck.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
        case 3:
            parts.insert(at, luck.choice(STRAY))
        case 4:
            parts[at] = parts[at][: luck.randint(0, len(parts[at]))]
        case 5:
            parts[at] = luck.choice(luck.choice(originals()))
        case _:
            end = min(len(parts), at + luck.randint(1, 8))
            parts[at:end] = parts[at:end] * luck.choice((0, 2, 3, 40))


def _scratched(text: str, luck: random.Random) -> str:
    """Some characters are others."""
    made = list(text)
    for _ in range(luck.randint(1, 6)):
        if made:
            made[luck.randrange(len(made))] = luck.choice('"#{}()[]|=\\\n\t \r\0é\u200b\ud800\U0001f600ab1.:,')
    return "".join(made)


def _bytes(luck: random.Random) -> str:
    data = bytes(luck.choices(range(256), k=luck.randint(0, 300)))
    return data.decode(luck.choice(("latin-1", "utf-8")), luck.choice(("replace", "surrogateescape")))
