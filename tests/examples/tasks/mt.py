"""chrF, the character n-gram F-score by which translations are compared (Popović, 2015)."""

from collections import Counter

ORDER = 6
BETA = 2


def chrf(reference: str, hypothesis: str) -> float:
    """chrF2 in [0, 1]: precision and recall of character n-grams, n = 1..6, white space left out, recall counting twice."""
    reference, hypothesis = ("".join(text.split()) for text in (reference, hypothesis))
    precisions, recalls = [], []
    for n in range(1, ORDER + 1):
        wanted, given = _grams(reference, n), _grams(hypothesis, n)
        if wanted and given:
            common = (wanted & given).total()
            precisions.append(common / given.total())
            recalls.append(common / wanted.total())
    if not precisions:
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    if precision + recall == 0:
        return 0.0
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _grams(text: str, n: int) -> Counter[str]:
    return Counter(text[i : i + n] for i in range(len(text) - n + 1))
