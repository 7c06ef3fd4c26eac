"""What a program is worth: what it would have cost without the store. Computed from the draws by the program alone.

Output is counted for each draw; the prompt and a call once for each `max_n` equal requests of one
stage, once for each draw where the model has no `n`. An address counts once. Stages are taken in
program order, so the sum is the same however the program was scheduled.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from ilang.backend.capabilities import Capabilities
from ilang.draws.draw import Draw

Place = tuple[int, ...]
"""Where a stage stands in program order."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Calls, draws and tokens. `priced`: a draw of a model that may cost money is among them."""

    calls: int = 0
    draws: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    priced: bool = False

    def __add__(self, other: Worth) -> Worth:
        return Worth(
            self.calls + other.calls,
            self.draws + other.draws,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.priced or other.priced,
        )


@dataclass(slots=True)
class Spent:
    """The stages that sent requests, with what they drew."""

    stages: list[tuple[Place, list[tuple[Hashable, int, Draw, Capabilities]]]] = field(default_factory=list)

    def add(self, place: Place, drawn: list[tuple[Hashable, int, Draw, Capabilities]]) -> None:
        self.stages.append((place, drawn))

    def worth(self, seen: set[tuple[Hashable, int]] | None = None) -> Worth:
        """The sum over all stages, in program order."""
        seen = set() if seen is None else seen
        total = Worth()
        for _, drawn in sorted(self.stages, key=lambda s: s[0]):
            total += stage_worth(drawn, seen)
        return total


def stage_worth(drawn: Sequence[tuple[Hashable, int, Draw, Capabilities]], seen: set[tuple[Hashable, int]]) -> Worth:
    """One stage's worth; the addresses that it is the first to draw join `seen`."""
    groups: dict[Hashable, list[tuple[Draw, Capabilities]]] = {}
    for key, index, draw, able in drawn:
        if (key, index) not in seen:
            seen.add((key, index))
            groups.setdefault(key, []).append((draw, able))
    total = Worth()
    for group in groups.values():
        able = group[0][1]
        a_call = (able.max_n or len(group)) if able.n else 1
        calls = -(-len(group) // a_call)
        total += Worth(
            calls,
            len(group),
            calls * group[0][0].input_tokens,
            sum(d.output_tokens for d, _ in group),
            able.priced,
        )
    return total
