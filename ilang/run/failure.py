"""How a run fails: with one diagnostic, and the exit code that goes with it."""

from __future__ import annotations

from dataclasses import replace

from ilang.backend.protocol import BackendFault, FaultKind
from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span

FATAL: frozenset[FaultKind] = frozenset(
    {
        "unset-key",
        "unauthorized",
        "missing-extra",
        "missing-weights",
        "no-such-model",
        "quota-spent",
        "unsupported",
        "exhausted",
        "not-stored",
    }
)
"""Faults that no later call of the same run would get past."""


class RunFailed(Exception):
    """Ends a run; nothing that was paid for is lost by it."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic

    def place(self, span: Span | None) -> None:
        """Says where in the program it happened, unless that is known."""
        if self.diagnostic.span is None and span is not None:
            self.diagnostic = replace(self.diagnostic, span=span)


def fault_diagnostic(fault: BackendFault, model: str) -> Diagnostic:
    """A backend's fault as a diagnostic."""
    return Diagnostic(f"backend-{fault.kind}", f"{model}: {fault.message}", None, "", fault.help)
