"""Keeps what `@ilang.pure` functions gave, in the store beside the draws; a result is on the disk before it is used.

A result's key is a hash of the function's source (`python_digest.py`), its name, its arguments, and the version of
Python. Does not know how a function is called, nor what its place expects.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from ilang.base.value import Verdict
from ilang.draws.result import KeepsResults, Result
from ilang.draws.writer import Standing, Writer
from ilang.run.python_module import PythonRef, digest_of

ABSENT = object()
"""There is no result yet."""

_FORM = 1
"""Of the key and of the JSON; another one begins anew."""


class KeptResults:
    """The results of one run's pure functions. Belongs to one event loop."""

    def __init__(self, store: KeepsResults) -> None:
        self._store = store
        self._writer: Writer[bytes, Result] = Writer(store.put_results, store.close)

    def get(self, key: bytes) -> Any:
        """The result as Python data, ABSENT where there is none. Raises IlangError where the store fails."""
        found = self._store.get_results([key]).get(key)
        if found is None:
            return ABSENT
        try:
            return data_of(json.loads(found.json))
        except ValueError:  # written by somebody else
            return ABSENT

    async def put(self, key: bytes, ref: PythonRef, data: Any) -> Any:
        """Keeps a result; what stands there, once it is on the disk. Raises IlangError where the store fails."""
        try:
            result = Result(ref.shown, json_of(data), time.time())
        except (TypeError, ValueError):
            return data  # no value of the language that a store could give back
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def then(standing: Standing[Result]) -> None:
            if future.done():
                return
            if isinstance(standing, Exception):
                future.set_exception(standing)
            else:
                future.set_result(standing[0])

        self._writer.put([(key, result)], then)
        return data_of(json.loads((await future).json))

    async def aclose(self) -> None:
        """Wait until all is written."""
        await self._writer.aclose()


def key_of(ref: PythonRef, given: Mapping[str, Any]) -> bytes | None:
    """The key of a call; None where its arguments are no data, so that it cannot be kept."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    try:
        arguments = [[name, json_of(given[name])] for name in sorted(given)]
        text = json.dumps([_FORM, version, digest_of(ref), ref.function, arguments])
    except (TypeError, ValueError):
        return None
    return hashlib.sha256(text.encode("ascii")).digest()


def json_of(data: Any) -> str:
    """Data as JSON, mappings and Verdicts told apart. Raises TypeError or ValueError for anything else."""
    return json.dumps(_tagged(data), allow_nan=False)


def _tagged(data: Any) -> Any:
    match data:
        case None | bool() | int() | float() | str():
            return data
        case list():
            return [_tagged(x) for x in data]
        case dict():
            return {"record": [[str(name), _tagged(x)] for name, x in data.items()]}
        case Verdict():
            return {"verdict": [data.ok, data.score, data.feedback]}
    raise TypeError(f"a {type(data).__name__} is no data")


def data_of(tagged: Any) -> Any:
    """The reverse. Raises ValueError for what `json_of` did not make."""
    match tagged:
        case list():
            return [data_of(x) for x in tagged]
        case {"record": list() as fields}:
            return {str(name): data_of(x) for name, x in fields}
        case {"verdict": [bool() as ok, None | int() | float() as score, str() as feedback]}:
            return Verdict(ok, score, feedback)
        case dict():
            raise ValueError("not a result")
    return tagged
