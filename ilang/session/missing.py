"""why_missing: what differs between draws that a run will ask for and those that the store has of the same prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ilang.draws.address import differing
from ilang.draws.draw import Ask
from ilang.estimate.shelf import Shelf


def why_missing(shelf: Shelf, missing: Sequence[tuple[Ask, str, int]]) -> list[tuple[str, int]]:
    """Reasons, each with how many draws it is of; those of most draws first.

    The nearest entry of the same prompt says it: the one from which the request differs in the fewest parts.
    """
    found: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    for ask, key, _ in missing:
        if key not in reasons:
            reasons[key] = reason(shelf, ask, key)
        found[reasons[key]] += 1
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def reason(shelf: Shelf, ask: Ask, key: str) -> str:
    """Why a draw of a request is not there, in words."""
    who = f"`{ask.prompt}` of {ask.model.label or ask.model.shown}"
    entries = shelf.entries(ask.prompt)
    if not entries:
        return f"{who}: the store has no draw of this prompt"
    parts = shelf.parts(ask, key)
    near = min((differing(entry.parts, parts) for entry in entries), key=len)
    if not near:
        return f"{who}: the store has draws of this request, but not so many"
    verb = "differs" if len(near) == 1 and near[0] != "settings" else "differ"  # which setting, its hash does not tell
    return f"{who}: {listed(near)} {verb} from what the store has of this prompt"


def listed(parts: Sequence[str]) -> str:
    """`the model and message 1`."""
    named = [part if part.startswith("message") else f"the {part}" for part in parts]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
