"""Results for a notebook, as HTML: nothing from outside, readable on light and on dark, every text escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ilang.report.count import counted, usd_text
from ilang.report.escape import visible
from ilang.report.votes import undrawn_text

if TYPE_CHECKING:
    from ilang.session.mapping import Answers
    from ilang.session.result import Cost, Result

SHOWN = 20
"""Votes, and rows, that are shown."""

LONG = 2000
"""Characters of a value that are shown."""


def result_html(result: Result) -> str:
    """One result: the value, the votes, what it cost, what there is to tell."""
    parts = [_status(result.status)]
    if result.status != "failed":
        parts.append(f'<pre style="white-space:pre-wrap;margin:.3em 0">{_value(result.value)}</pre>')
    if result.tally:
        parts.append(_votes(result.tally))
    if result.undrawn:
        parts.append(f"<div>{_text(undrawn_text(result.undrawn))}</div>")
    parts.append(_cost(result.paid, result.worth))
    parts += [f"<div>warning: {_text(said)}</div>" for said in result.warnings]
    if result.error is not None:
        parts.append(f"<div><b>{_text(result.error.code)}</b>: {_text(result.error.message)}</div>")
    return f"<div>{''.join(parts)}</div>"


def answers_html(answers: Answers) -> str:
    """Answers of rows, as a table."""
    counts = Counter(str(row["status"]) for row in answers.rows)
    head = f"{counted(len(answers.rows), 'row')}: " + ", ".join(f"{n:,} {name}" for name, n in counts.items())
    lines = [_row(("row", "input", "value", "status"), "th")]
    for row in answers.rows[:SHOWN]:
        why = row["error"]["message"] if row["error"] else row["status"]
        lines.append(_row((row["row"], row["input"], row["value"], why), "td"))
    more = f"<div>and {len(answers.rows) - SHOWN:,} more</div>" if len(answers.rows) > SHOWN else ""
    told = "".join(f"<div>warning: {_text(said)}</div>" for said in answers.warnings)
    stopped = f"<div>{_text(answers.stopped.message)}</div>" if answers.stopped is not None else ""
    table = f"<div>{_text(head)}</div><table>{''.join(lines)}</table>{more}"
    return f"<div>{table}{_cost(answers.paid)}{told}{stopped}</div>"


def _status(status: str) -> str:
    return f'<div style="opacity:.7">{_text(status)}</div>'


def _votes(tally: Sequence[tuple[Any, float]]) -> str:
    most = max((weight for _, weight in tally), default=0) or 1
    rows = "".join(
        f"<tr><td style='text-align:left'>{_value(value)}</td><td style='text-align:right'>{weight:g}</td>"
        f"<td style='text-align:left;width:12em'><div style='background:currentColor;opacity:.4;height:.8em;"
        f"width:{100 * weight / most:.1f}%'></div></td></tr>"
        for value, weight in tally[:SHOWN]
    )
    more = f"<div>and {len(tally) - SHOWN:,} more</div>" if len(tally) > SHOWN else ""
    return f"<table>{rows}</table>{more}"


def _cost(paid: Cost, worth: Cost | None = None) -> str:
    text = f"paid {usd_text(paid.usd)}, {counted(paid.draws, 'new draw')}, {counted(paid.calls, 'call')}"
    if worth is not None:
        text += f"; worth {usd_text(worth.usd)}, {counted(worth.draws, 'draw')}"
    return f'<div style="opacity:.7">{_text(text)}</div>'


def _row(cells: Iterable[Any], tag: str) -> str:
    return "<tr>" + "".join(f'<{tag} style="text-align:left">{_value(cell)}</{tag}>' for cell in cells) + "</tr>"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    import json

    return _text(json.dumps(value, ensure_ascii=False, default=str))


def _text(text: str) -> str:
    """A text that can do nothing: no tag, no control character, no direction of writing."""
    short = text if len(text) <= LONG else text[:LONG] + "..."
    return escape(visible(short), quote=True)
