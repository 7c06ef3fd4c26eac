"""Shows a checked program: its declarations by kind, and the type of every let, stage and call."""

from __future__ import annotations

from typing import Any

from ilang.check.program import Program
from ilang.report.escape import visible_line
from ilang.report.program_data import program_data
from ilang.report.table import table_text


def program_text(program: Program) -> str:
    """A section for each kind that the program has; steps of a pipeline as `line:column what type`."""
    data = program_data(program)
    sections = [
        _models(data["models"]),
        _section("prompt", [_prompt(p) for p in data["prompts"]]),
        _section("pipeline", [_pipeline(p, data["entry"]) for p in data["pipelines"]]),
        _section("python", [_python(f) for f in data["python"]]),
        _section("test", [f'  "{visible_line(name)}"' for name in data["tests"]]),
        _section("used", [f"  {s['kind']} {signature_line(s)}" for s in data["used"]]),
    ]
    return "\n\n".join(section for section in sections if section)


def signature_line(s: dict[str, Any]) -> str:
    """`main(question: text, n: int = 8) -> number`."""
    params = ", ".join(
        f"{p['name']}: {p['type']}" + (f" = {visible_line(p['default'])}" if p["default"] is not None else "")
        for p in s["params"]
    )
    return f"{s['name']}({params}) -> {s['result']}"


def _section(title: str, parts: list[str]) -> str:
    return "\n".join([title, *parts]) if parts else ""


def _models(models: list[dict[str, Any]]) -> str:
    rows = [(m["name"], visible_line(m["model"] or "to be bound (--model)")) for m in models]
    return _section("model", [table_text(rows, indent="  ")] if rows else [])


def _prompt(p: dict[str, Any]) -> str:
    answer = f"    answer {visible_line(p['answer'])}" if p["answer"] is not None else ""
    return "\n".join(filter(None, [f"  {signature_line(p)}", f"    {', '.join(p['messages'])}", answer]))


def _pipeline(p: dict[str, Any], entry: str | None) -> str:
    rows = [(f"{s['line']}:{s['column']}", "  " * s["depth"] + s["what"], s["type"]) for s in p["steps"]]
    steps = table_text(rows, right={0}, indent="    ")
    head = f"  {signature_line(p)}" + ("  (entry)" if p["name"] == entry else "")
    return "\n".join(filter(None, [head, steps]))


def _python(f: dict[str, Any]) -> str:
    marks = [word for word in ("async", "batched", "pure") if f[word]]
    told = f"  ({', '.join(marks)})" if marks else ""
    return f"  {signature_line(f)}  from {f['file']}{told}"
