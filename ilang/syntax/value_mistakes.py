"""Mistakes in blocks and values."""

from __future__ import annotations

from ilang.syntax.automaton import END
from ilang.syntax.mistake import PIPELINE, Mistake, before, both, in_pipeline
from ilang.syntax.reading import RESERVED

VALUES = (
    Mistake(
        "let-has-no-type",
        lambda t: t.found == ":" and t.on_top("LET", "NAME"),
        "`:` introduces a type; a `let` has none and gives its value with `=`",
        "write `let $before = ...`",
        in_pipeline("let x: 3 x", "let x: int = 3 x"),
    ),
    Mistake(
        "let-with-parameters",
        lambda t: t.found == "(" and t.on_top("LET", "NAME"),
        "a `let` has no parameters",
        "make it a pipeline: `pipeline $before(x: text) -> text { ... }`",
        in_pipeline("let f(x) = x f(q)"),
    ),
    Mistake(
        "missing-equals",
        lambda t: t.takes_only("EQUAL") and t.on_top("*", "NAME") and t.found != ":",
        "behind `$before` stands `=` and a value",
        "write `$before = ...`",
        (*in_pipeline("let x 3", "{ a }"), 'test "a" { replies p ["x"] expect 1 }'),
        place=both,
    ),
    Mistake(
        "colon-for-equals",
        lambda t: t.found == ":" and t.takes("EQUAL"),
        "`:` introduces a type; a value is given with `=`",
        "write `$before=...`",
        in_pipeline("f(n: 3)", "{ a: 1 }"),
    ),
    Mistake(
        "quoted-field",
        lambda t: (
            (t.is_a("STRING") and t.on_top("LBRACE") and t.takes("NAME") and not t.takes_value())
            or (t.found in (":", "=") and t.is_a("STRING", -1) and t.takes_operator())
        ),
        "the name of a field has no quotes",
        "write `{ title = x }`",
        in_pipeline('{ "a": 1 }', '"a": 1'),
    ),
    Mistake(
        "reserved-name",
        lambda t: t.found in ("=", "=>") and t.word(-1) in RESERVED,
        "`$before` is a word of the language and cannot be a name",
        "take another name",
        in_pipeline("f(it=3)", "f(it => it)"),
        place=before,
    ),
    Mistake(
        "function-without-parameters",
        lambda t: t.found == ")" and t.word(-1) == "(" and t.word(1) == "=>",
        "a function has at least one parameter",
        "give the value itself: where a function is expected, a value stands for the function that always gives it",
        in_pipeline("f(() => 3)"),
        place=lambda t: t.at(-1).to(t.at(1)),
    ),
    Mistake(
        "brackets-around-one-parameter",
        lambda t: (
            t.found == "=>"
            and t.word(-1) == ")"
            and t.opener is not None
            and t.opener.text == "("
            and t.takes_operator()
        ),
        "a single parameter has no brackets",
        "write `x => ...`; two are `(a, b) => ...`",
        in_pipeline("f((x) => x)"),
        place=before,
    ),
    Mistake(
        "function-outside-argument",
        lambda t: t.found == "=>",
        "a function can only be an argument",
        "write it where it is passed: `each(x => f(x))`; what is used twice is a pipeline",
        in_pipeline("x => x", "let f = x => x f", "q | x => x", "[x => x]"),
    ),
    Mistake(
        "thin-arrow",
        lambda t: t.found == "->" and t.takes_operator(),
        "a function is written with `=>`",
        "write `$before => ...`",
        in_pipeline("f(x -> x)"),
    ),
    Mistake(
        "single-equals",
        lambda t: t.found == "=" and t.takes_operator(),
        "`=` gives a value to a name; comparing is `==`",
        "write `==` to compare, `let x = ...` to name, `{ { a = 1 } }` for a block that gives a record",
        (*in_pipeline("if a = 3 { b } else { c }", "x = 3"), 'test "a" { expect x = 3 }'),
    ),
    Mistake(
        "operator-behind-stage",
        lambda t: t.is_operator() and t.behind_stage(),
        "`$found` cannot stand behind a stage",
        "put the pipe in brackets: `(q | vote) $found ...`",
        (*in_pipeline("q | vote == 3", "q | f(x) + 1", "q | .winner in a"), 'test "a" { expect q | vote == 3 }'),
    ),
    Mistake(
        "comparison-chain",
        lambda t: t.is_operator() and not t.at_declaration() and (t.takes("AND") or t.on_top("pipe")),
        "comparisons do not chain",
        "write `a < b and b < c`",
        in_pipeline("a < b < c", "a == b in c"),
    ),
    Mistake(
        "if-without-else",
        lambda t: t.on_top("IF", "value", "block"),
        "an `if` always has an `else`, as it gives a value",
        "write `else { ... }`; what gives nothing is `none`",
        in_pipeline("if a { b }", "if a { b } else if c { d }", "if a { b } q"),
    ),
    Mistake(
        "else-needs-braces",
        lambda t: t.on_top("block", "ELSE"),
        "what follows `else` stands in braces",
        "write `else { ... }` or `else if`",
        in_pipeline("if a { b } else c"),
    ),
    Mistake(
        "ternary",
        lambda t: t.found == "?" and (t.takes_operator() or t.on_top("pipe") or t.behind_stage()),
        "there is no `?` between values",
        "write `if a { b } else { c }`; for a value that may be missing, `x | otherwise(y)`",
        in_pipeline("a ? b : c", "a ?? b", "q | vote | .winner ?? 0", "q | best ?? 0"),
    ),
    Mistake(
        "if-needs-braces",
        lambda t: (
            t.takes("LBRACE")
            and (t.takes_operator() or t.on_top("IF", "value"))
            and not t.takes("RBRACE")
            and "IF" in t.stack
            and (t.found in (":", "then") or t.juxtaposed() or t.on_top("IF", "value"))
        ),
        "what an `if` chooses stands in braces",
        "write `if a { b } else { c }`",
        in_pipeline("if a: b", "if a then b else c", "if (a) b else c"),
    ),
    Mistake(
        "within-needs-braces",
        lambda t: t.on_top("WITHIN", "args"),
        "what `within` bounds stands in braces",
        "write `within(usd=0.05) { ... }`",
        in_pipeline("within(usd=1) q"),
    ),
    Mistake(
        "number-with-unit",
        lambda t: t.is_a("NUMBER", -1) and t.touches() and (t.is_a("NAME") or t.is_a("TYPE")),
        "`$before$found` is no number",
        "write the number in full, `16_000`; a name does not begin with a digit",
        in_pipeline("16k", "2x"),
        place=both,
    ),
    Mistake(
        "bad-number",
        lambda t: (
            (t.word(-1) == "." and t.is_a("NUMBER", -2)) or (t.found == "." and t.is_a("NUMBER", 1) and t.takes_value())
        ),
        "a number has digits on both sides of its one point",
        "write `0.5`, `5.0`",
        in_pipeline(".5", "1.5.2", "5. + 1"),
        place=lambda t: t.at(-2).to(t.at(-1)) if t.word(-1) == "." else t.at().to(t.at(1)),
    ),
    Mistake(
        "no-index",
        lambda t: t.found == "[" and (t.takes_operator() or t.juxtaposed()) and not t.takes("COLON") and t.touches(),
        "elements are not picked by number",
        "use `| first`, `| last`, or `| prune(keep=n)`",
        in_pipeline("q[0]", "f(q)[1]", "q | vote[0]"),
    ),
    Mistake(
        "type-called",
        lambda t: t.takes_only("DOT") and t.is_a("TYPE", -1) and t.found in ("(", "{"),
        "a record is made without its type's name",
        "write `{ title = x, body = y }`: the place says which record it is",
        in_pipeline("Article(title=q)", "Article { title = q }"),
        place=before,
    ),
    Mistake(
        "type-as-value",
        lambda t: t.takes_only("DOT") and t.is_a("TYPE", -1),
        "`$before` is a type, not a value",
        "a member of an enum is `$before.member`; names of values are written small",
        in_pipeline("Label", "q == Label"),
        place=before,
    ),
    Mistake(
        "called-result",
        lambda t: t.found == "(" and t.touches() and t.word(-1) in (")", "]", "}"),
        "what a call gives is not called in turn",
        "feed it on with `|`, or name it with `let`",
        in_pipeline("f(a)(b)"),
    ),
    Mistake(
        "no-tuples",
        lambda t: t.found == "," and t.on_top("LPAR", "pipe"),
        "there are no tuples",
        "write a list, `[a, b]`, or a record, `{ x = a, y = b }`",
        in_pipeline("(a, b)"),
    ),
    Mistake(
        "extra-comma",
        lambda t: t.found == "," and (t.takes_value() or t.takes("NAME")) and t.word(-1) in ("(", "[", "{", ","),
        "nothing stands before this comma",
        "delete it",
        (*in_pipeline("f(a,, b)", "f(, a)", "[, 1]"), "enum A { x,, y }"),
    ),
    Mistake(
        "missing-comma",
        lambda t: t.takes("COMMA") and t.begins_value() and not t.at_declaration(),
        "a comma is missing between `$before` and `$found`",
        "write `,` between them, or `|` to feed a stage",
        (
            *in_pipeline("f(a b)", "[1 2]", "f(a=1 b=2)", "{ a = 1 b = 2 }"),
            "pipeline p(a: int b: int) -> int { a }",
            "enum A { x y }",
        ),
        place=both,
    ),
    Mistake(
        "empty-block",
        lambda t: t.found == "}" and t.takes("LET") and t.on_top("LBRACE"),
        "this block is empty",
        "write the value that it gives between the braces",
        (PIPELINE + "{ }", *in_pipeline("if a { } else { b }", "within(usd=1) { }")),
        place=both,
    ),
    Mistake(
        "block-without-result",
        lambda t: t.found == "}" and t.takes("LET"),
        "this block names values and gives none",
        "write the block's result behind its `let`s",
        in_pipeline("let x = 1", "let x = 1 let y = 2"),
    ),
    Mistake(
        "let-after-result",
        lambda t: t.found == "let" and t.takes("RBRACE"),
        "a `let` stands before the result of its block",
        "move it up, before the value that the block gives",
        in_pipeline("q let x = 1", "let a = 1 a let b = 2"),
    ),
    Mistake(
        "two-results",
        lambda t: t.takes("RBRACE") and t.juxtaposed() and t.opener is not None and t.opener.text == "{",
        "a block has one result, and here a second value begins",
        "feed the first on with `|`, name it with `let`, or join both with an operator",
        in_pipeline("f(q) vote", "a b", "f(x) { y }", "q\n  sample(n=8)", "print q"),
    ),
    Mistake(
        "hole-with-two-values",
        lambda t: t.takes_only(END) or (t.start == "hole" and t.juxtaposed()),
        "a hole holds one value",
        'feed it on with `|`, or write two holes; to print braces write `{{"{{"}}`',
        ("hole:q q", "hole:end of x", "hole:q | vote x"),
    ),
    Mistake(
        "missing-value",
        lambda t: t.takes_value() and t.word(-1) != "",
        "behind `$before` a value is missing",
        "write one, or delete `$before`",
        (
            *in_pipeline("a +", "let x =", "not", "f(n=)", "a == ", "()", "a + * b"),
            "pipeline p(n: int =) -> int { n }",
        ),
        place=lambda t: t.at(-1).to(t.at()) if t.touches() and t.found == ")" else t.at(-1),
    ),
    Mistake(
        "missing-field",
        lambda t: t.word(-1) == "." and t.takes("NAME"),
        "behind `.` the name of a field is missing",
        "write `it.score`, `| .winner`",
        in_pipeline("q.", "q.3", "q | .", "q | .1"),
    ),
)
