"""Finds images and files in messages that are not the user's: no provider takes them there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ilang.base.diagnostic import Diagnostic
from ilang.base.type import FILE, IMAGE, Type
from ilang.check import problems
from ilang.check.program import MessagePart, Prompt


def misplaced_images(prompts: Mapping[str, Prompt], full: Callable[[Type], Type]) -> list[Diagnostic]:
    """The warnings of all prompts."""
    found = []
    for prompt in prompts.values():
        for part in prompt.parts:
            if not isinstance(part, MessagePart) or part.role == "user":
                continue
            for hole in part.parts:
                if not isinstance(hole, str) and full(hole.type) in (IMAGE, FILE):
                    found.append(problems.misplaced_image(hole.span, part.role, full(hole.type)))
    return found
