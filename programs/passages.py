"""A small lexical search over the text files of a folder."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path


def search(folder: str, query: str, k: int) -> list[str]:
    """The k paragraphs of `*.txt` files that share most with the query, best first.

    A shared word counts by how rare it is. A paragraph that shares none is left out. The folder lies beside
    this file, or is named by its whole path.
    """
    files = sorted((Path(__file__).parent / folder).rglob("*.txt"))
    passages = [part.strip() for file in files for part in file.read_text("utf-8").split("\n\n") if part.strip()]
    held = Counter(word for passage in passages for word in _words(passage))
    wanted = _words(query)

    def likeness(passage: str) -> float:
        return sum(math.log(1 + len(passages) / held[word]) for word in wanted & _words(passage))

    return [passage for passage in sorted(passages, key=likeness, reverse=True) if likeness(passage)][:k]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
