"""Mistakes with signs that are wrong wherever they stand: those of other languages, and brackets."""

from __future__ import annotations

from ilang.syntax.mistake import PIPELINE, Mistake, both, in_pipeline, opener, sign

_CLOSERS = {"(": ")", "[": "]", "{": "}"}

SIGNS = (
    Mistake(
        "foreign-template",
        lambda t: t.start == "hole" and t.index == 0 and t.found in tuple("%/^>"),
        "a hole holds a value: there are no commands of a template language",
        '`{{items | each(...) | join("\\n")}}` repeats, `{{if a { b } else { c }}}` chooses',
        ("hole:% for x in y %", "hole:/if", "hole:> partial"),
    ),
    Mistake(
        "triple-brace",
        lambda t: t.start == "hole" and t.tokens[0].text == "{" and t.index == 2 and t.takes_only("EQUAL"),
        "this hole holds a brace, which begins a record",
        'write `{{name}}`; to print a brace around it write `{{"{"}}{{name}}}`',
        ("hole:{q}",),
        place=lambda t: t.at(-2),
    ),
    Mistake(
        "semicolon",
        lambda t: t.found == ";",
        "`;` separates nothing in ilang",
        "delete it: a line break is enough between declarations and `let`s, arguments take `,`, stages take `|`",
        (*in_pipeline("let x = 1; x", "f(a; b)"), "record A { a: text; b: text }", "model m;"),
    ),
    Mistake(
        "single-quotes",
        lambda t: t.found == "'",
        "a string stands in double quotes",
        "write `\"` instead of `'`",
        in_pipeline("f('a')", "'it is'"),
    ),
    Mistake(
        "curly-quotes",
        lambda t: t.found in tuple("\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb\u2033"),
        '`$found` is a typographic quote, not the `"` of a string',
        'write `"`; some editors and chat programs change it',
        in_pipeline("f(\u201ca\u201d)"),
    ),
    Mistake(
        "backquotes",
        lambda t: t.found == "`",
        "a back quote means nothing in ilang",
        'a string stands in `"`, a text of several lines in `"""`',
        in_pipeline("`a`"),
    ),
    Mistake(
        "slash-comment",
        lambda t: t.spells("//", 0) or t.spells("//") or t.spells("/*", 0) or t.spells("/*"),
        "a comment begins with `#`",
        "write `#`, or `##` for the documentation of the declaration below",
        ("// hello", "/* hello */", *in_pipeline("a // b", "a /* b */")),
        place=lambda t: sign(t) if t.found in ("/", "*") else t.at(),
    ),
    Mistake(
        "foreign-and",
        lambda t: t.found == "&",
        "`&&` is written `and`",
        "write `and`",
        in_pipeline("a && b", "a & b"),
    ),
    Mistake(
        "foreign-or",
        lambda t: t.found == "|" and t.spells("||"),
        "`||` is written `or`",
        "write `or`; one `|` feeds a stage",
        in_pipeline("a || b"),
        place=both,
    ),
    Mistake(
        "foreign-not",
        lambda t: t.found == "!",
        "`!` is written `not`",
        "write `not`; unequal is `!=`",
        in_pipeline("!a", "if !a { b } else { c }"),
    ),
    Mistake(
        "foreign-pipe",
        lambda t: t.found in (">", ">=") and t.spells("|>"),
        "`|>` is written `|`",
        "write `|`",
        in_pipeline("a |> vote"),
        place=both,
    ),
    Mistake(
        "foreign-assignment",
        lambda t: (
            t.spells(":=", 0) or t.spells("++") or (t.found == "=" and t.touches() and t.word(-1) in tuple("+-*/"))
        ),
        "nothing is assigned in ilang: a name keeps its value",
        "name a new value with `let x = ...` before the block's result",
        in_pipeline("x := 3", "let x := 3 x", "a += 1", "a++"),
        place=sign,
    ),
    Mistake(
        "foreign-comparison",
        lambda t: any(t.spells(sign) for sign in ("===", "!==", "<>")),
        "`$before$found` is no comparison of ilang",
        "the comparisons are `== != < <= > >=`, `in` and `not in`",
        in_pipeline("a === b", "a !== b", "a <> b"),
        place=both,
    ),
    Mistake(
        "foreign-comparison",
        lambda t: t.found == "is" and t.juxtaposed() and not t.at_declaration(),
        "`is` is written `==`",
        "write `==`, or `!=` for `is not`",
        in_pipeline("a is b", "if a is b { c } else { d }", "f(a is b)"),
    ),
    Mistake(
        "foreign-comparison",
        lambda t: t.spells("=<", 0),
        "`=<` is written `<=`",
        "write `<=`",
        in_pipeline("a =< b"),
        place=sign,
    ),
    Mistake(
        "foreign-power",
        lambda t: t.found == "*" and t.spells("**") and t.touches(),
        "there is no power operator",
        "write `x * x`, or `exp(n * log(x))`",
        in_pipeline("a ** b"),
        place=both,
    ),
    Mistake(
        "foreign-remainder",
        lambda t: t.found == "%",
        "`%` means nothing in ilang",
        "a percentage is a number, `0.05`; a remainder is `x - n * floor(x / n)`",
        in_pipeline("a % b", "5%"),
    ),
    Mistake(
        "foreign-unpacking",
        lambda t: t.found == "*" and t.takes_value() and t.word(-1) in ("(", ",", "[", "*"),
        "arguments are not unpacked with `*`",
        "give each argument by itself; a parameter may take a list as it is",
        in_pipeline("f(*a)", "f(a, **b)"),
    ),
    Mistake(
        "dash",
        lambda t: t.found in tuple("\u2010\u2011\u2012\u2013\u2014\u2212"),
        "`$found` is a dash, not the `-` of a subtraction",
        "write `-`",
        in_pipeline("a \u2013 b"),
    ),
    Mistake(
        "dollar",
        lambda t: t.found == "$",
        "a name has no `$` before it",
        "write the bare name; in a text it stands in a hole, `{{name}}`",
        (*in_pipeline("$q"), "hole:$q"),
    ),
    Mistake(
        "backslash",
        lambda t: t.found == "\\",
        "a backslash means nothing outside of strings",
        "delete it: lines go on by themselves; a function is written `x => f(x)`",
        in_pipeline("f(\\x => x)", "a + \\\n b"),
    ),
    Mistake(
        "bad-character",
        lambda t: t.found != "" and t.token() is not None and not (t.token() or t.tokens[0]).terminals,
        "`$found` means nothing in ilang",
        "delete it; names are made of a-z, A-Z, 0-9 and `_`",
        (*in_pipeline("é", "a @ b", "a ~ b"), "\u200bmodel m"),
        label="",
    ),
)

BRACKETS = (
    Mistake(
        "unclosed-bracket",
        lambda t: t.opener is not None and (t.found == "" or t.found in ")]}") and t.found != _CLOSERS[t.opener.text],
        "this `$open` is not closed before `$found`",
        "close it where it belongs",
        (PIPELINE + "{ q", *in_pipeline("f(q", "[1, 2"), "pipeline p(q: text", "hole:f(q"),
        place=opener,
        label="opened here",
    ),
    Mistake(
        "unclosed-bracket",
        lambda t: t.found == "->" and t.takes("RPAR") and t.in_type() and "params" not in t.stack,
        "the parameters are not closed before `->`",
        "write `)` before it",
        ("pipeline p(q: text -> text { q }", "prompt p(q: text, n: int? -> text { q }"),
        place=opener,
        label="opened here",
    ),
    Mistake(
        "extra-bracket",
        lambda t: t.opener is None and t.found in (")", "]", "}"),
        "this `$found` closes nothing",
        "delete it, or open it where it belongs",
        (PIPELINE + "{ q } }", "model m)", "hole:q)"),
    ),
)
