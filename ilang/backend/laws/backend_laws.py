"""All laws of a backend, in one class."""

from __future__ import annotations

from ilang.backend.laws.continuing import ContinuingLaws
from ilang.backend.laws.failing import FailingLaws
from ilang.backend.laws.providing import ProvidingLaws
from ilang.backend.laws.replying import ReplyingLaws
from ilang.backend.laws.seeding import SeedingLaws
from ilang.backend.laws.shaping import ShapingLaws
from ilang.backend.laws.telling import TellingLaws


class BackendLaws(ProvidingLaws, ReplyingLaws, SeedingLaws, ContinuingLaws, TellingLaws, ShapingLaws, FailingLaws):
    """What every backend must pass, ours or not. A backend's whole proof is a subclass of this:

        class TestSim(BackendLaws):
            provider = PROVIDER
            model = Model("sim", "small", (("accuracy", 0.1),))

    Laws are chosen by declared capability; the others are skipped, with the reason. `LawBook` lists the
    knobs: a prompt, tolerances, models that are broken or slow, secrets to plant.
    """
