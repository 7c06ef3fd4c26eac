"""A process reward without a model: it reckons the steps of a solution again."""

import re

EQUATION = re.compile(r"(-?\d+(?:\.\d+)?)\s*([-+*/])\s*(-?\d+(?:\.\d+)?)\s*=\s*(-?\d+(?:\.\d+)?)")
OPERATIONS = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}


def process_reward(problem: str, text: str) -> float:
    """The share of the steps `a + b = c` that are right; 0.5 where there is none to check."""
    steps = EQUATION.findall(text)
    return sum(map(_right, steps)) / len(steps) if steps else 0.5


def _right(step: tuple[str, str, str, str]) -> bool:
    a, sign, b, result = step
    try:
        return abs(OPERATIONS[sign](float(a), float(b)) - float(result)) < 1e-6
    except ZeroDivisionError:
        return False
