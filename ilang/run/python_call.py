"""Calls Python functions that a program names. Their files are imported when a run starts."""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ilang.base.diagnostic import Diagnostic
from ilang.base.type import Type
from ilang.base.value import Value
from ilang.run.failure import RunFailed
from ilang.run.kept_results import ABSENT, KeptResults, key_of
from ilang.run.python_batch import MOST, Batch
from ilang.run.python_module import PythonRef, load_function, where
from ilang.run.python_value import named, to_any, to_python, to_value
from ilang.stages.stage import CannotGive


class Python:
    """The Python functions of one run. `kept`: where the results of pure ones are kept; None: nowhere."""

    def __init__(self, refs: Mapping[str, PythonRef], kept: KeptResults | None = None) -> None:
        self.refs = refs
        self.kept = kept
        self._functions: dict[str, Callable[..., Any]] = {}
        self._known: dict[Any, asyncio.Future[Any]] = {}
        self._batches: dict[tuple[str, frozenset[str]], Batch] = {}
        self.tracebacks: list[str] = []

    def apart(self) -> Python:
        """The same functions for another row: what one row was told is not kept for the next, batches are shared."""
        other = Python(self.refs, self.kept)
        other._functions, other._batches, other.tracebacks = self._functions, self._batches, self.tracebacks
        return other

    def load(self) -> None:
        """Import all of them. Raises RunFailed where a file cannot be imported."""
        for key in self.refs:
            self._function(key)

    async def call(self, key: str, arguments: Mapping[str, Value], type_: Type) -> Value:
        """The function's result as a value of the type. Equal arguments are asked once a run.

        Raises CannotGive where it raised (its traceback is kept), RunFailed where it gave another type, IlangError
        where a result is to be kept and the store fails.
        """
        given = {n: to_python(v) for n, v in arguments.items()}
        try:
            result = await self._known_result(key, given)
        except CannotGive as failure:  # several places may ask: each is told of it where it stands
            raise CannotGive(failure.why) from failure
        return _value(self.refs[key], result, type_)

    async def _known_result(self, key: str, given: dict[str, Any]) -> Any:
        """What the function gives for these arguments, asked once."""
        known = _key(key, given)
        if known is None:
            return await self._kept_result(key, given)
        future = self._known.get(known)
        if future is None:
            future = asyncio.get_running_loop().create_future()
            self._known[known] = future
            try:
                future.set_result(await self._kept_result(key, given))
            except asyncio.CancelledError:
                del self._known[known]
                future.cancel()
                raise
            except Exception as failure:
                future.set_exception(failure)
                future.exception()  # told to whoever asks; not a loss if nobody else does
                raise
            return future.result()
        return await asyncio.shield(future)

    async def _kept_result(self, key: str, given: dict[str, Any]) -> Any:
        """The same, from the store where the function is pure and was asked before."""
        ref = self.refs[key]
        self._function(key)
        place = key_of(ref, given) if ref.pure and self.kept is not None else None
        if place is None or self.kept is None:
            return await self._result(key, given)
        found = self.kept.get(place)
        if found is not ABSENT:
            return found
        result = await self._result(key, given)
        try:
            data = to_python(to_any(result))
        except (TypeError, CannotGive):
            return result  # no value of the language; its place says so
        return await self.kept.put(place, ref, data)

    async def _result(self, key: str, given: dict[str, Any]) -> Any:
        """What the function gives, alone or in a batch."""
        if not self.refs[key].batched:
            return await self._asked(key, given)
        batch = self._batches.get((key, frozenset(given)))
        if batch is None:
            most = getattr(self._function(key), MOST, None)
            batch = Batch(lambda calls: self._asked_together(key, calls), most)
            self._batches[key, frozenset(given)] = batch
        return await batch.call(given)

    async def _asked_together(self, key: str, calls: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The results of several calls, by one call with lists; in the place of one that failed, how.

        Where it fails, its halves are asked, so that each has the result that it would have had alone.
        """
        ref = self.refs[key]
        try:
            results = await self._asked(key, {name: [one[name] for one in calls] for name in calls[0]})
            if hasattr(results, "tolist"):
                results = results.tolist()  # an array, or a tensor of whatever library
            if isinstance(results, list | tuple) and len(results) == len(calls):
                return list(results)
            raise RunFailed(_not_one_each(ref, len(calls), results))
        except (CannotGive, RunFailed) as raised:
            if len(calls) == 1:
                return [raised]
        half = len(calls) // 2
        return [*await self._asked_together(key, calls[:half]), *await self._asked_together(key, calls[half:])]

    async def _asked(self, key: str, given: dict[str, Any]) -> Any:
        """One call of the function: awaited where it is async, else in a worker thread."""
        function, ref = self._function(key), self.refs[key]
        try:
            if inspect.iscoroutinefunction(function):
                result = await function(**given)
            else:
                result = await asyncio.to_thread(guarded, function, given)
                if inspect.isawaitable(result):
                    result = await result
            return result
        except (Exception, *ENDINGS) as caught:
            if isinstance(caught, asyncio.CancelledError) and cancelled():
                raise
            raised = caught.raised if isinstance(caught, Raised) else caught
            self.tracebacks.append("".join(traceback.format_exception(raised)))
            raise CannotGive(f"{ref.function} raised {type(raised).__name__}: {raised}{where(raised, ref)}") from raised

    def _function(self, key: str) -> Callable[..., Any]:
        found = self._functions.get(key)
        if found is None:
            found = self._functions[key] = load_function(self.refs[key])
        return found


def _value(ref: PythonRef, result: Any, type_: Type) -> Value:
    """A result as a value of the type. Raises RunFailed where the function broke its word.

    One without an annotation gave none: what does not fit its place is a judgement that is not given (CannotGive).
    """
    try:
        return to_value(result, type_)
    except TypeError as problem:
        gave = f"`{ref.function}` ({Path(ref.path).name}) gave {problem}"
        if not ref.annotated:
            raise CannotGive(f"{gave}, and its place needs {type_}") from None
        raise RunFailed(Diagnostic("python-result", gave, help=f"its place needs {type_}")) from None


def _not_one_each(ref: PythonRef, calls: int, results: Any) -> Diagnostic:
    gave = f"{len(results)} results" if isinstance(results, list | tuple) else named(results)
    return Diagnostic(
        "python-result",
        f"`{ref.function}` ({Path(ref.path).name}) was given lists of {calls} and gave {gave}",
        help="a batched function gives a list with one result for each it was given, in that order",
    )


ENDINGS = (SystemExit, asyncio.CancelledError)
"""What would end a thread or a task, where a program's function raises it."""


class Raised(Exception):
    """What a function raised in a worker thread, where asyncio could not bring it over as it is."""

    def __init__(self, raised: BaseException) -> None:
        super().__init__(str(raised))
        self.raised = raised


def guarded(function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """A call in a worker thread; what would end more than that judgement, such as `sys.exit()`, is Raised."""
    try:
        result = function(**given)
        return list(result) if isinstance(result, Iterator) else result  # it may be read more than once
    except (StopIteration, GeneratorExit, KeyboardInterrupt, *ENDINGS) as raised:
        raise Raised(raised) from raised


def cancelled() -> bool:
    """Whether it is this task that is cancelled, and not a function that says so of itself."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _key(key: str, given: dict[str, Any]) -> Any:
    """A key for equal arguments; None where they cannot be compared."""

    def frozen(x: Any) -> Any:
        if isinstance(x, list):
            return ("list", tuple(frozen(v) for v in x))
        if isinstance(x, dict):
            return ("dict", tuple((k, frozen(v)) for k, v in x.items()))
        return (type(x).__name__, x)

    try:
        made = (key, tuple((n, frozen(v)) for n, v in given.items()))
        hash(made)
    except (TypeError, RecursionError):
        return None
    return made
