"""`--where`: an expression of the language over a row's fields, evaluated on the plain evaluator."""

from __future__ import annotations

import re
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.base.value import Model
from ilang.check.check import check
from ilang.data.choosing import Meets
from ilang.data.row import Row
from ilang.graph.lower import lower
from ilang.run.failure import RunFailed
from ilang.run.sequential import Sequential
from ilang.run.world import Bindings, World
from ilang.session.arguments import from_data, from_text
from ilang.stages.stage import CannotGive, NothingLeft
from ilang.syntax.parse import parse

_NAME = re.compile(r"[a-z_][A-Za-z0-9_]*")


class _NoDraws:
    """A condition draws nothing: it has no request to send."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a condition asked for {name}")


def condition(text: str, first: Row) -> Meets:
    """Rows for which the expression is true. The fields that it names have the types that the first row's values have
    (of CSV: numbers where they read as such). Raises IlangError with what is wrong in it."""
    types = {n: t for n, v in first.fields.items() if _NAME.fullmatch(n) and (t := type_of(v, texts=first.texts))}
    named = [n for n in dict.fromkeys(_NAME.findall(text)) if n in types]
    head = ", ".join(f"{n}: {types[n]}" for n in named)
    program = check(parse(Source("--where", f"pipeline main({head}) -> bool {{ {text} }}")))
    assert program.entry is not None
    pipeline = program.pipelines[program.entry]
    if program.prompts or program.python:
        raise IlangError(Diagnostic("bad-argument", "--where: a condition can call no model and no Python"))
    graph = lower(program, program.entry)
    bindings = Bindings({}, Model("none", ""), {})

    def meets(row: Row) -> Row | None:
        try:
            given = [
                (from_text if row.texts else from_data)(p.name, _field(row, p.name), p.type)
                for p in pipeline.signature.params
            ]
            world = World(_NoDraws(), bindings)
            return row if immediate(Sequential(world).run(graph, given)) else None
        except IlangError as problem:
            return Row(row.number, row.fields, row.texts, problem.diagnostics[0])
        except (CannotGive, NothingLeft, RunFailed) as problem:
            why = f"--where cannot be told of this row: {problem}"
            return Row(row.number, row.fields, row.texts, Diagnostic("bad-row", why))

    return meets


def _field(row: Row, name: str) -> Any:
    if name not in row.fields:
        raise IlangError(Diagnostic("bad-row", f"--where: the row has no field `{name}`"))
    return row.fields[name]


def type_of(value: Any, *, texts: bool) -> str:
    """The type of a field by one of its values; empty where there is none for it."""
    if texts:
        try:
            float(value)
        except ValueError:
            return "text"
        return "number"
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "text"
        case None:
            return "text?"
        case [first, *_]:
            inner = type_of(first, texts=False)
            return f"list[{inner}]" if inner and not inner.startswith("list") else ""
    return ""


def immediate(work: Any) -> Any:
    """What a coroutine gives that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("a condition waits for something")
