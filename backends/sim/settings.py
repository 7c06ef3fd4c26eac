"""What a `sim` model's declaration may say, and the nature that follows from it.

Knows no question and draws nothing. Cheap to import: capabilities are told from here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ilang.backend.protocol import BackendFault, SettingKind
from ilang.base.value import Model

VERSION = 1
"""Part of the identity: raise it whenever an equal request may get another text."""

SETTINGS: dict[str, SettingKind] = {
    "accuracy": SettingKind(
        "number",
        sent=True,
        doc="Mean over questions of the probability of a right answer, at any temperature up to 1. "
        "Left out: a step goes wrong with probability Beta(1.5, 5), which makes 0.307 in the mean over 8 steps.",
    ),
    "spread": SettingKind(
        "number",
        sent=True,
        doc="With `accuracy` a: a question's own accuracy is Beta(a s, (1 - a) s) with s = spread. "
        "Small: some questions are easy, some hopeless; large: all alike. "
        "Default 3.4, as wide as without `accuracy`.",
    ),
    "shared": SettingKind(
        "number",
        sent=True,
        doc="How much of a question's difficulty all models share, 0 to 1 (the correlation of its normal score). "
        "Default 0.5.",
    ),
    "steps": SettingKind("int", sent=True, doc="Steps of a solution, 1 to 40. Default 8."),
    "wrong": SettingKind(
        "text",
        sent=True,
        doc='"wander": a wrong solution is 1.6 times as long as a right one (the default); "skip": 1.6 times shorter.',
    ),
    "mean_tokens": SettingKind(
        "number",
        sent=True,
        doc="Mean output tokens of a right solution; the steps alone take 6 each, then 2. 0: nothing but the steps. "
        "Default 200.",
    ),
    "length_sigma": SettingKind("number", sent=True, doc="Standard deviation of a length's logarithm. Default 0.45."),
    "completeness": SettingKind("number", sent=True, doc="As a judge: P(pass | right). Default 0.95."),
    "soundness": SettingKind(
        "number",
        sent=True,
        doc="As a judge: P(fail | wrong), so 1 - soundness is the false-pass rate. Default 0.8.",
    ),
    "fresh_noise": SettingKind(
        "bool",
        sent=True,
        doc="As a judge: err anew in every draw. Default false: the same verdict on the same candidate, always.",
    ),
    "seed_offset": SettingKind("int", sent=True, doc="Another model of the same skill: its own luck everywhere."),
    "latency": SettingKind("number", doc="Seconds that a call waits before it answers. Default 0."),
    "token_seconds": SettingKind("number", doc="Further seconds for each token of the longest choice. Default 0."),
}


@dataclass(frozen=True, slots=True)
class Nature:
    """A `sim` model with all its settings. Equal natures give equal texts; two ids are two models."""

    id: str
    accuracy: float | None = None
    spread: float = 3.4
    shared: float = 0.5
    steps: int = 8
    wrong: str = "wander"
    mean_tokens: float = 200.0
    length_sigma: float = 0.45
    completeness: float = 0.95
    soundness: float = 0.8
    fresh_noise: bool = False
    seed_offset: int = 0
    latency: float = 0.0
    token_seconds: float = 0.0

    @property
    def who(self) -> tuple[str, int]:
        """What its luck is hashed from. Skill is left out, so a sweep over `accuracy` compares like with like."""
        return self.id, self.seed_offset


def nature(model: Model, extra: Mapping[str, Any] | None = None) -> Nature:
    """The model's nature; `extra` overrides its declaration. Raises BackendFault for a value out of range."""
    given = {**dict(model.settings), **(extra or {})}
    taken = {name: given[name] for name in SETTINGS if given.get(name) is not None}
    for field in fields(Nature):
        if field.name in taken:
            taken[field.name] = _checked(field.name, taken[field.name])
    return Nature(id=model.id, **taken)


def written_out(model: Model) -> dict[str, Any]:
    """All settings that change the output, as declared or by default, unchecked; 1 and 1.0 are the same."""
    told = {field.name: model.setting(field.name, field.default) for field in fields(Nature) if field.name != "id"}
    return {
        name: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in sorted(told.items())
        if SETTINGS[name].sent
    }


def _checked(name: str, value: Any) -> Any:
    kind = SETTINGS[name].type
    if kind == "text":
        return _one_of(name, value, ("wander", "skip"))
    if kind == "bool":
        return _one_of(name, value, (True, False))
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _fault(name, value, "a number")
    if kind == "int" and value != int(value):
        raise _fault(name, value, "a whole number")
    low, high = RANGES.get(name, (0.0, math.inf))
    if not low <= value <= high:
        raise _fault(name, value, f"at least {low:g}" if high == math.inf else f"between {low:g} and {high:g}")
    return int(value) if kind == "int" else float(value)


RANGES: dict[str, tuple[float, float]] = {
    "accuracy": (0.0, 1.0),
    "spread": (0.01, 1e6),
    "shared": (0.0, 1.0),
    "steps": (1, 40),
    "length_sigma": (0.01, 3.0),
    "completeness": (0.0, 1.0),
    "soundness": (0.0, 1.0),
    "seed_offset": (-(2**53), 2**53),
}
"""Both ends are allowed; what is not here is at least 0."""


def _one_of(name: str, value: Any, allowed: tuple[Any, ...]) -> Any:
    if not any(value is member or (isinstance(member, str) and value == member) for member in allowed):
        raise _fault(name, value, " or ".join(f'"{m}"' if isinstance(m, str) else str(m).lower() for m in allowed))
    return value


def _fault(name: str, value: Any, wanted: str) -> BackendFault:
    return BackendFault("bad-request", f"`{name}` of a sim model is {wanted}, not {value!r}", help=SETTINGS[name].doc)
