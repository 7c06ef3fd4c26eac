"""Whether the Python of somebody else's library may run. It is asked once, and again when the library has changed.

A library of pipelines is data until a pipeline of it that calls Python is run. Then the user is asked; the answer is
kept by a hash of all that the answer was about (`digest_of`), so that a changed library is a new question.
The user's own Python is not asked about: what lies in the project of the program that runs, and is not installed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, entry_points
from pathlib import Path

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.check.locate import LIBRARIES, library_of, package_folder
from ilang.check.program import Program, PythonFunction
from ilang.run.python_digest import package_top
from ilang.session.trust_file import trust_file

OURS = "ilang_stdlib"
"""The import package of the standard library, which is part of ilang."""

_CODE = (".py", ".so", ".pyd", ".inf")
"""Files that can run as a part of a library, and those that say what is run."""

_PROJECT = ("pyproject.toml", ".git")
"""What marks the folder of a project."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """The Python of a library of somebody else's that a run would import.

    `functions` are those that it would call, `checks.py:passes`; `files` how many files `digest` covers.
    """

    library: str
    distribution: str
    version: str
    folder: str
    functions: tuple[str, ...]
    files: int
    digest: str


Ask = Callable[[Foreign], bool]
"""Asks whether a library's Python is trusted."""


def nobody(foreign: Foreign) -> bool:
    """Asks nobody, so that what is not trusted already does not run."""
    del foreign
    return False


def require(program: Program, functions: Mapping[str, PythonFunction], ask: Ask = nobody) -> None:
    """Sees that all these functions may run, asking where it is not known. Raises IlangError where one may not."""
    found = list(foreign(program, functions))
    if not found:
        return
    file = trust_file()
    known = file.digests()
    for one in found:
        if one.digest not in known:
            if not ask(one):
                raise IlangError(untrusted(one))
            file.add(one.digest, one.library, one.distribution, one.version, one.folder)


def foreign(program: Program, functions: Mapping[str, PythonFunction]) -> Iterator[Foreign]:
    """The libraries of somebody else's whose files name one of these functions, by name."""
    mine = project_of(program.path)
    by_library: dict[str, tuple[str, Path, list[PythonFunction]]] = {}
    for function in functions.values():
        for file in filter(None, function.used_in):
            library = library_of(file)
            if library is None or library[1] == OURS:
                continue
            name, package, folder = library
            if not _is_own(Path(file).resolve(), mine, name):
                by_library.setdefault(name, (package, folder, []))[2].append(function)
    for name, (package, folder, used) in sorted(by_library.items()):
        covered = sorted(covered_files(package, folder, used))
        distribution = next(iter(_distributions(name)), None)
        yield Foreign(
            name,
            distribution.name if distribution else "",
            distribution.version if distribution else "",
            str(folder),
            tuple(sorted({f"{Path(f.path).name}:{f.function}" for f in used})),
            len(covered),
            digest_of(covered),
        )


def project_of(path: str | None) -> Path:
    """The folder of the project that a program belongs to: the nearest one marked as such, else its own."""
    folder = Path(path).resolve().parent if path else Path.cwd()
    for one in (folder, *folder.parents):
        if any((one / mark).exists() for mark in _PROJECT):
            return one
    return folder


def _is_own(file: Path, project: Path, library: str) -> bool:
    """Whether a file is the user's: it lies in the project, and nobody installed it there."""
    if not file.is_relative_to(project) or {"site-packages", "dist-packages"} & set(file.parts):
        return False
    return not any(
        Path(str(one.locate_file(f))).resolve() == file
        for one in _distributions(library)
        if one.read_text("RECORD") is not None
        for f in one.files or ()
    )


def _distributions(library: str) -> list[Distribution]:
    return [e.dist for e in entry_points(group=LIBRARIES) if e.name == library and e.dist is not None]


# ---- what the answer is about ----------------------------------------------------


def covered_files(package: str, folder: Path, functions: Iterable[PythonFunction]) -> set[tuple[str, str]]:
    """(name in the hash, path) of the files that a run of these functions may import of the library: all those of
    the outermost package that the library lies in, and of those that its functions lie in.

    Other distributions that they import, Python's own library and compiled files in `__pycache__` are not among them.
    """
    outer = package_folder(package.partition(".")[0])
    found = set(_files_under(outer if outer is not None else folder))
    for function in functions:
        path = Path(function.path).resolve()
        top = package_top(path)
        if top.is_dir():
            found |= set(_files_under(top))
        else:
            found.add((path.name, str(path)))
    return found


def _files_under(folder: Path) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for at, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(at)
        if real in seen:  # a link to a folder above it
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [one for one in folders if one != "__pycache__"]
        for name in names:
            if name.endswith(_CODE):
                path = os.path.join(at, name)
                yield f"{folder.name}/{Path(path).relative_to(folder).as_posix()}", os.path.realpath(path)


def digest_of(files: Iterable[tuple[str, str]]) -> str:
    """SHA-256, in hex, of these files' names and bytes. Raises IlangError where one cannot be read."""
    digest = hashlib.sha256(b"ilang trust 1\n")
    for name, path in files:
        try:
            content = Path(path).read_bytes()
        except OSError as problem:
            raise IlangError(
                Diagnostic(
                    "unreadable-file",
                    f"`{path}` of a library cannot be read: {problem.strerror}",
                    help="its Python runs only where all of it can be read; install the library again",
                )
            ) from None
        digest.update(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest())
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


# ---- words -----------------------------------------------------------------------


def untrusted(one: Foreign) -> Diagnostic:
    """A library's Python was to run, and nobody has said that it may."""
    return Diagnostic(
        "python-untrusted",
        f"the library `{one.library}`{of_distribution(one)} wants to run Python that you have not trusted: "
        + ", ".join(one.functions),
        help="look at the files, then give `--trust` once; it is asked again only when they change",
        notes=(f"its files: {one.folder}",),
    )


def of_distribution(one: Foreign) -> str:
    """` (mylib 1.0)`."""
    return f" ({one.distribution} {one.version})" if one.distribution else ""
