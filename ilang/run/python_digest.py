"""source_digest(path): what the results of a file's functions depend on, as far as it can be told from the source.

That is the file itself, its packages, and the files of the user's that these import, however far: those that lie in
its folder, or in the package that it belongs to. What is installed beside it (other distributions, Python's own
library) is not read; neither is data that a function opens, nor a module whose name is worked out when it runs.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator
from pathlib import Path


def source_digest(path: str) -> str:
    """SHA-256, in hex, of the bytes of all these files, in the order of their places."""
    first = Path(path)
    top = package_top(first)
    roots = tuple(dict.fromkeys((first.parent, top.parent)))
    contents: dict[Path, bytes] = {}
    waiting = [first, *packages_of(first)]
    while waiting:
        one = waiting.pop()
        if one in contents:
            continue
        try:
            contents[one] = one.read_bytes()
        except OSError:
            continue
        waiting += _imported_by(one, contents[one], roots)
    digest = hashlib.sha256()
    for one in sorted(contents):
        name = one.relative_to(top.parent) if one.is_relative_to(top.parent) else one
        digest.update(hashlib.sha256(name.as_posix().encode("utf-8", "surrogateescape")).digest())
        digest.update(hashlib.sha256(contents[one]).digest())
    return digest.hexdigest()


def package_top(path: Path) -> Path:
    """The folder of the outermost package that a file belongs to; the file itself where it belongs to none."""
    inits = packages_of(path)
    return inits[-1].parent if inits else path


def packages_of(path: Path) -> list[Path]:
    """The `__init__.py` of each package that a file lies in, the innermost first."""
    found = []
    for folder in path.parents:
        if not (folder / "__init__.py").is_file():
            break
        found.append(folder / "__init__.py")
    return found


def _imported_by(path: Path, source: bytes, roots: tuple[Path, ...]) -> Iterator[Path]:
    """The files under these roots that a file's imports name."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # its import says so, in its own words
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                for alias in names:
                    yield from _files(alias.name.split("."), roots)
            case ast.ImportFrom(module, names, level):
                parts = module.split(".") if module else []
                level = level or 0
                bases = (path.parents[level - 1],) if 0 < level <= len(path.parents) else roots if not level else ()
                yield from _files(parts, bases)
                for alias in names:
                    yield from _files([*parts, alias.name], bases)


def _files(parts: list[str], roots: tuple[Path, ...]) -> Iterator[Path]:
    """`a.b` under a root: `a/__init__.py`, `a/b.py` or `a/b/__init__.py`, as far as they are there."""
    for root in roots:
        folder = root
        for part in parts:
            for file in (folder / f"{part}.py", folder / part / "__init__.py"):
                if file.is_file():
                    yield file
            folder = folder / part
