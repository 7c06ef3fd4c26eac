"""reuse: how often the runs that are kept found a draw in the store, and what that saved, program by program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ilang.session.runs import all_runs


@dataclass(slots=True)
class Reuse:
    """Of a program: its runs, the draws that were `new` and those that the store had, and the USD that these would
    have cost (None: a price is not known)."""

    program: str
    runs: int = 0
    new: int = 0
    stored: int = 0
    saved: float | None = 0.0

    @property
    def rate(self) -> float:
        """The share of draws that the store had."""
        return self.stored / (self.new + self.stored) if self.new + self.stored else 0.0


def reuse() -> list[Reuse]:
    """Each program that was run, the one with the most draws first."""
    found: dict[str, Reuse] = {}
    for run in all_runs():
        prompts, paid, worth = (run.about.get(name) for name in ("prompts", "paid", "worth"))
        if not isinstance(prompts, Mapping) or not isinstance(paid, Mapping) or not isinstance(worth, Mapping):
            continue  # it was cut short
        one = found.setdefault(str(run.about.get("program")), Reuse(str(run.about.get("program"))))
        one.runs += 1
        one.new += sum(int(p.get("new", 0)) for p in prompts.values())
        one.stored += sum(int(p.get("hits", 0)) for p in prompts.values())
        if one.saved is not None:
            known = paid.get("usd") is not None and worth.get("usd") is not None
            one.saved = one.saved + max(0.0, worth["usd"] - paid["usd"]) if known else None
    return sorted(found.values(), key=lambda one: -(one.new + one.stored))
