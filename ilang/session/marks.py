"""The decorators for Python functions that programs use; the checker reads them from the source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from ilang.run.python_batch import MOST

F = TypeVar("F", bound=Callable[..., object])


@overload
def batched(function: F, /) -> F: ...
@overload
def batched(*, max: int) -> Callable[[F], F]: ...
def batched(function: Any = None, /, *, max: int | None = None) -> Any:
    """A function that takes a list for each parameter and gives a list: a reward model on a GPU wants batches.

    What is ready at the same time goes in one call, in order; with `max`, at most so many. Raises
    ValueError where `max` is no whole number from 1 on.
    """
    if max is not None and (isinstance(max, bool) or not isinstance(max, int) or max < 1):
        raise ValueError(f"`max` of @ilang.batched is a whole number from 1 on, not {max!r}")

    def mark(function: F) -> F:
        setattr(function, MOST, max)
        return function

    return mark if function is None else mark(function)


def pure(function: F) -> F:
    """A function whose result depends on its arguments alone: its results are kept in the store, by its source."""
    return function
