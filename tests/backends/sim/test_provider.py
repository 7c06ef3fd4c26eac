"""What `sim` tells before it is opened, and what it refuses."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from dataclasses import fields, replace
from typing import Any

import pytest

from ilang.backend.protocol import BackendFault
from ilang_backends.sim.provider import PROVIDER
from ilang_backends.sim.settings import RANGES, SETTINGS, Nature
from tests.backends.sim.asking import SOLVE, ask, one, request, sim


def test_every_setting_is_part_of_a_nature() -> None:
    assert {f.name for f in fields(Nature)} == {"id", *SETTINGS}
    assert RANGES.keys() <= SETTINGS.keys()


def test_the_identity_is_what_the_model_says() -> None:
    same = PROVIDER.identity(sim())
    assert PROVIDER.identity(sim(steps=8)) == same, "a default written out"
    assert PROVIDER.identity(sim(latency=3)) == same, "how long it takes"
    assert PROVIDER.identity(sim(accuracy=1)) == PROVIDER.identity(sim(accuracy=1.0)) != same
    assert PROVIDER.identity(sim("large")) != same
    assert PROVIDER.identity(sim(temperature=0.3)) == same, "sampling settings stand in the request"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accuracy", 1.5),
        ("accuracy", "high"),
        ("accuracy", True),
        ("steps", 0),
        ("steps", 2.5),
        ("wrong", "stop"),
        ("spread", 0),
        ("fresh_noise", "yes"),
        ("latency", -1),
        ("mean_tokens", float("nan")),
    ],
)
def test_a_setting_out_of_range_is_a_fault(name: str, value: Any) -> None:
    with pytest.raises(BackendFault, match=name) as caught:
        asyncio.run(PROVIDER.open(sim(**{name: value})))
    assert caught.value.kind == "bad-request" and caught.value.help == SETTINGS[name].doc
    assert PROVIDER.identity(sim(**{name: value})), "telling is no opening"


def test_a_setting_at_a_call_overrides() -> None:
    asked = request(SOLVE.format("What is 2 + 2?"), n=10)
    weak, strong = sim(accuracy=0.0), sim(accuracy=1.0)
    overridden = replace(asked, extra=(("accuracy", 1.0), ("reasoning_effort", "high")))
    assert ask(weak, overridden) == ask(strong, asked) != ask(weak, asked)


def test_top_p_is_refused_where_it_would_do_something() -> None:
    assert one(sim(), request("What is 2 + 2?", top_p=1.0)).text
    with pytest.raises(BackendFault, match="top_p"):
        one(sim(), request("What is 2 + 2?", top_p=0.9))


def test_latency_is_waited_and_changes_nothing() -> None:
    asked = request(SOLVE.format("What is 2 + 2?"), n=2)
    start = time.perf_counter()
    slow = ask(sim(latency=0.05, token_seconds=0.0001), asked)
    assert time.perf_counter() - start >= 0.05
    assert slow == ask(sim(), asked)


def test_the_provider_loads_without_anything_heavy() -> None:
    code = (
        "import sys, ilang_backends.sim.provider as p; from ilang.base.value import Model; "
        "p.PROVIDER.capabilities(Model('sim', 'a')); p.PROVIDER.identity(Model('sim', 'a')); "
        "heavy = {'numpy', 'asyncio', 'statistics', 'random', 'fractions'} & sys.modules.keys(); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_draws_of_version_1() -> None:
    """Golden: who changes a text raises VERSION, which is part of the identity."""
    choice = one(sim(mean_tokens=0), request(SOLVE.format("What is 17 * 23 + 4?"), seed=7))
    assert choice.text == GOLDEN
    assert PROVIDER.identity(sim()) == GOLDEN_IDENTITY


GOLDEN = (
    "323 + 4 = 327\n\n327 + 20 = 349\n\n349 + 10 = 359\n\n359 - 7 = 352\n\n"
    "352 + 12 = 364\n\n364 + 13 = 377\n\n377 + 9 = 376\n\n376 + 11 = 387\n\nAnswer: 387"
)
GOLDEN_IDENTITY = "sim:a3dd546c7ac6"
