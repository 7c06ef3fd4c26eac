"""chrF, the character n-gram F-score by which translations are compared (Popović, 2015)."""

from __future__ import annotations

from collections import Counter

LONGEST = 6
"""Character n-grams of length 1 to this are compared."""

BETA = 2
"""Recall counts so many times as much as precision."""


def chrf(reference: str, hypothesis: str) -> float:
    """How much of the reference stands in the hypothesis, from 0 to 1. White space is left out."""
    wanted, given = "".join(reference.split()), "".join(hypothesis.split())
    lengths = [n for n in range(1, LONGEST + 1) if n <= min(len(wanted), len(given))]
    if not lengths:
        return 0.0
    precision = recall = 0.0
    for n in lengths:
        common = (_grams(wanted, n) & _grams(given, n)).total()
        precision += common / (len(given) - n + 1)
        recall += common / (len(wanted) - n + 1)
    precision, recall = precision / len(lengths), recall / len(lengths)
    if not precision + recall:
        return 0.0
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _grams(text: str, n: int) -> Counter[str]:
    return Counter(text[i : i + n] for i in range(len(text) - n + 1))
