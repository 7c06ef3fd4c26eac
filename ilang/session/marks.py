"""The decorators for Python functions that programs use; ilang reads them from the source."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])


def batched(function: F) -> F:
    """A function that takes a list for each parameter and gives a list: a reward model on a GPU wants batches."""
    return function


def pure(function: F) -> F:
    """A function whose result depends on its arguments alone, so that results may be kept."""
    return function
