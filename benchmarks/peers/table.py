"""Figures as tables: the least of each over the repeats, a peer a line."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.peers.measuring import Figures, Killed

HEAD = "workload|ms|fault|peer|wall s|CPU s|start s|MB|calls|choices|429|lost|draws|right|runs".split("|")
KILL_HEAD = "workload|ms|peer|billed at the kill|of these unanswered|stored|billed anew|needed|lost".split("|")


def table(runs: Sequence[Figures]) -> str:
    """A Markdown table, and a line for each peer that failed."""
    groups: dict[tuple[str, float, str, str], list[Figures]] = {}
    for run in runs:
        groups.setdefault((run.workload, run.latency, run.fault, run.peer), []).append(run)
    lines = [_line(group) for group in groups.values()]
    failed = [f"{run.peer}, {run.workload}: {run.failed}" for run in runs if run.failed]
    return "\n".join([markdown(HEAD, lines), *failed])


def kill_table(kills: Sequence[Killed]) -> str:
    """A Markdown table."""
    lines = [
        [k.workload, f"{1000 * k.latency:g}", k.peer, k.billed, k.left, k.stored, k.anew, k.needed, k.lost]
        for k in kills
    ]
    return markdown(KILL_HEAD, lines)


def _line(group: Sequence[Figures]) -> list[object]:
    first = group[0]
    starts = [run.start for run in group if run.start is not None]
    return [
        first.workload,
        f"{1000 * first.latency:g}",
        first.fault,
        first.peer,
        f"{min(run.wall for run in group):.2f}",
        f"{min(run.cpu for run in group):.2f}",
        f"{min(starts):.2f}" if starts else "",
        f"{min(run.memory for run in group):.0f}",
        *(max(getattr(run, name) for run in group) for name in ("calls", "choices", "refused", "lost")),
        *(min(getattr(run, name) for run in group) for name in ("draws", "right")),
        len(group),
    ]


def markdown(head: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """Lines under their heads, in columns."""
    rows = [[str(cell) if cell is not None else "" for cell in line] for line in (head, *lines)]
    wide = [max(len(row[at]) for row in rows) for at in range(len(head))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)) + " |" for row in rows
    ]
    return "\n".join([written[0], "|" + "|".join("-" * (width + 2) for width in wide) + "|", *written[1:]])
