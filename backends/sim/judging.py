"""What `sim` says of an attempt: verdicts, ratings. Knows the attempt and the judge's error rates.

A judge passes a right attempt with probability c (`completeness`) and a wrong one with 1 - s (`soundness`),
as in *Inference Scaling fLaws*. Its error belongs to the candidate: the same one always gets the same
verdict, in whatever words it is asked, so asking again helps nothing. With `fresh_noise` every draw errs anew,
and the probabilities of its tokens are c and s themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import TypeVar

from ilang_backends.sim.attempt import Attempt
from ilang_backends.sim.chance import uniform, whole
from ilang_backends.sim.question import Question
from ilang_backends.sim.settings import Nature

T = TypeVar("T")
GOOD, BAD = 0.85, 0.35
"""A rating of what passed, and of what did not, is binomial with this mean (on the scale from 0 to 1)."""


def passes(nature: Nature, question: Question, attempt: Attempt) -> tuple[tuple[bool, float], ...]:
    """(verdict, probability) over the draws of one judge: two of them where noise is fresh, else one."""
    p = nature.completeness if attempt.right else 1.0 - nature.soundness
    return _settled(((True, p), (False, 1.0 - p)), nature, question, attempt)


def ratings(nature: Nature, question: Question, attempt: Attempt, low: int, high: int) -> tuple[tuple[int, float], ...]:
    """(rating, probability): a mixture of two binomials, by P(pass)."""
    p = nature.completeness if attempt.right else 1.0 - nature.soundness
    n = high - low
    law = tuple(
        (low + k, comb(n, k) * sum(w * q**k * (1.0 - q) ** (n - k) for w, q in ((p, GOOD), (1.0 - p, BAD))))
        for k in range(n + 1)
    )
    return _settled(law, nature, question, attempt)


def score(question: Question, attempt: Attempt, *, ok: bool) -> float:
    """A number in [0, 1] that goes with a verdict: at least a half where it passed."""
    half = uniform("score", question.key, attempt.key) / 2.0
    return round(0.5 + half if ok else half, 2)


def feedback(question: Question, attempt: Attempt, steps: int) -> str:
    """What to say of what failed: the first wrong step where there is one, else a guess."""
    step = attempt.slip or whole(1, steps, "blame", question.key, attempt.key)
    return f"Step {step} does not hold."


def _settled(
    law: Sequence[tuple[T, float]], nature: Nature, question: Question, attempt: Attempt
) -> tuple[tuple[T, float], ...]:
    """The whole law where noise is fresh, else the one outcome that this judge's luck has for this candidate."""
    if nature.fresh_noise:
        return tuple(law)
    u = uniform("verdict", nature.who, question.key, attempt.key)
    for outcome, p in law:
        u -= p
        if u < 0.0:
            return ((outcome, 1.0),)
    return ((law[-1][0], 1.0),)
