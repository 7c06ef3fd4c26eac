"""Files, libraries and Python that a program imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.check.near import near
from ilang.check.problems.words import listed, meant, one_line


def file_not_found(span: Span, origin: str, near_file: str | None) -> Diagnostic:
    """`use x from "nowhere.inf"`."""
    help_ = (
        f"did you mean `{near_file}`?"
        if near_file
        else "a file is looked for in the folder of the program that names it"
    )
    return Diagnostic("import-not-found", f"there is no file `{one_line(origin)}`", span, "not found", help_)


def library_not_found(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`use vote from sdt.voting`."""
    help_ = meant(name, known, f'installed: {listed(known)}; a file is written in quotes: `from "{name}.inf"`')
    return Diagnostic("import-not-found", f"no library is called `{name}`", span, "not installed", help_)


def library_broken(span: Span, name: str, package: str) -> Diagnostic:
    """`use x from mylib.voting`, where what the library installed is gone."""
    return Diagnostic(
        "import-not-found",
        f"the library `{name}` is registered, but its package `{package}` is not there",
        span,
        "not found",
        "install it again",
    )


def library_without_module(span: Span, name: str, modules: Iterable[str]) -> Diagnostic:
    """`use best_of from std`."""
    return Diagnostic(
        "import-not-found",
        f"`{name}` is a library of several modules",
        span,
        "which module?",
        f"name one of them: {listed(f'{name}.{m}' for m in modules)}",
    )


def module_not_found(span: Span, name: str, module: str, modules: Sequence[str]) -> Diagnostic:
    """`use best_of from std.selecting`."""
    close = near(module, modules)
    help_ = f"did you mean `{name}.{close}`?" if close else f"it has: {listed(f'{name}.{m}' for m in modules)}"
    return Diagnostic("import-not-found", f"the library `{name}` has no module `{module}`", span, "not found", help_)


def import_missing_name(span: Span, name: str, where: str, known: Iterable[str]) -> Diagnostic:
    """`use best_off from std.selection`."""
    known = tuple(known)
    return Diagnostic(
        "import-missing-name",
        f"{where} has no `{name}`",
        span,
        "not there",
        meant(name, known, f"it has: {listed(known)}" if known else "it declares nothing"),
    )


def import_cycle(span: Span, chain: Sequence[str]) -> Diagnostic:
    """a.inf uses b.inf, which uses a.inf."""
    return Diagnostic(
        "import-cycle",
        "these files use each other in a circle",
        span,
        "closes the circle",
        "move what both need into a third file",
        (" -> ".join(chain),),
    )


def imports_too_deep(span: Span, most: int) -> Diagnostic:
    """a.inf uses b.inf, which uses c.inf, and so on."""
    return Diagnostic(
        "imports-too-deep",
        f"more than {most} files use each other in a row",
        span,
        "the limit is passed here",
        "put some of them together",
    )


def import_broken(span: Span, where: str, first: Diagnostic, more: int) -> Diagnostic:
    """A used file that has errors of its own."""
    extra = f" (and {more} more)" if more else ""
    return Diagnostic(
        "import-broken",
        f"{where} has errors of its own",
        span,
        "used here",
        f"mend it first: `ilang check` of {where} shows them",
        (f"{first}{extra}",),
    )


def import_outside(span: Span, where: str) -> Diagnostic:
    """`use x from "../../etc.inf"`."""
    return Diagnostic(
        "import-outside",
        f"{where} lies outside the program's folder",
        span,
        "leaves the folder",
        "a file is used from the program's own folder or below; what several programs share is a library",
    )


def python_missing_name(span: Span, name: str, where: str, known: Iterable[str]) -> Diagnostic:
    """`use python chek from "checks.py"`."""
    known = tuple(known)
    help_ = meant(
        name,
        known,
        f"define it with `def {name}(...)` at the top level of the file"
        + (f"; it has: {listed(known)}" if known else ""),
    )
    return Diagnostic("import-missing-name", f"{where} defines no function `{name}`", span, "not there", help_)


def python_star(span: Span, name: str, where: str, star: str) -> Diagnostic:
    """`use python f from "checks.py"`, where it is `def f(*codes)`."""
    return Diagnostic(
        "python-signature",
        f"`{name}` in {where} has `{star}` among its parameters, and is called by their names",
        span,
        "cannot be called",
        "take the `/` out" if star == "/" else "give each parameter a name of its own; several values are one `list`",
    )


def python_syntax(span: Span, where: str, line: int | None, why: str) -> Diagnostic:
    """A Python file that does not parse."""
    place = f", line {line}" if line else ""
    return Diagnostic(
        "python-syntax",
        f"{where} is not valid Python: {why}{place}",
        span,
        "used here",
        "mend it first; `python -m py_compile` shows the place",
    )


def python_unreadable(span: Span, where: str, why: Exception) -> Diagnostic:
    """A Python file that cannot be read."""
    reason = why.strerror if isinstance(why, OSError) and why.strerror else str(why) or type(why).__name__
    return Diagnostic(
        "python-syntax", f"{where} cannot be read: {reason}", span, "used here", "check the file and its permissions"
    )


def python_module_not_found(span: Span, name: str) -> Diagnostic:
    """`use python f from cheks`."""
    return Diagnostic(
        "import-not-found",
        f"there is no Python module `{name}`",
        span,
        "not found",
        f'a file is written in quotes: `from "{name.replace(".", "/")}.py"`',
    )


def python_without_origin(span: Span, names: str) -> Diagnostic:
    """`use python f`."""
    return Diagnostic(
        "import-not-found",
        "`use python` needs to know from where",
        span,
        "no file given",
        f'write `use python {names} from "checks.py"`',
    )
