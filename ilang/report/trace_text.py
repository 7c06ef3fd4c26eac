"""What happened in a run, for people: what each stage cost, and one row stage by stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ilang.report.count import counted, seconds_text, usd_text
from ilang.report.escape import visible_line
from ilang.report.runs_text import run_data
from ilang.report.table import table_text
from ilang.session.runs import Run

SHOWN = 12
"""Candidates of a stage that are shown."""


def trace_text(run: Run, row: int | None) -> str:
    """All of it. `row`: of a run over rows, the one that is shown stage by stage."""
    parts = ["\n".join(head(run))]
    stages, draws = costs(run)
    if draws:
        parts.append(table_text(draws, right={2, 3, 4}))
    if stages:
        parts.append(table_text(stages, right={2, 3, 4, 5, 6}))
    rows = run.about.get("rows")
    alone = "data" not in run.about
    if alone or row is not None:
        shown = (line for line in run.lines() if alone or line.get("row") == row)
        parts.append("\n".join(text for line in shown for text in told(line)) or f"there is no row {row}")
    elif rows:
        parts.append(f"`ilang trace {run.name} --row 0` shows a row stage by stage")
    return "\n\n".join(parts)


def head(run: Run) -> Iterator[str]:
    """Which run it was, and what it came to."""
    about = run_data(run)
    began = str(about.get("began", "")).replace("T", " ")[:19]
    program = f"{about.get('program', '')}:{about.get('pipeline', '')}"
    yield visible_line(f"{run.name}  {program}  {began}  seed {about.get('seed')}")
    status = about.get("statuses") or about.get("status", "cut short")
    if isinstance(status, Mapping):
        status = f"{about.get('rows', 0):,} rows: " + ", ".join(f"{n:,} {name}" for name, n in status.items())
    yield visible_line(str(status) + (f" ({about['error']})" if about.get("error") else ""))
    paid = about.get("paid")
    if isinstance(paid, Mapping):
        new = f"{counted(paid['draws'], 'new draw')}, {counted(paid['calls'], 'call')}"
        yield f"paid {usd_text(paid['usd'])}, {new}, {seconds_text(paid['seconds'] or 0)}"
    for name, found in (about.get("revisions") or {}).items():
        yield visible_line(f"{name} answered as {', '.join(found)}")


def costs(run: Run) -> tuple[list[list[str]], list[list[str]]]:
    """Tables of what each stage did, and of the draws of each prompt, all rows together."""
    by_stage: dict[tuple[str, str], Counter[str]] = {}
    by_prompt: dict[tuple[str, str], Counter[str]] = {}
    for line in run.lines():
        if line.get("t") == "stage":
            done = by_stage.setdefault((str(line.get("at")), str(line.get("stage"))), Counter())
            done["times"] += 1
            done["in"] += line.get("in", 0)
            done["out"] += line.get("out", 0)
            done["draws"] += line.get("draws", 0)
            done["tokens"] += sum(line.get("tokens", ()))
        elif line.get("t") == "draws":
            of = by_prompt.setdefault((str(line.get("prompt")), str(line.get("model"))), Counter())
            of["new" if line.get("new") else "stored"] += len(line.get("index", ()))
            of["tokens"] += sum(line.get("out", ()))
    stages = [
        [at, name, *(f"{n[what]:,}" if n[what] else "" for what in ("times", "in", "out", "draws", "tokens"))]
        for (at, name), n in sorted(by_stage.items(), key=lambda one: _place(one[0][0]))
    ]
    prompts = [
        [visible_line(prompt), visible_line(model), f"{n['new']:,}", f"{n['stored']:,}", f"{n['tokens']:,}"]
        for (prompt, model), n in by_prompt.items()
    ]
    return (
        [["at", "stage", "times", "in", "out", "draws", "tokens"], *stages] if stages else [],
        [["prompt", "model", "new", "stored", "output tokens"], *prompts] if prompts else [],
    )


def told(line: Mapping[str, Any]) -> Iterator[str]:
    """A line of a trace in words."""
    if line.get("t") == "row":
        value = "" if line.get("value") is None else f": {line['value']}"
        yield visible_line(f"{line.get('status')}{value}")
    if line.get("t") != "stage":
        return
    sizes = " -> ".join(str(line[name]) for name in ("in", "out") if name in line)
    drawn = f"  {line['draws']} drawn, {sum(line.get('tokens', ()))} tokens" if line.get("draws") else ""
    yield visible_line(f"{line.get('at')}  {line.get('stage')}  {sizes}{drawn}".rstrip())
    for judgements in line.get("judged", ()):
        said = ", ".join(f"{who} {_verdict(what)}" for who, what in judgements[:SHOWN])
        yield visible_line(f"    judged {said}{_more(judgements)}")
    dropped = line.get("dropped", ())
    for who, what in dropped[:SHOWN]:
        yield visible_line(f"    dropped {who} {what}")
    if len(dropped) > SHOWN:
        yield f"    and {len(dropped) - SHOWN} more"
    gave = line.get("gave")
    if isinstance(gave, list):
        votes = ", ".join(f"{value} ({weight:g})" for value, weight in gave[:SHOWN])
        yield visible_line(f"    gave {votes}{_more(gave)}")
    elif gave is not None:
        yield visible_line(f"    gave {gave}")
    if line.get("why"):
        yield visible_line(f"    {line['why']}")
    if line.get("failed"):
        yield visible_line(f"    failed: {line['failed']}")


def _verdict(what: Any) -> str:
    if isinstance(what, Mapping):
        return f"not given ({what.get('not given', '')})"
    if isinstance(what, list):
        return " ".join(_verdict(one) for one in what)
    return str(what).lower() if isinstance(what, bool) else str(what)


def _more(of: Any) -> str:
    return f" and {len(of) - SHOWN} more" if len(of) > SHOWN else ""


def _place(at: str) -> tuple[int, ...]:
    return tuple(int(part) for part in at.split(":") if part.isdigit())
