"""A problem as data: what is wrong, where, and the way out. Layout is `report`'s work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ilang.base.span import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem.

    `code` is a stable, lower-case, hyphenated name for what is wrong (`unknown-name`);
    `message` one sentence; `span` the place (None where there is no text to point at);
    `label` a few words printed under the caret; `help` the way out; `notes` further facts.
    """

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    help: str = ""
    notes: tuple[str, ...] = ()
    severity: Severity = field(default="error")

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span else ""
        return f"{place}{self.severity}[{self.code}]: {self.message}"


class IlangError(Exception):
    """What ilang raises for any problem of its user's: one or more diagnostics.

    `exit_code` follows the command line's table: 1 a run failed, 2 a program or usage
    error, 3 a budget was spent, 130 interrupted.
    """

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic], exit_code: int = 2) -> None:
        self.diagnostics = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        self.exit_code = exit_code
        super().__init__("\n".join(f"{d} ({d.help})" if d.help else str(d) for d in self.diagnostics))
