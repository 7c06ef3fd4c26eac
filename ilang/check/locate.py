"""Finds the file that a `use` means. Reads no file and imports no package."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.check import problems
from ilang.check.near import near

LIBRARIES = "ilang.libraries"


@cache
def libraries() -> dict[str, str]:
    """Installed libraries of pipelines: name and import package."""
    from importlib.metadata import entry_points  # 30 ms: only where a library is named

    return {e.name: e.value for e in entry_points(group=LIBRARIES)}


def package_folder(package: str) -> Path | None:
    """The folder of an import package, found without importing it."""
    top, _, rest = package.partition(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    for location in spec.submodule_search_locations:
        folder = Path(location, *rest.split(".")) if rest else Path(location)
        if folder.is_dir():
            return folder
    return None


def library_of(path: str | Path) -> tuple[str, str, Path] | None:
    """The installed library that a file lies in: its name, its import package and the package's folder."""
    place = Path(path).resolve()
    for name, package in sorted(libraries().items()):
        folder = package_folder(package)
        if folder is not None and place.is_relative_to(folder.resolve()):
            return name, package, folder
    return None


def file_beside(origin: str, folder: Path, span: Span) -> Path | Diagnostic:
    """A file named in a `use`, from the folder of the program that names it."""
    root = Path(os.path.abspath(folder))
    path = Path(os.path.abspath(root / origin))
    if not path.is_relative_to(root):
        return problems.import_outside(span, f"`{problems.one_line(origin)}`")
    try:
        if path.is_file():
            return path
        there = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
    except (OSError, ValueError):  # a name that no file can have
        there = []
    same_kind = [n for n in there if n.endswith(path.suffix or ".inf")]
    close = near(path.name, same_kind) or near(path.name + ".inf", same_kind)
    return problems.file_not_found(span, origin, os.path.join(os.path.dirname(origin), close) if close else None)


def library_file(origin: tuple[str, ...], span: Span) -> Path | Diagnostic:
    """`std.selection`: a file of an installed library."""
    name, *rest = origin
    package = libraries().get(name)
    if package is None:
        return problems.library_not_found(span, name, sorted(libraries()))
    folder = package_folder(package)
    if folder is None:
        return problems.library_broken(span, name, package)
    known = sorted(".".join(p.relative_to(folder).with_suffix("").parts) for p in folder.glob("**/*.inf"))
    if not rest:
        return problems.library_without_module(span, name, known)
    path = folder.joinpath(*rest[:-1], rest[-1] + ".inf")
    return path if path.is_file() else problems.module_not_found(span, name, ".".join(rest), known)


def python_module(origin: tuple[str, ...], span: Span) -> Path | Diagnostic:
    """`mypackage.checks`: a Python module, by its import path."""
    top, *rest = origin
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        spec = None
    if spec is not None:
        if not rest and spec.origin and spec.origin.endswith(".py"):
            return Path(spec.origin)
        for location in spec.submodule_search_locations or ():
            for path in (Path(location, *rest).with_suffix(".py"), Path(location, *rest, "__init__.py")):
                if path.is_file():
                    return path
    return problems.python_module_not_found(span, ".".join(origin))
