"""Checks that the programs of this folder use."""

from __future__ import annotations

import datetime
import math

from ilang import Verdict


def divides(number: int, low: int, high: int, by: int) -> Verdict:
    """Whether a number lies from low to high and can be divided by `by`."""
    if not low <= number <= high:
        return Verdict(False, feedback=f"{number} is not from {low} to {high}")
    if number % by:
        return Verdict(False, feedback=f"{number} divided by {by} leaves {number % by}")
    return Verdict(True)


def short_enough(text: str, most: int) -> Verdict:
    """Whether a text has at most so many words."""
    words = len(text.split())
    if not words:
        return Verdict(False, feedback="It is empty.")
    if words > most:
        return Verdict(False, score=most / words, feedback=f"It has {words} words. It may have {most} at most.")
    return Verdict(True, score=1.0)


def same_number(a: float, b: float) -> bool:
    """Whether two numbers agree to nine digits."""
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def in_calendar(date: str) -> Verdict:
    """Whether a date of the form YYYY-MM-DD is in the calendar."""
    try:
        datetime.date.fromisoformat(date)
    except ValueError as problem:
        return Verdict(False, feedback=f"{date}: {problem}")
    return Verdict(True)
