"""Whether the model that a run was told to take is asked at all."""

from __future__ import annotations

from dataclasses import replace

from ilang.base.diagnostic import Diagnostic
from ilang.check.capable import Bound, shown_model, sites
from ilang.check.program import Program


def not_asked(program: Program, bound: Bound, entry: str | None) -> list[Diagnostic]:
    """A warning of a default that no stage asks, as each that may run names its model."""
    asked = {model for site in sites(program, bound, entry) for model in site.models}
    default = bound.default
    if default is None or not asked or any(replace(model, label=default.label) == default for model in asked):
        return []
    names = sorted({model.label or model.shown for model in asked})
    named = ", ".join(f"`{name}`" for name in names)
    return [
        Diagnostic(
            "model-not-asked",
            f"{shown_model(default)} is asked nothing here: what runs names its models ({named})",
            help=f"bind one of them: `--model {names[0]}=...`",
            severity="warning",
        )
    ]
