"""`share_of`: the share of one answer in a tally; 0 of one that nobody gave."""

from __future__ import annotations

from ilang.base.value import Tally
from ilang.stages.key import key
from ilang.stages.stage import Arguments, Stage, Steps


def apply(a: Arguments) -> Steps:
    votes: Tally = a["votes"]
    wanted = key(a["answer"])
    weight = sum(g.weight for g in votes.groups if key(g.value) == wanted)
    return weight / votes.total if votes.total else 0.0
    yield  # a stage is a generator, also where it needs nothing


STAGE = Stage("share_of", apply)
