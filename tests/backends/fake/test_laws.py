"""`fake` keeps every law of a backend that its script does not decide."""

import json

from ilang.base.value import Model
from ilang.testing import BackendLaws
from ilang_backends.fake.provider import PROVIDER

REPLIES = ["one two three four five", "one two three, four and five", *["six seven eight nine ten"] * 6]


class TestFake(BackendLaws):
    provider = PROVIDER
    model = Model("fake", "writer", (("replies", json.dumps(REPLIES)),))
    slow_model = Model("fake", "writer", (("delay", 60.0), ("replies", json.dumps(REPLIES))))
    broken_models = (Model("fake", "mute"), Model("fake", "lost", (("script", "no/such/file.json"),)))
    exact_continuation = False  # each request begins at the first reply
