"""Finds the file that a `use` means. Reads no file and imports no package."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.check import problems
from ilang.check.near import near

LIBRARIES = "ilang.libraries"


@cache
def libraries() -> dict[str, str]:
    """Installed libraries of pipelines: name and import package."""
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


def file_beside(origin: str, folder: Path, span: Span) -> Path | Diagnostic:
    """A file named in a `use`, from the folder of the program that names it."""
    root = Path(os.path.abspath(folder))
    path = Path(os.path.abspath(root / origin))
    if not path.is_relative_to(root):
        return problems.import_outside(span, f"`{origin}`")
    if not path.is_file():
        there = [p.name for p in path.parent.iterdir() if p.suffix == path.suffix] if path.parent.is_dir() else []
        close = near(path.name, there)
        return problems.import_not_found(span, f"the file `{origin}`", f"did you mean `{close}`?" if close else "the path is read from the program's own folder")
    return path


def library_file(origin: tuple[str, ...], span: Span) -> Path | Diagnostic:
    """`std.selection`: a file of an installed library."""
    name, *rest = origin
    package = libraries().get(name)
    if package is None:
        close = near(name, libraries())
        return problems.import_not_found(
            span, f"the library `{name}`", f"did you mean `{close}`?" if close else f"installed libraries: {', '.join(sorted(libraries()))}; a file is written in quotes"
        )
    folder = package_folder(package)
    if folder is None:
        return problems.import_not_found(span, f"the package `{package}` of the library `{name}`", "install it again")
    if not rest:
        return problems.import_not_found(span, f"a module in `{name}`", "modules: " + ", ".join(f"{name}.{p.stem}" for p in sorted(folder.glob("*.inf"))))
    path = folder.joinpath(*rest[:-1], rest[-1] + ".inf")
    if not path.is_file():
        known = [p.stem for p in folder.glob("**/*.inf")]
        close = near(rest[-1], known)
        return problems.import_not_found(
            span,
            f"the module `{'.'.join(origin)}`",
            f"did you mean `{name}.{close}`?" if close else f"modules of `{name}`: {', '.join(sorted(known))}",
        )
    return path


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
    return problems.import_not_found(span, f"the Python module `{'.'.join(origin)}`", "a file is written in quotes: `from \"checks.py\"`")
