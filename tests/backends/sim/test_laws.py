"""`sim` keeps every law of a backend."""

from ilang.base.value import Model
from ilang.testing import BackendLaws
from ilang_backends.sim.provider import PROVIDER


class TestSim(BackendLaws):
    provider = PROVIDER
    model = Model("sim", "small", (("accuracy", 0.1),))
    score_tolerance = 1e-9
    slow_model = Model("sim", "small", (("latency", 60.0),))
    broken_models = (Model("sim", "small", (("accuracy", 1.6),)), Model("sim", "small", (("wrong", "sk-secret"),)))
