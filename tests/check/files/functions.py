"""Functions that the programs of these tests name; only their signatures are read."""

from __future__ import annotations

from collections.abc import Sequence


def reward(text: str) -> float:
    return 0.0


def tests_pass(code: str, tests: str = "") -> bool:
    return True


def words(text: str, least: int = 0) -> list[str]:
    return []


def guess(options: Sequence[str], *, weight: float = 1.0) -> str:
    return ""


def anything(x, y=None):
    return x


def lines_of(text: str) -> list:
    return []


def maybe_text(text: str) -> str | None:
    return None


def label_of(text: str) -> str:
    return "bug"
