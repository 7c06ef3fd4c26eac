"""What a run gives to whoever asked: the value, what it cost, and what there is to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ilang.base.candidate import Candidate, Pool, View
from ilang.base.diagnostic import Diagnostic
from ilang.base.value import EnumValue, Message, RecordValue, Tally, Value, Verdict, whole


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls, draws, tokens, dollars (None: not known) and seconds (None: not measured)."""

    calls: int = 0
    draws: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """One draw of a run: of which prompt and model asked, at which index, whether it was in the store, what it took.

    `answered`: the model that answered, by its own name, where it told one. Input tokens include the cached ones,
    output tokens those of the thinking.
    """

    prompt: str
    model: str
    index: int
    stored: bool
    input_tokens: int
    output_tokens: int
    text: str
    answered: str = ""
    cached_tokens: int = 0
    thinking_tokens: int = 0
    thinking: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of `program.run(...)`.

    `status` is answered, abstained (none), budget or failed; `paid` is what this run cost, `worth`
    what it would have cost without the store; `tally` the votes that fed the value: (answer, weight),
    heaviest first, or None.
    """

    value: Any
    status: Literal["answered", "abstained", "budget", "failed"]
    pipeline: str
    seed: int
    paid: Cost
    worth: Cost
    tally: tuple[tuple[Any, float], ...] | None = None
    warnings: tuple[str, ...] = ()
    error: Diagnostic | None = None
    trace: tuple[TraceEvent, ...] = field(default=(), repr=False)
    why: str = field(default="", repr=False)
    """Of one that abstained: what had nothing to give, where that is known."""
    undrawn: int = 0
    """Draws that were not made, for they could not have changed the value (the pass `demand`)."""

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        from ilang.session.display import as_html

        return as_html("result_html", self)


def to_data(value: Value) -> Any:
    """A value as JSON and Python have it: a record as a dict, an enum by its member's name, a list as a list."""
    match value:
        case float():
            return whole(value)
        case EnumValue():
            return value.member
        case tuple():
            return [to_data(v) for v in value]
        case RecordValue():
            return {n: to_data(v) for n, v in value.fields}
        case Verdict():
            return {"ok": value.ok, "score": value.score, "feedback": value.feedback}
        case Tally():
            return {
                "winner": to_data(value.ranked()[0].value),
                "size": value.size,
                "votes": [list(pair) for pair in votes(value)],
            }
        case View():
            return to_data(value.candidate)
        case Candidate():
            return to_data(value.reading) if value.parsed else None
        case Pool():
            return [to_data(c.reading) for c in value.candidates if c.parsed]
        case Message():
            return {"role": value.role, "content": value.shown}
        case None | bool() | int() | str():
            return value
    return str(value)


def votes(tally: Tally) -> tuple[tuple[Any, float], ...]:
    """(answer, weight), heaviest first."""
    return tuple((to_data(g.value), whole(g.weight)) for g in tally.ranked())
