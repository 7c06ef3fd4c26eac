"""The workloads: what is asked of every peer, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks.peers.questions import gold, marked

Kind = Literal["vote", "best", "cascade"]


@dataclass(frozen=True, slots=True)
class Workload:
    """`rows` rows of `n` draws each, `distinct` different questions among them.

    `vote`: the answer of most. `best`: a judge rates each draw, the highest answers. `cascade`: the answer of most
    where `share` of the draws have it, else that of `strong_n` draws of the strong model. `warm`: the workload that
    has been run before it, on the same store.
    """

    name: str
    kind: Kind
    rows: int
    n: int
    why: str
    distinct: int | None = None
    share: float = 0.0
    strong_n: int = 0
    warm: str | None = None

    def question(self, row: int) -> str:
        """What this row asks."""
        return marked(self._number(row))

    def gold(self, row: int) -> int:
        """What answers it."""
        return gold(self._number(row))

    def _number(self, row: int) -> int:
        return row % (self.distinct or self.rows)


WORKLOADS: dict[str, Workload] = {
    one.name: one
    for one in (
        Workload("W1", "vote", 200, 16, "self-consistency, nothing stored"),
        Workload("W1L", "vote", 1000, 16, "W1 with five times the rows: what a client costs once it runs"),
        Workload("W2", "vote", 200, 16, "W1 again, all stored", warm="W1"),
        Workload("W3", "vote", 200, 32, "n raised from 16 to 32", warm="W1"),
        Workload("W4", "vote", 200, 16, "every question twice", distinct=100),
        Workload("W5", "best", 200, 8, "best of 8, a judge rates each"),
        Workload("W6", "cascade", 200, 4, "4 cheap draws, 4 strong ones where they disagree", share=0.75, strong_n=4),
        Workload("W7", "vote", 1, 256, "one row, many draws"),
    )
}
