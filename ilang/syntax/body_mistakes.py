"""Mistakes in what stands between the braces of a prompt or a test."""

from __future__ import annotations

from ilang.syntax.mistake import Mistake, in_prompt

_ROLES = frozenset(("system", "user", "assistant"))

PROMPTS = (
    Mistake(
        "two-answers",
        lambda t: t.in_a("PROMPT") and t.found == "answer" and "ANSWER" in t.stack[-3:],
        "a prompt has one `answer`",
        "delete one of them",
        in_prompt('user """a""" answer json answer whole', 'user """a""" answer after("A:") answer json'),
    ),
    Mistake(
        "answer-first",
        lambda t: t.in_a("PROMPT") and t.found == "answer" and t.takes_only("INCLUDE", "ROLE"),
        "`answer` stands behind the messages",
        'write the messages first: `user """..."""`',
        in_prompt('answer json user """a"""', "answer json"),
    ),
    Mistake(
        "answer-not-last",
        lambda t: t.in_a("PROMPT") and "ANSWER" in t.stack[-3:] and (t.found in _ROLES or t.found == "include"),
        "no message stands behind `answer`",
        "move `answer` to the end of the prompt",
        in_prompt('user """a""" answer json assistant """b"""'),
    ),
    Mistake(
        "empty-prompt",
        lambda t: t.in_a("PROMPT") and t.found == "}" and t.takes_only("INCLUDE", "ROLE"),
        "a prompt has at least one message",
        'write `user """..."""` between the braces',
        in_prompt(""),
    ),
    Mistake(
        "text-without-role",
        lambda t: t.in_a("PROMPT") and t.is_a("TEXT") and t.takes("ROLE"),
        "a message says who speaks",
        'write `user """..."""`; a prompt of one user message may be the text alone, without braces',
        in_prompt('"""a"""', 'user """a""" """b"""'),
    ),
    Mistake(
        "role-needs-text",
        lambda t: t.on_top("ROLE"),
        'behind a role stands what is said, in `"""`',
        'write `$before """..."""`',
        in_prompt('user: """a"""', 'user { """a""" }', "user q"),
    ),
    Mistake(
        "unknown-role",
        lambda t: t.in_a("PROMPT") and t.takes("ROLE") and t.begins_value(),
        "`$found` is no role",
        "the roles are `system`, `user` and `assistant`; `include(...)` puts in messages, `answer` stands last",
        in_prompt('human """a"""', 'user """a""" ai """b"""'),
    ),
    Mistake(
        "include-needs-brackets",
        lambda t: t.on_top("INCLUDE"),
        "what is included stands in brackets",
        "write `include(messages)`",
        in_prompt("include q"),
    ),
    Mistake(
        "answer-needs-reader",
        lambda t: t.on_top("ANSWER"),
        "`answer` says how the reply is read",
        'write `answer after("Answer:")`, `match`, `code_block`, `json`, `whole` or a function of your own',
        in_prompt('user """a""" answer', 'user """a""" answer "Answer:"'),
    ),
)

TESTS = (
    Mistake(
        "test-needs-name",
        lambda t: t.on_top("TEST"),
        "a test has a name, in quotes",
        'write `test "what should be so" { ... }`',
        ("test { expect 1 }", "test foo { expect 1 }"),
    ),
    Mistake(
        "test-without-expect",
        lambda t: t.in_a("TEST") and t.found == "}" and t.takes("EXPECT") and not t.takes("RBRACE"),
        "a test expects something",
        "write `expect main(...) == ...` as its last lines",
        ('test "a" { }', 'test "a" { replies p = ["x"] }'),
    ),
    Mistake(
        "expect-last",
        lambda t: t.in_a("TEST") and t.found in ("let", "replies") and t.takes("EXPECT") and not t.takes("LET"),
        "`$found` stands before every `expect`",
        "move it up",
        ('test "a" { expect 1 let x = 2 }', 'test "a" { expect 1 replies p = ["x"] }'),
    ),
    Mistake(
        "replies-need-list",
        lambda t: t.on_top("REPLIES", "NAME", "EQUAL"),
        "replies are a list",
        'write `replies $before ["first", "second"]`, in the order in which they are drawn',
        ('test "a" { replies p = "x" expect 1 }',),
    ),
    Mistake(
        "test-needs-expect",
        lambda t: t.in_a("TEST") and t.takes("EXPECT") and not t.takes_operator() and t.begins_value(),
        "what a test checks stands behind `expect`",
        "write `expect` before it",
        ('test "a" { x == 1 }', 'test "a" { assert x }', 'test "a" { expect x }'.replace("expect x", "check(x)")),
    ),
)
