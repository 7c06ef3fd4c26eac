"""The true solution of a question: the numbers that a faultless solver passes through.

Step t reads `v(t-1) + o(t) = v(t)`, and v(L) is the answer (a hashed number where the answer is no whole
number). A solver that is off by d writes `v(t) + d`; so what was written tells the deviation again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ilang_backends.sim.chance import uniform, whole
from ilang_backends.sim.question import Question


@dataclass(frozen=True, slots=True)
class Path:
    """`values[t]` is v(t), t = 0..L; the same for every model."""

    values: tuple[int, ...]

    @property
    def steps(self) -> int:
        return len(self.values) - 1

    def line(self, t: int, before: int, after: int) -> str:
        """Step t (1..L) as somebody writes it who was off by `before` and now is by `after`."""
        operand = self.values[t] - self.values[t - 1]
        sign = "+" if operand >= 0 else "-"
        return f"{self.values[t - 1] + before} {sign} {abs(operand)} = {self.values[t] + after}"

    def off(self, t: int, written: int) -> int:
        """The deviation of a step t that ends in this number."""
        return written - self.values[min(t, self.steps)]


@lru_cache(maxsize=4096)
def path(question: Question, steps: int) -> Path:
    """The way to this question's answer in so many steps."""
    number = question.gold.number
    value = number.numerator if number is not None and number.denominator == 1 else whole(10, 99, "end", question.key)
    values = [value]
    for back in range(steps):
        operand = whole(1, 20, "operand", question.key, back)
        value += operand if uniform("sign", question.key, back) < 0.4 else -operand
        values.append(value)
    return Path(tuple(reversed(values)))
