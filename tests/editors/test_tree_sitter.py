"""The tree-sitter grammar accepts every program: its rules are read through a small form of the DSL, and tried by Earley's
algorithm (1970) on the tokens of the compiler. The generator itself is not run here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.editor import vocabulary as v
from ilang.syntax.lexer import lex
from ilang.syntax.parse import parse
from ilang.syntax.token import Token

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "editors" / "tree-sitter-ilang"
FILES = sorted(f for folder in ("programs", "stdlib", "tests/examples") for f in (ROOT / folder).rglob("*.inf"))

SHIM = """
const rule = (type) => (...of) => ({ type, of: of.map(norm) });
const norm = (x) => typeof x === "string" ? { type: "string", value: x }
  : x instanceof RegExp ? { type: "pattern", value: x.source } : x;
global.seq = rule("seq"); global.choice = rule("choice"); global.repeat = rule("repeat"); global.repeat1 = rule("repeat1");
global.optional = rule("optional"); global.field = (_, x) => norm(x);
const last = (...a) => norm(a[a.length - 1]);
global.prec = last; global.prec.left = last; global.prec.right = last;
global.token = (x) => norm(x); global.token.immediate = (x) => ({ type: "immediate", of: [norm(x)] });
global.grammar = (g) => g;
const g = require(process.argv[1]);
const $ = new Proxy({}, { get: (_, name) => ({ type: "symbol", value: name }) });
const rules = Object.fromEntries(Object.entries(g.rules).map(([name, f]) => [name, norm(f($))]));
console.log(JSON.stringify(rules));
"""

Terminal = tuple[str, str]
Symbol = str | Terminal


@cache
def grammar() -> dict[str, Any]:
    """The rules as data."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine")
    done = subprocess.run([node, "-e", SHIM, str(FOLDER / "grammar.js")], capture_output=True, text=True, check=True)
    rules: dict[str, Any] = json.loads(done.stdout)
    return rules


@cache
def productions() -> dict[str, list[tuple[Symbol, ...]]]:
    """The rules as plain productions; what is nested gets a name of its own."""
    made: dict[str, list[tuple[Symbol, ...]]] = defaultdict(list)

    def symbol(x: dict[str, Any]) -> Symbol:
        match x["type"]:
            case "symbol":
                return str(x["value"])
            case "string" | "pattern":
                return x["type"], x["value"]
            case "immediate":
                return symbol(x["of"][0])
        name = f"_{len(made)}_{x['type']}"
        made[name] = []
        add(name, x)
        return name

    def add(name: str, x: dict[str, Any]) -> None:
        match x["type"]:
            case "seq":
                made[name].append(tuple(map(symbol, x["of"])))
            case "choice":
                for one in x["of"]:
                    made[name].append((symbol(one),))
            case "optional":
                made[name] += [(), (symbol(x["of"][0]),)]
            case "repeat":
                made[name] += [(), (name, symbol(x["of"][0]))]
            case "repeat1":
                inner = symbol(x["of"][0])
                made[name] += [(inner,), (name, inner)]
            case _:
                made[name].append((symbol(x),))

    for name, x in grammar().items():
        add(name, x)
    return dict(made)


def accepts(tokens: list[str]) -> int | None:
    """None where the tokens are a program, else the place of the first that cannot stand there."""
    rules = productions()
    nullable: set[str] = set()
    while True:
        more = {n for n, ways in rules.items() if any(all(s in nullable for s in way) for way in ways)}
        if more == nullable:
            break
        nullable = more
    State = tuple[str, tuple[Symbol, ...], int, int]
    sets: list[set[State]] = [{("source_file", way, 0, 0) for way in rules["source_file"]}]
    waiting: list[dict[str, list[State]]] = []
    for at in range(len(tokens) + 1):
        states, by_symbol = sets[at], defaultdict(list)
        waiting.append(by_symbol)
        following: set[State] = set()
        stack = list(states)

        def put(state: State, states: set[State] = states, stack: list[State] = stack) -> None:
            if state not in states:
                states.add(state)
                stack.append(state)

        while stack:
            name, way, dot, start = state = stack.pop()
            if dot == len(way):
                for n, w, d, s in list(waiting[start][name]):
                    put((n, w, d + 1, s))
                continue
            wanted = way[dot]
            if isinstance(wanted, tuple):
                if at < len(tokens) and fits(wanted, tokens[at]):
                    following.add((name, way, dot + 1, start))
                continue
            by_symbol[wanted].append(state)
            for w in rules[wanted]:
                put((wanted, w, 0, at))
            if wanted in nullable:
                put((name, way, dot + 1, start))
        if at < len(tokens):
            if not following:
                return at
            sets.append(following)
    whole = any(n == "source_file" and d == len(w) and s == 0 for n, w, d, s in sets[-1])
    return None if whole else len(tokens)


@cache
def fits(terminal: Terminal, token: str) -> bool:
    kind, value = terminal
    return token == value if kind == "string" else re.fullmatch(value, token) is not None


def spelled(tokens: tuple[Token, ...]) -> Iterator[str]:
    """The tokens as tree-sitter cuts them: a text in its quotes, contents and holes."""
    for token in tokens:
        if token.terminals == ("TEXT",):
            quotes = 4 if token.text[0] == "#" else 3
            yield token.text[:quotes]
            yield "content"
            for hole in token.holes:
                yield "{{"
                yield from spelled(hole.tokens)
                yield "}}"
            yield token.text[-quotes:]
        elif token.terminals == ("NOT_IN",):
            yield from ("not", "in")
        else:
            yield token.text


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_the_grammar_accepts_every_program(file: Path) -> None:
    text = file.read_text("utf-8")
    try:
        parse(Source("p", text))
    except IlangError:
        pytest.skip("written to be wrong")
    tokens = list(spelled(lex(Source("p", text)).tokens))
    at = accepts(tokens)
    assert at is None, " ".join(tokens[max(0, at - 12) : at + 4])


@pytest.mark.parametrize(
    "text", ["pipeline", "pipeline f( -> int { 1 }", "model m = 3", "pipeline f() -> int { 1 2 }", "x | y"]
)
def test_it_refuses_what_is_no_program(text: str) -> None:
    assert accepts(list(spelled(lex(Source("p", text)).tokens))) is not None


def strings(x: Any) -> Iterator[str]:
    if isinstance(x, dict):
        if x["type"] == "string":
            yield x["value"]
        yield from (s for one in x.get("of", ()) for s in strings(one))


def test_its_words_are_those_of_the_language() -> None:
    words = {s for rule in grammar().values() for s in strings(rule) if s[0].isalpha()}
    told = {*v.DECLARATIONS, *v.KEYWORDS, *v.ROLES, *v.OPERATORS, *v.CONSTANTS, *v.PRONOUNS, *v.REGIONS}
    assert words == told


def test_the_highlights_name_rules_that_there_are() -> None:
    text = (FOLDER / "queries" / "highlights.scm").read_text("utf-8")
    assert {name for name in re.findall(r"\(([a-z_]+)", text)} <= set(grammar())
