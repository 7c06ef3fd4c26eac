"""Shows a tally as a small table with bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ilang.report.count import counted, weight_text
from ilang.report.escape import visible_line
from ilang.report.json_text import value_text
from ilang.report.style import PLAIN, Style
from ilang.report.width import clip, columns, pad, pad_left

ROWS = 8
"""Answers that are shown; the lightest of more are counted together."""

BAR = 24
"""Columns of the heaviest answer's bar."""


def votes_text(tally: Sequence[tuple[Any, float]], style: Style = PLAIN, room: int = 80, *, blocks: bool = True) -> str:
    """A line for each answer, heaviest first: the answer, a bar, its weight."""
    shown = [(answer_line(answer), weight) for answer, weight in tally[:ROWS]]
    heaviest = max((weight for _, weight in shown), default=0)
    weights = [weight_text(weight) for _, weight in shown]
    most = max(8, room - BAR - max(map(len, weights), default=0) - 6)
    answers = [clip(answer, min(40, most)) for answer, _ in shown]
    wide = max(map(columns, answers), default=0)
    lines = []
    for answer, (_, weight), words in zip(answers, shown, weights, strict=True):
        bar = bar_text(weight / heaviest if heaviest > 0 else 0, BAR, blocks=blocks)
        number = pad_left(words, max(map(len, weights)))
        lines.append(f"  {pad(answer, wide)}  {style.paint(pad(bar, BAR), 'cyan')}  {number}")
    left = tally[ROWS:]
    if left:
        rest = weight_text(sum(weight for _, weight in left))
        lines.append(f"  and {counted(len(left), 'more answer')} with {rest} together")
    return "\n".join(lines)


def undrawn_text(count: int) -> str:
    """`5 draws not made: they could not have changed the answer`."""
    one = count == 1
    return f"{counted(count, 'draw')} not made: {'it' if one else 'they'} could not have changed the answer"


def bar_text(part: float, wide: int, *, blocks: bool) -> str:
    """A bar of `part` (0 to 1) of so many columns; what is more than nothing is seen."""
    eighths = max(round(part * wide * 8), 1) if part > 0 else 0
    if not blocks:
        return "#" * max(eighths // 8, 1 if eighths else 0)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def answer_line(answer: Any) -> str:
    """An answer on one line: a text as it is, anything else as JSON."""
    return visible_line(" ".join(answer.split()) if isinstance(answer, str) else value_text(answer))
