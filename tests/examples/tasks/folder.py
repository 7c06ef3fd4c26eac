"""A small lexical search over the text files of a folder."""

import math
import re
from collections import Counter
from pathlib import Path


def search(folder: str, query: str, k: int) -> list[str]:
    """The k paragraphs of `*.txt` files that share most with the query, best first: words weighted by how rare they are.

    A relative folder is looked for beside this file. Paragraphs that share nothing are left out.
    """
    files = sorted((Path(__file__).parent / folder).glob("**/*.txt"))
    passages = [p.strip() for f in files for p in f.read_text("utf-8").split("\n\n") if p.strip()]
    words = [set(re.findall(r"\w+", p.lower())) for p in passages]
    known = Counter(w for of_one in words for w in of_one)
    wanted = set(re.findall(r"\w+", query.lower()))
    scores = [sum(math.log(1 + len(passages) / known[w]) for w in wanted & of_one) for of_one in words]
    best = sorted(range(len(passages)), key=lambda i: -scores[i])
    return [passages[i] for i in best[:k] if scores[i] > 0]
