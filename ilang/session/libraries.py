"""Which libraries of pipelines are installed, and what they offer. Reads files; imports and runs nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.check.locate import LIBRARIES, libraries, package_folder
from ilang.syntax.module import Module, PipelineDecl, PromptDecl
from ilang.syntax.parse import parse_all
from ilang.syntax.read import read_source
from ilang.syntax.unparse import heading


@dataclass(frozen=True, slots=True)
class Offered:
    """A declaration that others can use: what it is, its first line, its documentation."""

    kind: str
    name: str
    heading: str
    doc: str


@dataclass(frozen=True, slots=True)
class LibraryModule:
    """A file of a library, by the name behind the library's: `voting` of `std.voting`. `wrong`: it has errors."""

    name: str
    path: str
    doc: str
    offers: tuple[Offered, ...]
    wrong: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class InstalledLibrary:
    """A library: the name in `use`, the distribution that brought it and its version, its folder, its modules.

    `path` is None where its package is not there any more.
    """

    name: str
    distribution: str
    version: str
    path: str | None
    modules: tuple[LibraryModule, ...] = ()


def installed() -> list[InstalledLibrary]:
    """All libraries, by name."""
    from importlib.metadata import entry_points

    found = []
    for entry in sorted(entry_points(group=LIBRARIES), key=lambda e: e.name):
        folder = package_folder(entry.value)
        modules = tuple(_modules(folder)) if folder is not None else ()
        dist = entry.dist
        path = str(folder) if folder is not None else None
        found.append(
            InstalledLibrary(entry.name, dist.name if dist else "", dist.version if dist else "", path, modules)
        )
    return found


def _modules(folder: Path) -> Iterator[LibraryModule]:
    for path in sorted(folder.glob("**/*.inf")):
        yield module_of(str(path), ".".join(path.relative_to(folder).with_suffix("").parts))


def module_of(path: str, name: str) -> LibraryModule:
    """What a file offers. Raises IlangError where it cannot be read at all."""
    module, problems = parse_all(read_source(path))
    return LibraryModule(name, path, module.doc, tuple(offers(module)), problems)


def offers(module: Module) -> Iterator[Offered]:
    """The declarations of a file that others can use, in order."""
    for d in module.declarations:
        doc = getattr(d, "doc", None)
        if doc is None:
            continue  # a `use` or a `test`
        kind = "pipeline" if isinstance(d, PipelineDecl) else "prompt" if isinstance(d, PromptDecl) else "type"
        words = heading(d)
        yield Offered(words.split()[0] if kind == "type" else kind, d.name, words, doc)  # type: ignore[union-attr]


def named(what: str) -> list[LibraryModule]:
    """The modules that a name stands for: a file, `std`, or `std.voting`. Raises IlangError where there is none."""
    if what.endswith(".inf") or "/" in what:
        return [module_of(what, Path(what).stem)]
    library, _, rest = what.partition(".")
    package = libraries().get(library)
    folder = package_folder(package) if package is not None else None
    if folder is None:
        raise IlangError(_no_library(library))
    modules = [
        LibraryModule(f"{library}.{m.name}", m.path, m.doc, m.offers, m.wrong)
        for m in _modules(folder)
        if not rest or m.name == rest or m.name.startswith(rest + ".")
    ]
    if not modules:
        raise IlangError(_no_module(library, rest, [m.name for m in _modules(folder)]))
    return modules


def _no_library(name: str) -> Diagnostic:
    from ilang.check.near import near

    close = near(name, libraries())
    help_ = f"did you mean `{close}`?" if close else f"installed: {', '.join(sorted(libraries()))}; a file ends in .inf"
    return Diagnostic("library-not-found", f"no library `{name}` is installed", help=help_)


def _no_module(library: str, name: str, known: list[str]) -> Diagnostic:
    from ilang.check.near import near

    close = near(name, known)
    help_ = f"did you mean `{library}.{close}`?" if close else f"it has: {', '.join(known)}"
    return Diagnostic("module-not-found", f"the library `{library}` has no `{name}`", help=help_)
