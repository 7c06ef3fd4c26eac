"""why_paid: what differs from an earlier run of the same pipeline, where its draws could not be used again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from ilang.base.source import Source
from ilang.draws.address import differing
from ilang.session.runs import Run


def why_paid(prompts: Mapping[str, Mapping[str, Any]], sources: Mapping[str, str], earlier: Run) -> Iterator[str]:
    """A line for each prompt that was drawn anew though the earlier run drew it too.

    `prompts`: what is kept of each prompt of this run (`trace.py`); `sources`: the texts of the program's files.
    """
    known = earlier.about.get("prompts")
    if not isinstance(known, Mapping):
        return
    for name, now in prompts.items():
        then = known.get(name)
        if not now.get("new") or not isinstance(then, Mapping):
            continue
        parts = differing(tuple(then.get("parts", ())), tuple(now.get("parts", ())))
        if not parts or parts[0] in ("model", "seed"):
            continue  # another model was asked, or under another seed: whoever ran it knows
        n = now["new"]
        drawn = f"{n:,} new draw{'' if n == 1 else 's'}"
        line = first_line(name, sources, sources_of(earlier)) if parts[0].startswith("message") else None
        if line is not None:
            yield f"{drawn}: prompt `{name}` line {line} differs from run {earlier.name}"
        elif not parts[0].startswith("message"):  # else other questions were asked, which is no wonder
            verb = "differs" if len(parts) == 1 else "differ"
            yield f"{drawn}: of prompt `{name}` the {_listed(parts)} {verb} from run {earlier.name}"


def sources_of(run: Run) -> dict[str, str]:
    """The texts of a run's program, by name."""
    try:
        found = json.loads((run.folder / "sources.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def first_line(prompt: str, now: Mapping[str, str], then: Mapping[str, str]) -> int | None:
    """The first line (in the file as it is now) in which a prompt's declaration differs; None where none does."""
    mine, theirs = declaration(prompt, now), declaration(prompt, then)
    if mine is None or theirs is None:
        return None
    for at, (a, b) in enumerate(zip_longest(mine[1], theirs[1])):
        if a != b:
            return mine[0] + at
    return None


def declaration(prompt: str, sources: Mapping[str, str]) -> tuple[int, list[str]] | None:
    """Where a prompt is declared, as its first line's number and its lines. The first of that name counts."""
    from ilang.syntax.module import PromptDecl
    from ilang.syntax.parse import parse_all

    for name, text in sources.items():
        if prompt not in text:
            continue
        source = Source(name, text)
        for one in parse_all(source)[0].declarations:
            if isinstance(one, PromptDecl) and one.name == prompt:
                return source.line_column(one.span.start)[0], one.span.text().splitlines()
    return None


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
