"""A checked program as JSON data: what is declared, and the type of every let, stage and call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ilang.base.span import Span
from ilang.check import term as t
from ilang.check.program import IncludePart, Parameter, Program, Prompt, PythonFunction, Signature
from ilang.check.walk import all_terms, parts
from ilang.report.graph_data import answer_text, key_name
from ilang.report.model_text import model_text

_BEFORE_STAGE = re.compile(r"(?:[\s|)]|#[^\n]*)*")
"""What may stand between a piped value and the stage's name."""


def program_data(program: Program) -> dict[str, Any]:
    """`{"doc", "entry", "models", "prompts", "pipelines", "python", "tests", "used"}`.

    A pipeline has `steps`: `{"line", "column", "depth", "what", "type"}`, as they are evaluated; those
    of a function or a region stand one deeper. `used` are signatures from other files.
    """
    reached = reached_keys(program)
    own = [s for s in program.pipelines.values() if ":" not in s.signature.key]
    prompts = [p for p in program.prompts.values() if ":" not in p.signature.key]
    return {
        "doc": program.doc,
        "entry": program.entry,
        "models": [
            {"name": key_name(d.key), "model": None if d.model is None else model_text(d.model)}
            for d in program.models.values()
        ],
        "prompts": [{**_signature(p.signature), "answer": answer_of(p), "messages": _messages(p)} for p in prompts],
        "pipelines": [{**_signature(p.signature), "steps": list(_steps(p.body, 0))} for p in own],
        "python": [_python(f) for f in program.python.values() if f.signature.key in reached],
        "tests": [one.name for one in program.tests],
        "used": [
            {"kind": s.kind, **_signature(s), "name": key_name(s.key)}
            for s in _signatures(program)
            if ":" in s.key and s.key in reached
        ],
    }


def reached_keys(program: Program) -> set[str]:
    """The keys of all that the file itself declares, and of what that calls, however far away."""
    bodies: dict[str, list[t.Term]] = {key: [p.body] for key, p in program.pipelines.items()}
    bodies.update({key: _holes(p) for key, p in program.prompts.items()})
    reached = {s.key for s in _signatures(program) if ":" not in s.key}
    tests = [e.term for one in program.tests for e in one.expects]
    waiting = [*tests, *(body for key in reached for body in bodies[key])]
    waiting += [d for s in _signatures(program) if s.key in reached for p in s.params if (d := p.default) is not None]
    while waiting:
        for term in all_terms(waiting.pop()):
            if isinstance(term, t.CallPipeline | t.CallPrompt | t.CallPython) and term.key not in reached:
                reached.add(term.key)
                waiting += bodies.get(term.key, [])
    readers = [p.reader for key, p in program.prompts.items() if key in reached and p.reader is not None]
    return reached | {r.argument for r in readers if r.extract == "python" and r.argument is not None}


def _holes(prompt: Prompt) -> list[t.Term]:
    """The terms in the text of a prompt, and those that it includes."""
    found: list[t.Term] = []
    for part in prompt.parts:
        found += [part.value] if isinstance(part, IncludePart) else [x for x in part.parts if not isinstance(x, str)]
    return found


def _python(f: PythonFunction) -> dict[str, Any]:
    marks = {"async": f.is_async, "batched": f.batched, "pure": f.pure}
    return {**_signature(f.signature), "file": Path(f.path).name, "function": f.function, **marks}


def _signatures(program: Program) -> list[Signature]:
    return [p.signature for p in program.pipelines.values()] + [p.signature for p in program.prompts.values()]


def answer_of(prompt: Prompt) -> str | None:
    """How its replies are read: `after "Answer:"`; None where it is no request."""
    reader = prompt.reader
    return None if reader is None else answer_text(reader.extract, reader.argument)


def _messages(prompt: Prompt) -> list[str]:
    return ["include" if isinstance(part, IncludePart) else part.role for part in prompt.parts]


def _signature(s: Signature) -> dict[str, Any]:
    made: dict[str, Any] = {"name": s.name, "params": [_parameter(p) for p in s.params], "result": str(s.result)}
    if s.span is not None:
        made["line"], made["column"] = s.span.source.line_column(s.span.start)
    made["doc"] = s.doc
    return made


def _parameter(p: Parameter) -> dict[str, Any]:
    default: str | None = None
    if p.python_default:
        default = "..."
    elif p.default is not None:
        default = " ".join(p.default.span.text().split())
    return {"name": p.name, "type": str(p.type), "default": default}


# ---- steps -----------------------------------------------------------------------


def _steps(term: t.Term, depth: int) -> Iterator[dict[str, Any]]:
    """The steps of a term in the order of evaluation."""
    inside = _bodies(term)
    if isinstance(term, t.Bind):
        yield from _steps(term.value, depth)
        yield _step(_at(term.span, term.span.start), depth, f"let {term.symbol.name}", term.value.type)
        yield from _steps(term.body, depth)
        return
    for part in parts(term):
        if not any(part is body for body in inside):
            yield from _steps(part, depth)
    what = _what(term)
    if what:
        yield _step(_own_place(term), depth, what, term.type)
    for body in inside:
        yield from _steps(body, depth + 1 if what else depth)


def _bodies(term: t.Term) -> tuple[t.Term, ...]:
    """What is inside a step: bodies of functions and regions, the arms of a branch."""
    match term:
        case t.Lambda(body=body) | t.Focus(body=body) | t.Per(body=body) | t.Scope(body=body):
            return (body,)
        case t.Repeat(until=until, body=body):
            return (body,) if until is None else (until, body)
        case t.Choose(then=then, otherwise=other):
            return then, other
        case t.Otherwise(other=other):
            return (other,)
    return ()


def _what(term: t.Term) -> str:
    match term:
        case t.CallBuiltin(name):
            return name
        case t.CallPython(key) | t.CallPrompt(key) | t.CallPipeline(key):
            return f"{key_name(key)}(...)"
        case t.CallFunction():
            return "call of a function"
        case t.GetField(_, _, name):
            return f".{name}"
        case t.Lambda(params):
            return f"({', '.join(p.name for p in params)}) =>"
        case t.Choose():
            return "if"
        case t.Otherwise():
            return "otherwise"
        case t.Repeat():
            return "repeat"
        case t.Focus():
            return "focus"
        case t.Per():
            return "per"
        case t.Scope(names):
            return f"within({', '.join(names)})"
    return ""


def _own_place(term: t.Term) -> tuple[int, int]:
    """Where a step is written: of a stage, behind what is piped into it."""
    piped = next(iter(parts(term)), None)
    span = term.span
    if piped is None or piped.span.start != span.start or piped.span.source is not span.source:
        return _at(span, span.start)
    text = span.source.text
    gap = _BEFORE_STAGE.match(text, piped.span.end, span.end)
    assert gap is not None  # it also matches nothing
    name = getattr(term, "name", "") or type(term).__name__.lower()
    if text.startswith(("repeat", "focus", "per"), gap.end()) and not text.startswith(name, gap.end()):
        first = re.compile(rf"\{{(?:\s|#[^\n]*)*({re.escape(name)})\b").search(text, gap.end(), span.end)
        return _at(span, first.start(1) if first is not None else gap.end())  # the first stage of a region
    return _at(span, gap.end() if gap.end() < span.end else span.start)


def _at(span: Span, offset: int) -> tuple[int, int]:
    return span.source.line_column(offset)


def _step(place: tuple[int, int], depth: int, what: str, type_: object) -> dict[str, Any]:
    line, column = place
    return {"line": line, "column": column, "depth": depth, "what": what, "type": str(type_)}
