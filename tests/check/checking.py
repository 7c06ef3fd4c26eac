"""The one helper that these tests check with."""

from __future__ import annotations

from pathlib import Path

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.check.check import check
from ilang.check.program import Program
from ilang.check.term import Bind, Term
from ilang.graph.lower import lower
from ilang.optimize.invariants import check_graph
from ilang.syntax.parse import parse

FILES = Path(__file__).parent / "files"
"""What the programs of these tests use."""

HEAD = '''
use python reward, tests_pass, words, guess, anything, lines_of, maybe_text, label_of from "functions.py"
use std.voting

record Article { title: text, body: text, year: int? }
enum Label { bug "Bug report", feature, other }

model small
model large

prompt solve(q: text) -> number """{{q}}"""
prompt say(q: text) -> text """{{q}}"""
prompt label(q: text) -> Label """{{q}}"""
prompt summarize(q: text) -> Article """{{q}}"""
prompt parts(q: text) -> list[text] """{{q}}"""
prompt judge(work: text) -> Verdict """{{work}}"""
prompt rate(work: text, what: text = "style") -> number """{{what}}: {{work}}"""
prompt fragment(q: text) """{{q}}"""
prompt dialogue(q: text) { user """{{q}}""" assistant """Yes?""" }
prompt again(request: request[T], attempt: text) -> T { include(request) assistant """{{attempt}}""" user """Again.""" }

pipeline best_by(request: request[T], reward: (T) -> number, model: model? = none, n: int = 4) -> T {
  request | sample(model, n=n) | score(reward(it)) | best
}
pipeline checked(pool: candidates[T], check: (T) -> Verdict) -> candidates[T] { pool | verify(check(it)) }
pipeline first_of(list: list[T], other: T) -> T { list | first | otherwise(other) }
pipeline apply(f: (A) -> B, x: A) -> B { f(x) }
pipeline compose(f: (A) -> B, g: (B) -> C, x: A) -> C { g(f(x)) }
pipeline twice(x: number) -> number { x * 2 }
pipeline positive(q: text) -> number? { solve(q) | sample(n=4) | prune(unless=it > 0) | best }
pipeline chosen(sure: bool) -> model { if sure { small } else { large } }
'''

PARAMETERS = """q: text, n: int, x: number, sure: bool, xs: list[number], ns: list[int], ts: list[text],
  pool: candidates[number], texts: candidates[text], articles: candidates[Article], votes: tally[number],
  said: tally[text], r: request[number], maybe: number?, article: Article, l: Label, f: (text) -> number,
  m: model, some: model?, history: list[Message], photo: image, verdict: Verdict, item: T, items: list[T]"""


def checked(text: str) -> Program:
    """The program of a text; every pipeline of it is lowered and keeps the graph's rules."""
    program = check(parse(Source("test.inf", text, str(FILES / "test.inf"))))
    for key in program.pipelines:
        check_graph(lower(program, key))
    return program


def probe(expression: str) -> Term:
    """The term of an expression, among the declarations of HEAD and with the PARAMETERS at hand."""
    program = checked(f"{HEAD}\npipeline probe({PARAMETERS}) -> bool {{\n  let probed = {expression}\n  true\n}}\n")
    body = program.pipelines["probe"].body
    assert isinstance(body, Bind)
    return body.value


def type_of(expression: str) -> str:
    """The type of an expression, as it is written."""
    return str(probe(expression).type)


def gives(result: str, expression: str) -> Program:
    """The program in which an expression is the result of a pipeline of that type."""
    return checked(f"{HEAD}\npipeline probe({PARAMETERS}) -> {result} {{\n  {expression}\n}}\n")


def refused(text: str) -> list[str]:
    """The codes of what is wrong with a text."""
    return [d.code for d in problems(text)]


def problems(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a text; nothing where it checks."""
    try:
        checked(text)
    except IlangError as problem:
        return problem.diagnostics
    return ()


def refused_expression(expression: str) -> list[str]:
    """The codes of what is wrong with an expression."""
    return refused(f"{HEAD}\npipeline probe({PARAMETERS}) -> bool {{\n  let probed = {expression}\n  true\n}}\n")
