"""Calls Python functions that a program names, and converts values. Their files are imported when a run starts.

Text, numbers and bools go as they are, a list as a list, a record as a dict, an enum as its member's
name. What comes back is held against the type that its place expects.
"""

from __future__ import annotations

import asyncio
import inspect
import math
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ilang.base.candidate import Candidate, Pool, Unread, View
from ilang.base.diagnostic import Diagnostic
from ilang.base.type import (
    ANY,
    BOOL,
    INT,
    MESSAGE,
    NUMBER,
    TEXT,
    VERDICT,
    Basic,
    Enum,
    Function,
    ListOf,
    Optional,
    Record,
    Type,
    Var,
)
from ilang.base.value import Blob, EnumValue, Message, RecordValue, Value, Verdict, whole
from ilang.run.failure import RunFailed
from ilang.run.kept_results import ABSENT, KeptResults, key_of
from ilang.run.python_batch import MOST, Batch
from ilang.run.python_module import PythonRef, load_function, where
from ilang.run.reading import double, from_json, read_enum
from ilang.stages.fields import value_of
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
        """The results of several calls, by one call with lists; CannotGive in the place of one that raised.

        Where it raises, its halves are asked, so that the others have their results as if each had been alone.
        """
        ref = self.refs[key]
        try:
            results = await self._asked(key, {name: [one[name] for one in calls] for name in calls[0]})
        except CannotGive as raised:
            if len(calls) == 1:
                return [raised]
            half = len(calls) // 2
            return [*await self._asked_together(key, calls[:half]), *await self._asked_together(key, calls[half:])]
        if hasattr(results, "tolist"):
            results = results.tolist()  # an array, or a tensor of whatever library
        if not isinstance(results, list | tuple) or len(results) != len(calls):
            gave = f"{len(results)} results" if isinstance(results, list | tuple) else _named(results)
            raise RunFailed(
                Diagnostic(
                    "python-result",
                    f"`{ref.function}` ({Path(ref.path).name}) was given lists of {len(calls)} and gave {gave}",
                    help="a batched function gives a list with one result for each it was given, in that order",
                )
            )
        return list(results)

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
        except Exception as raised:
            self.tracebacks.append(traceback.format_exc())
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


def guarded(function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """A call in a worker thread; `sys.exit()` in it ends that judgement, not the run."""
    try:
        result = function(**given)
        return list(result) if isinstance(result, Iterator) else result  # it may be read more than once
    except SystemExit as raised:
        raise RuntimeError(f"it called sys.exit({raised.code})") from None


def to_python(value: Value) -> Any:
    """A value as Python code sees it."""
    match value:
        case tuple():
            return [to_python(v) for v in value]
        case RecordValue():
            return {n: to_python(v) for n, v in value.fields}
        case EnumValue():
            return value.member
        case Blob():
            return value.data
        case View() | Candidate():
            return to_python(value_of(value))
        case Pool():
            return [to_python(c.reading) for c in value.candidates if c.parsed]
        case Message():
            return {"role": value.role, "content": value.content}
    return value


def to_value(result: Any, type_: Type) -> Value:
    """A Python result as a value of a type. Raises TypeError, worded as "a str where ...", where it is none."""
    wrong = TypeError(f"{_named(result)}, not {type_}")
    result = _plain(result)
    match type_:
        case Optional(item):
            return None if result is None else to_value(result, item)
        case ListOf(item):
            if isinstance(result, str | bytes | dict) or not hasattr(result, "__iter__"):
                raise wrong
            return tuple(to_value(x, item) for x in result)
        case Enum():
            if isinstance(result, EnumValue) and result.type == type_:
                return result
            found = read_enum(result, type_) if isinstance(result, str) else Unread("")
            if isinstance(found, Unread):
                raise wrong
            return found
        case Record():
            if type_ == VERDICT:
                return to_verdict(result)
            if isinstance(result, RecordValue):
                result = dict(result.fields)
            if not isinstance(result, dict):
                raise wrong
            fields = []
            for f in type_.fields:
                if f.name not in result and not isinstance(f.type, Optional):
                    raise TypeError(f"a mapping without `{f.name}`, not {type_}")
                fields.append((f.name, to_value(result.get(f.name), f.type)))
            return RecordValue(type_.name, tuple(fields))
        case Function() | Var():
            return to_any(result)
        case Basic():
            pass
        case _:
            raise wrong
    if type_ == ANY:
        return to_any(result)
    if type_ == TEXT and isinstance(result, str):
        return result
    if type_ == BOOL and isinstance(result, bool):
        return result
    if type_ in (NUMBER, INT) and isinstance(result, float) and not math.isfinite(result):
        raise CannotGive(f"a Python function gave {result}, which is no number")
    if type_ in (NUMBER, INT) and isinstance(result, int | float) and not isinstance(result, bool):
        number = whole(result)
        if type_ == INT and not isinstance(number, int):
            raise wrong
        return number
    if type_ == MESSAGE and isinstance(result, dict) and isinstance(result.get("content"), str):
        return Message(str(result.get("role", "user")), result["content"])
    raise wrong


def to_verdict(result: Any) -> Verdict:
    """A bool, a number (at least 0.5 passes), a mapping or an object with `ok` as a Verdict."""
    result = _plain(result)
    if isinstance(result, bool):
        return Verdict(result)
    if isinstance(result, int | float):
        return Verdict(result >= 0.5, double(result))
    if isinstance(result, Verdict):
        return result
    if isinstance(result, RecordValue):
        result = dict(result.fields)
    if isinstance(result, dict) and isinstance(result.get("ok"), bool):
        found = from_json(result, VERDICT)
        assert isinstance(found, Verdict)
        return found
    if isinstance(getattr(result, "ok", None), bool):
        score = getattr(result, "score", None)
        return Verdict(result.ok, None if score is None else double(score), str(getattr(result, "feedback", "") or ""))
    raise TypeError(f"{_named(result)}, not a Verdict, a bool, a number or a mapping with `ok`")


def to_any(result: Any) -> Value:
    """A Python result where no type is expected."""
    result = _plain(result)
    match result:
        case None | bool() | int() | str() | Verdict() | RecordValue() | EnumValue():
            return result
        case float():
            if not math.isfinite(result):
                raise CannotGive(f"a Python function gave {result}, which is no number")
            return whole(result)
        case dict():
            return RecordValue("", tuple((str(k), to_any(v)) for k, v in result.items()))
        case list() | tuple():
            return tuple(to_any(x) for x in result)
    if isinstance(getattr(result, "ok", None), bool):
        return to_verdict(result)
    raise TypeError(f"{_named(result)}, which is no value of the language")


def _plain(result: Any) -> Any:
    """A number of numpy as Python's own."""
    if type(result).__module__ == "numpy" and hasattr(result, "item") and getattr(result, "ndim", 1) == 0:
        return result.item()
    return result


def _named(result: Any) -> str:
    return "none" if result is None else f"a {type(result).__name__}"


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
    except TypeError:
        return None
    return made
