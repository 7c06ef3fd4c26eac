"""What `it.field`, `votes.field` give."""

from __future__ import annotations

import math

from ilang.base.candidate import Candidate, Pool, View
from ilang.base.value import Message, RecordValue, Tally, Value, Verdict
from ilang.stages.stage import CannotGive, unread_of


def value_of(view: Value) -> Value:
    """A candidate's value. Raises CannotGive where its text gave none."""
    c = view.candidate if isinstance(view, View) else view
    why = unread_of(c)
    if why is not None:
        raise CannotGive(why)
    return c.reading


def candidate_field(view: Value, name: str) -> Value:
    """A field of a candidate; of a View its place in the pool is known too. Raises CannotGive where it has no value."""
    c: Candidate = view.candidate if isinstance(view, View) else view
    match name:
        case "value":
            return value_of(c)
        case "parsed":
            return c.parsed
        case "text" | "last" | "weight" | "finished" | "tokens" | "round" | "thinking" | "thinking_tokens":
            return getattr(c, name)
        case "verified":
            return c.verified is True
        case "feedback":
            return "\n".join(c.feedback)
        case "lines":
            return sum(1 for line in c.text.splitlines() if line.strip())
        case "model":
            return c.answered_by or c.model.id
        case "number":
            return view.place + 1 if isinstance(view, View) else 1
        case "others":
            if not isinstance(view, View):
                return Pool()
            cs = view.pool.candidates
            return Pool(cs[: view.place] + cs[view.place + 1 :])
        case "parent":
            return c.parent if c.parent is not None else c
        case "root":
            return c.root if c.root is not None else c
        case "path":
            return Pool(path(c))
        case "score" | "logprob" | "entropy" | "cluster":
            found = getattr(c, name)
        case _:
            found = c.mark(name)
            if found is None and not any(key == name for key, _ in c.marks):
                raise CannotGive(f"the candidate has no mark `{name}` yet")
            return found
    if found is None:
        raise CannotGive(
            f"the candidate has no {name} yet" if name in ("score", "cluster") else f"the model does not tell {name}"
        )
    return found


def path(c: Candidate) -> tuple[Candidate, ...]:
    """From the root to here."""
    found = [c]
    while found[-1].parent is not None:
        found.append(found[-1].parent)
    return tuple(reversed(found))


def tally_field(tally: Tally, name: str) -> Value:
    """A field of a tally."""
    ranked = tally.ranked()
    total = tally.total
    match name:
        case "winner":
            return ranked[0].value
        case "share":
            return ranked[0].weight / total
        case "margin":
            second = ranked[1].weight if len(ranked) > 1 else 0.0
            return (ranked[0].weight - second) / total
        case "entropy":
            shares = [g.weight / total for g in tally.groups if g.weight > 0]
            return max(0.0, -math.fsum(p * math.log(p) for p in shares))
        case "size":
            return tally.size
        case "mean":
            if tally.moment is None:
                raise CannotGive("the answers are not numbers, or too large")
            return tally.moment / total
        case "answers":
            return tuple(g.value for g in ranked)
    raise AssertionError(name)


def record_field(value: Value, name: str) -> Value:
    """A field of a record, a shape, a Verdict or a mapping."""
    match value:
        case RecordValue():
            return value.get(name)
        case Verdict() | Message():
            return getattr(value, name)
    raise AssertionError(value)
