"""Load the parse tables: plain data that Lark made from grammar.lark, so that Lark itself is not needed at run time.

Knows how the tables are laid out, not how they are made (`build_tables`) or walked (`automaton`).
"""

from __future__ import annotations

import functools
import json
import os.path
from typing import NamedTuple

TABLES_FILE = os.path.join(os.path.dirname(__file__), "tables.json")
GRAMMAR_FILE = os.path.join(os.path.dirname(__file__), "grammar.lark")


class Rule(NamedTuple):
    """One production, and how its children become one value.

    `name` is what the value is called (an alias, else the left side); one that begins with `_` is a list that the
    rule above takes in. `lift`: a single child stands for itself. `pick` says which children are kept: `i` the
    i-th, `~i` all that are in the list at the i-th, None a place that was left empty. `renames`: it has one child
    that always stands for itself, so that it makes nothing (`sum: product`).
    """

    origin: str
    size: int
    name: str
    lift: bool
    pick: tuple[int | None, ...]
    renames: bool


class Tables(NamedTuple):
    """All that lexing and parsing need to know of the grammar.

    `actions[state][terminal]` is a next state (>= 0) or `~rule` (< 0); `gotos[state][origin]` a next state;
    `starts[symbol]` the first and the last state. `words`, `calls` (words with "(" behind them) and `signs` give
    the terminals that a spelling can be, the strongest first; `patterns` the regular expressions of the others.
    """

    grammar: str
    patterns: dict[str, str]
    words: dict[str, tuple[str, ...]]
    calls: dict[str, tuple[str, ...]]
    signs: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    actions: tuple[dict[str, int], ...]
    gotos: tuple[dict[str, int], ...]
    starts: dict[str, tuple[int, int]]


@functools.cache
def tables() -> Tables:
    """The tables of this grammar, read once."""
    with open(TABLES_FILE, encoding="utf-8") as file:
        data = json.load(file)
    return Tables(
        grammar=data["grammar"],
        patterns=data["patterns"],
        words={word: tuple(names) for word, names in data["words"].items()},
        calls={word: tuple(names) for word, names in data["calls"].items()},
        signs={sign: tuple(names) for sign, names in data["signs"].items()},
        rules=tuple(
            Rule(origin, size, name, lift, tuple(pick), lift and size == 1 and pick == [0])
            for origin, size, name, lift, pick in data["rules"]
        ),
        actions=tuple(data["actions"]),
        gotos=tuple(data["gotos"]),
        starts={symbol: (first, last) for symbol, (first, last) in data["starts"].items()},
    )


@functools.cache
def symbols() -> dict[int, str]:
    """The one symbol over which each state is entered. Only messages need it."""
    rows = (*tables().actions, *tables().gotos)
    return {target: symbol for row in rows for symbol, target in row.items() if target >= 0}
