"""Grammars that only colour: Pygments and TextMate. Every program of the repository, token by token as the compiler reads it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, Token

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.check.types import BASIC, GENERIC
from ilang.editor import vocabulary as v
from ilang.editor.textmate import grammar
from ilang.syntax.lexer import DECLARATIONS, lex
from ilang.syntax.parse import parse
from ilang.syntax.tables import tables
from ilang.syntax.token import Token as Lexed

ROOT = Path(__file__).parents[2]
VSCODE = ROOT / "editors" / "vscode"
FILES = sorted(
    f for folder in ("programs", "stdlib", "tests/examples", "tests/language") for f in (ROOT / folder).rglob("*.inf")
)


def shown(file: Path) -> str:
    return str(file.relative_to(ROOT))


def right(file: Path) -> str:
    text = file.read_text("utf-8")
    try:
        parse(Source("p", text))
    except IlangError:
        pytest.skip("written to be wrong")
    return text


def kind(token: Lexed) -> str:
    """What a token is, told from the compiler's own reading."""
    if token.terminals == ("TEXT",) or token.terminals == ("STRING",):
        return "string"
    if token.terminals == ("NUMBER",):
        return "number"
    if token.terminals == ("TYPE",):
        return "type"
    return "word" if token.text[0].isalpha() or token.text[0] == "_" else "sign"


# ---- one vocabulary


def test_the_words_are_those_of_the_lexer() -> None:
    told = {*v.DECLARATIONS, *v.KEYWORDS, *v.ROLES, *v.OPERATORS, *v.CONSTANTS, *v.PRONOUNS}
    assert told == set(tables().words)
    assert set(v.DECLARATIONS) == DECLARATIONS
    assert set(v.REGIONS) == set(tables().calls) - set(tables().words)
    assert set(v.TYPES) >= {*BASIC, *GENERIC} - {"Message", "Verdict"}
    assert (v.NAME, v.TYPE) == (tables().patterns["NAME"], tables().patterns["TYPE"])
    signs = re.compile(v.SIGNS)
    assert all(signs.fullmatch(sign) for sign in tables().signs)


# ---- Pygments


def test_pygments_finds_the_lexer() -> None:
    assert get_lexer_by_name("ilang").name == get_lexer_for_filename("a.inf").name == "ilang"


PYGMENTS = {
    "string": (String,),
    "number": (Number,),
    "type": (Name.Class,),
    "word": (Keyword, Name, Operator.Word),
    "sign": (Operator, Token.Punctuation, String.Interpol),
}


@pytest.mark.parametrize("file", FILES, ids=shown)
def test_pygments_reads_every_program(file: Path) -> None:
    text = right(file)
    at, found = 0, {}
    for token, value in get_lexer_by_name("ilang", stripnl=False, ensurenl=False).get_tokens(text):
        assert token is not Error, (at, value)
        found.update(dict.fromkeys(range(at, at + len(value)), token))
        at += len(value)
    lexed = lex(Source("p", text))
    for token in lexed.tokens:
        assert any(found[token.start] in one for one in PYGMENTS[kind(token)]), (token.text, found[token.start])
    for comment in lexed.comments:
        assert found[comment.start] in Comment


# ---- TextMate, by a small reading of such grammars


class TextMate:
    """Reads a text by a grammar whose patterns Python knows too."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told
        self.compiled: dict[str, re.Pattern[str]] = {}

    def pattern(self, text: str) -> re.Pattern[str]:
        if text not in self.compiled:
            self.compiled[text] = re.compile(text, re.MULTILINE)
        return self.compiled[text]

    def rules(self, patterns: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for one in patterns:
            if "include" in one:
                inner = self.told["repository"][one["include"][1:]]
                found += self.rules(inner["patterns"]) if "begin" not in inner and "match" not in inner else [inner]
            else:
                found.append(one)
        return found

    def scopes(self, text: str) -> list[str]:
        """The innermost scope of each character; empty where there is none."""
        found = [""] * len(text)
        stack: list[tuple[str, dict[str, Any]]] = [("", {"patterns": self.told["patterns"]})]
        at = 0
        while at < len(text):
            scope, rule = stack[-1]
            best: tuple[int, Any, Any] | None = None
            if "end" in rule:
                m = self.pattern(rule["end"]).search(text, at)
                best = (m.start(), m, None) if m else None
            for one in self.rules(rule["patterns"]):
                m = self.pattern(one.get("match", one.get("begin"))).search(text, at)
                if m and m.end() > m.start() and (best is None or m.start() < best[0]):
                    best = (m.start(), m, one)
            if best is None:
                found[at:] = [scope] * (len(text) - at)
                break
            start, m, one = best
            found[at:start] = [scope] * (start - at)
            if one is None:
                name = rule.get("endCaptures", {}).get("0", {}).get("name", scope)
                stack.pop()
            elif "match" in one:
                name = one.get("name", scope)
            else:
                name = one.get("beginCaptures", {}).get("0", {}).get("name", one.get("name", scope))
                stack.append((one.get("name", scope), one))
            found[start : m.end()] = [name] * (m.end() - start)
            for number, capture in (one or {}).get("captures", {}).items():
                found[m.start(int(number)) : m.end(int(number))] = [capture["name"]] * len(m[int(number)])
            at = m.end()
        return found


SCOPES = {
    "string": ("string.",),
    "number": ("constant.numeric.",),
    "type": ("entity.name.type.",),
    "word": ("storage.", "keyword.", "variable.", "constant.language.", "support.type.", "entity.name.function."),
    "sign": ("keyword.operator.", "punctuation."),
}
ENGINE = TextMate(grammar())


@pytest.mark.parametrize("file", FILES, ids=shown)
def test_textmate_reads_every_program(file: Path) -> None:
    text = right(file)
    found = ENGINE.scopes(text)
    lexed = lex(Source("p", text))
    for token in lexed.tokens:
        assert found[token.start].startswith(SCOPES[kind(token)]), (token.text, found[token.start])
        for hole in token.holes:
            assert found[hole.start].startswith("punctuation.section.embedded")
            for inner in hole.tokens:
                assert found[inner.start].startswith(SCOPES[kind(inner)]), (inner.text, found[inner.start])
    for comment in lexed.comments:
        inside = any(hole.start < comment.start < hole.end for token in lexed.tokens for hole in token.holes)
        assert inside or found[comment.start].startswith("comment."), found[comment.start]


def test_the_grammar_is_the_one_of_the_extension() -> None:
    """`python -m ilang.editor.textmate editors/vscode/syntaxes/ilang.tmLanguage.json` writes it anew."""
    assert json.loads((VSCODE / "syntaxes" / "ilang.tmLanguage.json").read_text("utf-8")) == grammar()


# ---- the extension for VS Code


def test_the_extension_names_files_that_are_there_and_no_server() -> None:
    package = json.loads((VSCODE / "package.json").read_text("utf-8"))
    told = package["contributes"]
    named = [package["main"], told["languages"][0]["configuration"], told["grammars"][0]["path"]]
    assert all((VSCODE / name).is_file() for name in named)
    assert told["grammars"][0]["scopeName"] == grammar()["scopeName"] and told["languages"][0]["extensions"] == [".inf"]
    assert set(package["dependencies"]) == {"vscode-languageclient"}
    json.loads((VSCODE / "language-configuration.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('[], ["/p"], true, "linux", (f) => f === "/p/.venv/bin/ilang"', ["/p/.venv/bin/ilang", "lsp"]),
        ('[], ["/p"], true, "linux", (f) => f === "/p/venv/bin/ilang"', ["/p/venv/bin/ilang", "lsp"]),
        ('[], ["/p"], false, "linux", () => true', ["ilang", "lsp"]),
        ('[], ["/p"], true, "linux", () => false', ["ilang", "lsp"]),
        ('["uv", "run", "ilang"], ["/p"], true, "linux", () => true', ["uv", "run", "ilang", "lsp"]),
    ],
)
def test_the_extension_starts_the_projects_own_server(arguments: str, expected: list[str]) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine")
    script = f"console.log(JSON.stringify(require('./command').command({arguments})))"
    done = subprocess.run([node, "-e", script], cwd=VSCODE, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == expected


@pytest.mark.parametrize("file", ["extension.js", "command.js"])
def test_the_extension_is_javascript(file: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine")
    assert subprocess.run([node, "--check", file], cwd=VSCODE, capture_output=True).returncode == 0
