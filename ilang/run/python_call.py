"""Calls Python functions that a program names: imports them when a run starts, and converts values.

Text, numbers and bools go as they are, a list as a list, a record as a dict, an enum as its member's
name. What comes back is held against the type that its place expects.
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import math
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from ilang.base.value import EnumValue, Message, RecordValue, Value, Verdict, whole
from ilang.run.failure import RunFailed
from ilang.run.reading import double, from_json, read_enum
from ilang.stages.fields import value_of
from ilang.stages.stage import CannotGive


@dataclass(frozen=True, slots=True)
class PythonRef:
    """Where a Python function lies. `first` is its first parameter, which a parser of answers is given."""

    path: str
    function: str
    first: str = "text"
    batched: bool = False


class Python:
    """The Python functions of one run."""

    def __init__(self, refs: Mapping[str, PythonRef]) -> None:
        self.refs = refs
        self._functions: dict[str, Callable[..., Any]] = {}
        self._known: dict[Any, asyncio.Future[Any]] = {}
        self.tracebacks: list[str] = []

    def load(self) -> None:
        """Import all of them. Raises RunFailed where a file cannot be imported."""
        for key, ref in self.refs.items():
            if key not in self._functions:
                self._functions[key] = load_function(ref)

    async def call(self, key: str, arguments: Mapping[str, Value], type_: Type) -> Value:
        """The function's result as a value of the type. Equal arguments are asked once a run.

        Raises CannotGive where it raised (its traceback is kept), RunFailed where it gave another type.
        """
        given = {n: to_python(v) for n, v in arguments.items()}
        known = _key(key, given)
        if known is None:
            return await self._call(key, given, type_)
        known = (known, str(type_))
        future = self._known.get(known)
        if future is None:
            future = asyncio.get_running_loop().create_future()
            self._known[known] = future
            try:
                future.set_result(await self._call(key, given, type_))
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

    async def _call(self, key: str, given: dict[str, Any], type_: Type) -> Value:
        function = self._functions.get(key)
        if function is None:
            function = self._functions[key] = load_function(self.refs[key])
        ref = self.refs[key]
        if ref.batched:
            given = {n: [v] for n, v in given.items()}
        try:
            if inspect.iscoroutinefunction(function):
                result = await function(**given)
            else:
                result = await asyncio.to_thread(guarded, function, given)
                if inspect.isawaitable(result):
                    result = await result
        except Exception as raised:
            self.tracebacks.append(traceback.format_exc())
            raise CannotGive(f"{ref.function} raised {type(raised).__name__}: {raised}{where(raised, ref)}") from raised
        if ref.batched:
            result = result[0] if isinstance(result, list | tuple) and len(result) == 1 else result
        try:
            return to_value(result, type_)
        except TypeError as problem:
            raise RunFailed(
                Diagnostic(
                    "python-result",
                    f"`{ref.function}` ({Path(ref.path).name}) gave {problem}",
                    help=f"its place needs {type_}",
                )
            ) from None


def guarded(function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """A call in a worker thread; `sys.exit()` in it ends that judgement, not the run."""
    try:
        return function(**given)
    except SystemExit as raised:
        raise RuntimeError(f"it called sys.exit({raised.code})") from None


def where(raised: BaseException, ref: PythonRef) -> str:
    """The line of the user's file that raised, in words; empty where it was none of its lines."""
    lines = [f.lineno for f in traceback.extract_tb(raised.__traceback__) if f.filename == ref.path]
    return f" ({Path(ref.path).name}, line {lines[-1]})" if lines else ""


def load_function(ref: PythonRef) -> Callable[..., Any]:
    """Import a function from its file; a file is imported once a process."""
    name = "ilang_user_" + "".join(c if c.isalnum() else "_" for c in ref.path)
    module = sys.modules.get(name)
    if module is None:
        spec = importlib.util.spec_from_file_location(name, ref.path)
        if spec is None or spec.loader is None:
            raise RunFailed(Diagnostic("python-import", f"cannot import {ref.path}"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        folder = str(Path(ref.path).parent)
        sys.path.insert(0, folder)
        try:
            spec.loader.exec_module(module)
        except BaseException as raised:
            sys.modules.pop(name, None)
            if isinstance(raised, KeyboardInterrupt):
                raise
            raise RunFailed(
                Diagnostic(
                    "python-import",
                    f"importing {Path(ref.path).name} raised {type(raised).__name__}: {raised}{where(raised, ref)}",
                    help=f"run `python {Path(ref.path).name}` to see it whole",
                )
            ) from None
        finally:
            if folder in sys.path:
                sys.path.remove(folder)
    found = getattr(module, ref.function, None)
    if not callable(found):
        raise RunFailed(Diagnostic("python-import", f"{Path(ref.path).name} has no function `{ref.function}`"))
    return found  # type: ignore[no-any-return]


def to_python(value: Value) -> Any:
    """A value as Python code sees it."""
    match value:
        case tuple():
            return [to_python(v) for v in value]
        case RecordValue():
            return {n: to_python(v) for n, v in value.fields}
        case EnumValue():
            return value.member
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
