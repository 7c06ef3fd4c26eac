"""Make tables.json from grammar.lark: `python -m ilang.syntax.build_tables`.

The only file that needs Lark. Lark reads the grammar, refuses conflicts and computes the LALR automaton; what it
found is written as plain data, numbered in an order that depends on the grammar alone. Knows nothing of how the
tables are used.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lark import Lark
from lark.grammar import Rule as LarkRule
from lark.lexer import Lexer, TerminalDef

from ilang.syntax.tables import GRAMMAR_FILE, TABLES_FILE

STARTS = ("start", "hole")
CALL = "("


class _NoLexer(Lexer):
    """Lark wants a lexer; ours is lexer.py, and terminals need no comparison here."""

    def __init__(self, conf: object) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Any]:
        raise NotImplementedError


def grammar_hash() -> str:
    """The SHA-256 of grammar.lark, by which tables know their grammar."""
    return hashlib.sha256(Path(GRAMMAR_FILE).read_bytes()).hexdigest()


def build() -> dict[str, Any]:
    """The tables as plain data. Raises lark's GrammarError where the grammar has a conflict."""
    lark = Lark(
        Path(GRAMMAR_FILE).read_text(encoding="utf-8"), parser="lalr", lexer=_NoLexer, strict=True, start=list(STARTS)
    )
    data, memo = lark.memo_serialize([TerminalDef, LarkRule])
    table = data["parser"]["parser"]
    rules = {key: rule for key, rule in memo.items() if rule["__type__"] == "Rule"}
    terminals = [lark.get_terminal(rule["name"]) for rule in memo.values() if rule["__type__"] == "TerminalDef"]
    rows = {key: json.dumps(_rule_row(rule)) for key, rule in rules.items()}
    distinct = sorted(set(rows.values()))  # rules that differ only in which terminals they read reduce alike
    rule_number = {key: distinct.index(row) for key, row in rows.items()}
    symbols = table["tokens"]
    names = {rule["origin"]["name"] for rule in rules.values()}
    order = _state_order(table)
    number = {state: place for place, state in enumerate(order)}
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in order:
        row = {symbols[symbol]: action for symbol, action in table["states"][state].items()}
        actions.append({s: _action(row[s], number, rule_number) for s in sorted(row) if s not in names})
        gotos.append({s: number[row[s][1]] for s in sorted(row) if s in names})
    return {
        "grammar": grammar_hash(),
        **_spellings(terminals),
        "starts": {s: [number[table["start_states"][s]], number[table["end_states"][s]]] for s in STARTS},
        "rules": [json.loads(row) for row in distinct],
        "actions": actions,
        "gotos": gotos,
    }


def dumps(data: dict[str, Any]) -> str:
    """The text of tables.json: a rule or a state a line, so that a change of the grammar can be read."""
    lines = []
    for key, value in data.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in value)
            lines.append(f"{json.dumps(key)}:[\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}:{json.dumps(value, sort_keys=True)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _action(action: tuple[int, Any], number: dict[int, int], rule_number: dict[int, int]) -> int:
    kind, target = action
    return ~rule_number[target["@"]] if kind == 1 else number[target]


def _state_order(table: dict[str, Any]) -> list[int]:
    """States as they are met from the starts, symbols by name: Lark's own numbers vary from run to run."""
    order = [table["start_states"][start] for start in STARTS]
    for state in order:
        edges = sorted((table["tokens"][s], to) for s, (kind, to) in table["states"][state].items() if kind == 0)
        order.extend(dict.fromkeys(to for _, to in edges if to not in order))
    return order


def _rule_row(rule: dict[str, Any]) -> list[Any]:
    """[origin, size, name, lift, pick], as `tables.Rule` explains them."""
    options, expansion = rule["options"], rule["expansion"]
    empty = options["empty_indices"] or [False] * len(expansion)
    pick: list[int | None] = []
    place = 0
    for is_empty in empty:
        if is_empty:
            pick.append(None)
            continue
        symbol = expansion[place]
        if symbol["__type__"] == "NonTerminal":
            pick.append(~place if symbol["name"].startswith("_") else place)
        elif not symbol["filter_out"]:
            pick.append(place)
        place += 1
    origin = rule["origin"]["name"]
    lift = bool(options["expand1"]) and not rule["alias"]
    return [origin, len(expansion), rule["alias"] or origin, lift, pick]


def _spellings(terminals: Iterable[TerminalDef]) -> dict[str, Any]:
    """Which terminals a fixed spelling can be, and the patterns of those that have no fixed spelling."""
    patterns = {t.name: t.pattern.to_regexp() for t in terminals}
    free = {n for n in ("NAME", "FUNC", "TYPE", "NUMBER", "TEXT", "STRING", "COMMENT", "NOT_IN") if n in patterns}
    ranks = {t.name: (-t.priority, t.name in free, t.name) for t in terminals}
    strongest = sorted(patterns, key=ranks.__getitem__)

    def fits(spelling: str, behind: str) -> list[str]:
        found = ((name, re.match(patterns[name], spelling + behind)) for name in strongest)
        return [name for name, match in found if match and match.end() == len(spelling)]

    literals = set(re.findall(r'"([^"\\\s]+)"', re.sub(r"//.*", "", Path(GRAMMAR_FILE).read_text(encoding="utf-8"))))
    signs = {s for s in literals if not s[0].isalpha()}
    words = {word for p in patterns.values() for word in re.findall(r"[a-z]{2,}", p)}
    return {
        "patterns": {name: patterns[name] for name in sorted(free - {"FUNC", "TEXT"})},
        "signs": {s: fits(s, " ") for s in sorted(signs) if fits(s, " ")},
        "words": {w: fits(w, " ") for w in sorted(words) if fits(w, " ") != ["NAME"]},
        "calls": {w: fits(w, CALL) for w in sorted(words) if fits(w, CALL) != ["FUNC", "NAME"]},
    }


if __name__ == "__main__":
    Path(TABLES_FILE).write_text(dumps(build()), encoding="utf-8")
