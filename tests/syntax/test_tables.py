"""The tables are those of the grammar, and our walk over them takes what Lark's own parser takes."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from lark import Lark
from lark.exceptions import GrammarError, LarkError
from lark.lexer import PatternRE, TerminalDef

from ilang.base.source import Source
from ilang.syntax import build_tables
from ilang.syntax.automaton import Stuck, run
from ilang.syntax.lexer import lex
from ilang.syntax.nodes import RULES
from ilang.syntax.tables import GRAMMAR_FILE, TABLES_FILE, tables
from ilang.syntax.token import Token
from tests.syntax.mutations import mutated
from tests.syntax.parsing import EXAMPLES


def test_the_tables_are_current() -> None:
    text = Path(TABLES_FILE).read_text(encoding="utf-8")
    assert text == build_tables.dumps(build_tables.build()), "run: python -m ilang.syntax.build_tables"


def test_the_tables_are_plain_data() -> None:
    assert isinstance(json.loads(Path(TABLES_FILE).read_text(encoding="utf-8")), dict)


def test_every_rule_has_its_function() -> None:
    lists = {rule.name for rule in tables().rules if rule.name.startswith("_")}
    lifted = {rule.name for rule in tables().rules if rule.lift and rule.pick in ((0,), (1,))}
    made = {rule.name for rule in tables().rules} - lists - lifted | {"pipe"}
    assert made == set(RULES)


def test_a_conflict_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grammar = (
        Path(GRAMMAR_FILE).read_text(encoding="utf-8").replace("?sum: product | sum", "?sum: product | sum sum | sum")
    )
    (tmp_path / "grammar.lark").write_text(grammar, encoding="utf-8")
    monkeypatch.setattr(build_tables, "GRAMMAR_FILE", str(tmp_path / "grammar.lark"))
    with pytest.raises(GrammarError):
        build_tables.build()


# ---- the same language as Lark's -------------------------------------------------


def _bounded(terminal: TerminalDef) -> None:
    """Lark ends a keyword in the middle of a word (`modelmodel`), which no one means: here it ends with the word."""
    pattern = terminal.pattern.value
    if re.fullmatch(r"[a-z]+|\(\?:[a-z|]+\)", pattern):
        terminal.pattern = PatternRE(rf"{pattern}\b")
        terminal.priority = 0.5  # type: ignore[assignment]  # above NAME, below FUNC


@functools.cache
def _lark() -> Lark:
    grammar = Path(GRAMMAR_FILE).read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start=["start", "hole"], edit_terminals=_bounded)


class _Nothing:
    """A maker that makes nothing."""

    def text(self, token: Token) -> tuple[Any, int]:
        return None, 0

    def reduce(self, rule: str, start: int, end: int, children: list[Any]) -> Any:
        return None


def _lark_takes(text: str) -> bool:
    try:
        _lark().parse(text, start="start")
    except LarkError:
        return False
    return True


def _we_take(text: str) -> bool:
    try:
        run(lex(Source("", text)).tokens, "start", _Nothing())
    except Stuck:
        return False
    return True


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_lark_takes_the_examples(path: Path) -> None:
    assert _lark_takes(path.read_text(encoding="utf-8"))


STRAY = tuple(f" {word} " for word in (*tables().signs, *tables().words, "x", "X", "12", '"s"', "f(x)", '"""t"""'))


@given(mutated(STRAY))
@settings(max_examples=200, deadline=None)
def test_what_lark_takes_we_take(text: str) -> None:
    assert _we_take(text) == _lark_takes(text)
