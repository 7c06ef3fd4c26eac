"""Imports the files that hold a program's Python functions, each once a process.

A file of the user's is imported by its path, with its folder in front of the search path, so that what lies beside
it can be imported too. A module of an installed package is imported by its name, so that it finds its package.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from ilang.base.diagnostic import Diagnostic
from ilang.run.failure import RunFailed
from ilang.run.python_digest import source_digest


@dataclass(frozen=True, slots=True)
class PythonRef:
    """Where a Python function lies, and how it is marked.

    `first` is its first parameter, which a parser of answers is given. `module` is the name to import it by; empty
    where its file is imported by its path. `annotated`: its source says what it gives.
    """

    path: str
    function: str
    first: str = "text"
    batched: bool = False
    pure: bool = False
    module: str = ""
    annotated: bool = True

    @property
    def shown(self) -> str:
        """As people know it: `checks.py:passes`."""
        return f"{Path(self.path).name}:{self.function}"


_digests: dict[str, str] = {}
"""By module name: what its source was when it was imported, for a file may change afterwards."""


def load_function(ref: PythonRef) -> Callable[..., Any]:
    """The function, its file imported. Raises RunFailed."""
    name = module_name(ref)
    module = sys.modules.get(name)
    if module is None or (ref.module and name not in _digests):
        _digests[name] = source_digest(ref.path)
        module = _imported(ref, name)
    found = getattr(module, ref.function, None)
    if not callable(found):
        raise RunFailed(Diagnostic("python-import", f"{Path(ref.path).name} has no function `{ref.function}`"))
    return found  # type: ignore[no-any-return]


def digest_of(ref: PythonRef) -> str:
    """The digest of a loaded function's source."""
    return _digests[module_name(ref)]


def module_name(ref: PythonRef) -> str:
    """Its name in `sys.modules`."""
    return ref.module or "ilang_user_" + "".join(c if c.isalnum() else "_" for c in ref.path)


def _imported(ref: PythonRef, name: str) -> ModuleType:
    folder = str(Path(ref.path).parent)
    if not ref.module:
        sys.path.insert(0, folder)
    try:
        if ref.module:
            return importlib.import_module(ref.module)
        return _by_path(ref, name)
    except BaseException as raised:
        if isinstance(raised, KeyboardInterrupt | RunFailed):
            raise
        raise RunFailed(
            Diagnostic(
                "python-import",
                f"importing {Path(ref.path).name} raised {type(raised).__name__}: {raised}{where(raised, ref)}",
                help=f"run `python {Path(ref.path).name}` to see it whole",
            )
        ) from None
    finally:
        if not ref.module and folder in sys.path:
            sys.path.remove(folder)


class _FromSource(SourceFileLoader):
    """Compiles the source as it stands. Byte code is told apart by size and second of the source, so that a file
    edited twice in a second could run as it was, and its results be kept as those of what it is."""

    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


def _by_path(ref: PythonRef, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ref.path, loader=_FromSource(name, ref.path))
    if spec is None or spec.loader is None:
        raise RunFailed(Diagnostic("python-import", f"cannot import {ref.path}"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def where(raised: BaseException, ref: PythonRef) -> str:
    """The line of the user's file that raised, in words; empty where it was none of its lines."""
    lines = [f.lineno for f in traceback.extract_tb(raised.__traceback__) if f.filename == ref.path]
    return f" ({Path(ref.path).name}, line {lines[-1]})" if lines else ""
