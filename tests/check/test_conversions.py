"""What stands for what: the conversions that the language allows, each written out as a term, and no other."""

from __future__ import annotations

import pytest

from ilang.base.type import ANY, ListOf
from ilang.check.term import CallBuiltin, CallPipeline, CallPrompt, CallPython, Constant, Convert, Lambda, Local, Term
from ilang.check.walk import all_terms
from tests.check.checking import gives, probe, refused_expression


def conversions(expression: str) -> list[str]:
    """How the conversions of an expression go, from the outside in and from left to right.

    A call of Python that holds its own result against its place counts as `checked`.
    """
    found = [t for t in all_terms(probe(expression)) if isinstance(t, Convert) or is_held(t)]
    ways = [
        t.how if isinstance(t, Convert) else "checked" for t in sorted(found, key=lambda t: (t.span.start, -t.span.end))
    ]
    return ways


def is_held(term: Term) -> bool:
    """Whether it is a call of a function that says nothing of its result, held against a type."""
    declared = {"anything": ANY, "lines_of": ListOf(ANY)}
    return isinstance(term, CallPython) and term.type != declared.get(term.key.rpartition(":")[2], term.type)


@pytest.mark.parametrize(
    ("expression", "how"),
    [
        # a pool stands for its values where a list is expected
        ("sum(pool)", ["values"]),
        ('texts | join(", ")', ["values"]),
        ("pool | max", ["values"]),
        ("first_of(pool, 3)", ["values"]),
        ("3 in pool", ["values"]),
        ("texts | length", ["values"]),
        # a candidate stands for its value where a value is expected
        ("pool | score(it)", ["value"]),
        ("pool | score(it + 1)", ["value"]),
        ("texts | score(length(it))", ["value"]),
        ("pool | each(it)", ["value"]),
        ("pool | each([it])", ["value"]),
        ("pool | each({ a = it })", ["value"]),
        ('texts | each("""{{it}}""")', ["value"]),
        ("pool | prune(unless=it > 3)", ["value"]),
        ("pool | any(it in xs)", ["value"]),
        ("pool | mark(k=it)", ["value"]),
        ("pool | each(c => c)", ["value"]),
        ("pool | each(if sure { it } else { 3 })", ["value"]),
        ("texts | score(rate(it) | ask)", ["value"]),
        ("texts | verify(tests_pass(it, q))", ["verdict", "value"]),
        # ... and for itself where one is
        ("pool | each(it.text)", []),
        ("pool | each(it.parent.text)", []),
        ("pool | each(it.parent)", []),
        ("pool | score(it.parent)", ["value"]),
        # what did not parse stands for its text in refine and extend, where a text is expected
        ("texts | refine(say(it))", ["value_or_text"]),
        ("texts | refine(c => say(c))", ["value_or_text"]),
        ("texts | refine(say)", ["value_or_text"]),
        ("texts | refine(it | say)", ["value_or_text"]),
        ('texts | refine(say("again: " + it))', ["value_or_text"]),
        ('texts | refine(say("""again: {{it}}"""))', ["value_or_text"]),
        ("texts | extend(say(it))", ["value_or_text"]),
        ("texts | score(rate(it) | ask(small))", ["value"]),
        # a bool, a number, a record with `ok` for a Verdict
        ("pool | verify(it > 3)", ["verdict", "value"]),
        ("pool | verify(it)", ["verdict", "value"]),
        ("pool | verify({ ok = sure })", ["verdict"]),
        ("pool | verify(verdict)", []),
        ("texts | verify(judge(it) | ask)", ["value"]),
        ("texts | verify(tests_pass)", ["verdict", "value"]),
        ("texts | checked(length(it))", ["verdict"]),
        # what Python gives is held against its place
        ("twice(anything(3))", ["checked"]),
        ("upper(anything(3).name)", ["checked"]),
        ("anything(3) | each(it.name)", ["checked"]),
        ("lines_of(q) | each(upper(it))", ["checked"]),
        ('lines_of(q) | join(", ")', ["checked"]),
        ("if anything(3) { 1 } else { 2 }", ["checked"]),
        ("[anything(3), 2]", ["checked"]),
        ("pool | score(anything(it))", ["checked", "value"]),
        ("pool | score(anything)", ["checked", "value"]),
        ("texts | verify(anything(it))", ["checked", "value"]),
        # an int is a number, and a T is a T?
        ("twice(n)", []),
        ("[1, 2] + xs", []),
        ("first_of([1], maybe)", []),
        ("ns | sum", []),
    ],
)
def test_conversion(expression: str, how: list[str]) -> None:
    assert conversions(expression) == how


@pytest.mark.parametrize(
    "expression",
    [
        "twice(q)",
        "upper(n)",
        "q + n",
        "twice(pool)",
        "twice(votes)",
        "twice(r)",
        "twice(sure)",
        "not n",
        "not q",
        "upper(l)",
        "[1] + [q]",
        "length(article)",
        "sum(n)",
        "round(x, 1.5)",
        "pool | prune(keep=1.5)",
        "pool | score(it > 3)",
        "texts | score(it)",
        "texts | verify(it)",
        "pool | verify({ ok = 3 })",
        "pool | verify({ good = true })",
        "texts | best(by=it)",
        "pool | prune(unless=it)",
        "pool | add(xs)",
        "pool | add(texts)",
        "pool | vote(prior=said)",
        "votes | share_of(q)",
        "r | sample(n=x)",
        "r | sample(model=q)",
        "articles | refine(say(it))",
        "xs | vote",
        "article == q",
        'l == "bug"',
        "voting",
    ],
)
def test_no_other_conversion(expression: str) -> None:
    assert 1 <= len(refused_expression(expression)) <= 2


@pytest.mark.parametrize(
    ("result", "expression"),
    [
        ("list[number]", "pool"),
        ("list[text]", "texts"),
        ("list[number]", "ns"),
        ("number", "n"),
        ("number?", "n"),
        ("number?", "none"),
        ("candidates[number]?", "pool"),
        ("Verdict", "sure"),
        ("Verdict", "x"),
        ("Verdict", "{ ok = sure }"),
        ("Verdict", "if sure { verdict } else { false }"),
        ("list[number]", "if sure { pool } else { xs }"),
        ("Article", '{ body = q, title = "x" }'),
        ("Article", "{ title = q, body = q, year = 2024 }"),
        ("list[Article]", "[{ title = q, body = q }, article]"),
        ("list[Article]", "ts | each({ title = it, body = q })"),
        ("{ title: text }", "{ title = q }"),
        ("Article", "anything(q)"),
        ("list[Article]", "lines_of(q)"),
        ("Label", "anything(q)"),
        ("Verdict", "tests_pass(q)"),
        ("text", "let a = q let b = a + a b"),
        ("model", "chosen(sure)"),
        ("request[number]", "r"),
        ("tally[text]", "said"),
        ("list[request[number]]", "[r, solve(q)]"),
        ("T?", "items | prune(keep=1) | first"),
        ("list[T]", "items + [item]"),
        ("list[list[text]]", "[[], ts]"),
        ("list[number]?", "pool | prune(unless=it > 3)"),
        ("list[Article]", "[article] + (ts | each({ body = it, title = q }))"),
        ("Verdict?", "maybe"),
        ("text?", "maybe_text(q)"),
        ("list[Article]", "ts | each({ title = it, body = q }) | prune(keep=2)"),
        ("Article?", "ts | each({ title = it, body = q }) | first"),
        ("list[Article]", "if sure { [article] } else { ts | each({ body = it, title = q }) }"),
    ],
)
def test_a_pipeline_gives_what_it_declares(result: str, expression: str) -> None:
    gives(result, expression)


# ---- arguments that are functions --------------------------------------------------------------


def argument(expression: str) -> Term:
    """The argument `f` of the outermost stage."""
    term = probe(expression)
    assert isinstance(term, CallBuiltin)
    return dict(zip(term.names, term.arguments, strict=True))["f"]


def test_an_argument_that_mentions_it_is_a_function() -> None:
    found = argument("pool | score(it.tokens)")
    assert isinstance(found, Lambda) and len(found.params) == 1


def test_a_written_function_is_itself() -> None:
    found = argument("pool | score(c => c.tokens)")
    assert isinstance(found, Lambda) and [p.name for p in found.params] == ["c"]


def test_any_other_value_is_the_function_that_always_gives_it() -> None:
    found = argument("pool | score(twice(x))")
    assert isinstance(found, Constant) and isinstance(found.value, CallPipeline)


def test_them_makes_no_function() -> None:
    term = probe("pool | score(them | length)")
    assert any(isinstance(t, Constant) for t in all_terms(term))


@pytest.mark.parametrize(
    ("expression", "called"),
    [
        ("pool | score(twice)", CallPipeline),
        ("texts | score(reward)", CallPython),
        ("texts | refine(say)", CallPrompt),
        ("texts | each(length)", CallBuiltin),
        ("ts | each(length)", CallBuiltin),
        ("xs | each(abs)", CallBuiltin),
        ("ts | each(say)", CallPrompt),
        ("ts | each(rate)", CallPrompt),
        ("texts | checked(tests_pass)", CallPython),
        ("apply(upper, q)", CallBuiltin),
        ("say(q) | best_by(reward)", CallPython),
        ("ts | each(f)", Local),
        ("[r] | each(voting.self_consistency)", CallPipeline),
    ],
)
def test_a_name_passes_what_it_names(expression: str, called: type[Term]) -> None:
    assert any(isinstance(t, called) for t in all_terms(probe(expression)))
