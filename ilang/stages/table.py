"""Finds a stage by name: one file each in `ilang/stages/`, imported when first used."""

from __future__ import annotations

import importlib
from functools import cache

from ilang.stages.stage import Stage


@cache
def stage(name: str) -> Stage:
    """The stage of that name."""
    found = importlib.import_module(f"ilang.stages.{name}").STAGE
    assert isinstance(found, Stage)
    return found
