"""Mistakes with the words of other languages."""

from __future__ import annotations

from ilang.syntax.mistake import Mistake, before, in_pipeline
from ilang.syntax.trouble import Trouble

_NOTHING = frozenset(("True", "False", "None", "Null", "Nil", "TRUE", "FALSE", "NONE", "NULL", "NaN"))
_LOOPS = frozenset(("for", "while", "foreach", "loop", "do", "until"))
_DEFINING = frozenset(("def", "function", "fn", "func", "fun", "class", "struct", "type", "interface", "lambda"))
_ASSIGNING = frozenset(("var", "const", "val", "set", "mut"))
_IMPORTING = frozenset(("import", "from", "require", "include"))
_MATCHING = frozenset(("match", "switch", "case", "when"))


def _is_foreign(t: Trouble, words: frozenset[str]) -> bool:
    """Whether one of the words was meant to begin a statement: here, or before where it was taken for a name."""
    if t.found in words and t.is_a("NAME"):
        return t.begins_value() and not t.takes("COLON", "EQUAL")
    return t.word(-1) in words and t.begins_value() and not t.takes("COLON") and not t.is_a("LPAR")


WORDS = (
    Mistake(
        "return",
        lambda t: _is_foreign(t, frozenset(("return", "yield"))),
        "nothing is returned: the last value of a block is its result",
        "delete the word",
        in_pipeline("return q", "let x = 1 return x", "if a { return b } else { c }"),
        place=lambda t: t.at() if t.found in ("return", "yield") else t.at(-1),
    ),
    Mistake(
        "loop",
        lambda t: _is_foreign(t, _LOOPS),
        "there are no loops",
        "use the stage `repeat(max=...) { ... }`, or `each` for all elements of a list",
        ("for x in y { z }", "while x { y }", *in_pipeline("for x in q { x }")),
        place=lambda t: t.at() if t.found in _LOOPS else t.at(-1),
    ),
    Mistake(
        "lambda",
        lambda t: t.word(-1) == "lambda" and t.is_a("NAME"),
        "a function is written with `=>`",
        "write `$found => ...`",
        in_pipeline("f(lambda x: x)"),
        place=before,
    ),
    Mistake(
        "foreign-definition",
        lambda t: _is_foreign(t, _DEFINING),
        "what is defined is a `pipeline`, a `prompt`, a `record` or an `enum`",
        "write `pipeline name(q: text) -> text { ... }`; Python functions are brought in with `use python`",
        ("def f(x): x", "function f(x) { x }", "class A { }"),
        place=lambda t: t.at() if t.found in _DEFINING else t.at(-1),
    ),
    Mistake(
        "foreign-import",
        lambda t: t.at_declaration() and t.found in _IMPORTING,
        "what comes from elsewhere is brought in with `use`",
        'write `use name from "file.inf"` or `use python name from "file.py"`',
        ("import checks", "from a import b"),
    ),
    Mistake(
        "foreign-variable",
        lambda t: _is_foreign(t, _ASSIGNING),
        "a value is named with `let`",
        "write `let x = ...`, in a block before its result",
        ("const x = 3", *in_pipeline("var x = 3 x")),
        place=lambda t: t.at() if t.found in _ASSIGNING else t.at(-1),
    ),
    Mistake(
        "foreign-match",
        lambda t: _is_foreign(t, _MATCHING),
        "cases are told apart with `if`",
        "write `if a == x { ... } else if a == y { ... } else { ... }`",
        in_pipeline("match q { a }", "switch q { a }"),
        place=lambda t: t.at() if t.found in _MATCHING else t.at(-1),
    ),
    Mistake(
        "elif",
        lambda t: t.on_top("IF", "value", "block") and t.found in ("elif", "elseif", "elsif"),
        "`$found` is written `else if`",
        "write `else if`",
        in_pipeline("if a { b } elif c { d } else { e }"),
    ),
    Mistake(
        "foreign-constant",
        lambda t: t.takes_only("DOT") and t.word(-1) in _NOTHING,
        "`$before` is written small: `true`, `false`, `none`",
        "write it small; a value that may be missing has a type with `?` and is `none`",
        in_pipeline("True", "q == None", "f(x=False)"),
        place=before,
    ),
)
