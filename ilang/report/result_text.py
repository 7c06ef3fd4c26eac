"""Shows a result to people: the answer for a terminal or a pipe, and what it cost."""

from __future__ import annotations

from typing import Any

from ilang.report.count import counted, seconds_text, usd_text
from ilang.report.escape import visible
from ilang.report.json_text import laid_out, value_text
from ilang.session.result import Cost, Result


def piped(value: Any) -> str:
    """A value for a pipe: a text as it is, anything else as JSON on one line, none as `none`.

    `none` is also how an argument is said to be none, so that one run can be piped into the next;
    whoever must tell it from the text takes `--json`. A line break is added where the text does not
    end in one.
    """
    text = value if isinstance(value, str) else "none" if value is None else value_text(value)
    return text if text.endswith("\n") else text + "\n"


def on_terminal(value: Any) -> str:
    """A value for a terminal: control characters written out, records and lists laid out."""
    text = laid_out(value) if _is_nested(value) else visible(piped(value))
    return text if text.endswith("\n") else text + "\n"


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict | list) for v in value))


def cost_text(result: Result) -> str:
    """Three lines: the draws, what was paid, what it is worth without the store."""
    paid, worth = result.paid, result.worth
    took = f", {seconds_text(paid.seconds)}" if paid.seconds is not None else ""
    kept = f", {counted(worth.calls, 'call')}" if paid.calls != worth.calls else ""
    return f"{draws_line(result)}\npaid   {cost_line(paid)}{took}\nworth  {cost_line(worth)}{kept}"


def draws_line(result: Result) -> str:
    """`8 of 8 draws from the store, 0 calls`; `16 draws: 8 new, 8 kept; 1 call`."""
    kept = sum(event.stored for event in result.trace)
    new = len(result.trace) - kept
    calls = counted(result.paid.calls, "call")
    if kept and not new:
        return f"{kept:,} of {counted(kept, 'draw')} from the store, {calls}"
    if kept:
        return f"{counted(kept + new, 'draw')}: {new:,} new, {kept:,} kept; {calls}"
    return f"{counted(new, 'new draw')}, {calls}"


def cost_line(cost: Cost) -> str:
    """`0 USD, 2,104 tokens (1,784 in, 320 out)`."""
    cached = f", {cost.cached_tokens:,} of them cached" if cost.cached_tokens else ""
    tokens = cost.input_tokens + cost.output_tokens
    parts = f" ({cost.input_tokens:,} in{cached}, {cost.output_tokens:,} out)" if tokens else ""
    return f"{usd_text(cost.usd)}, {counted(tokens, 'token')}{parts}"
