"""The fields that `mark` gives: their types, wherever they are read."""

from __future__ import annotations

import pytest

from tests.check.checking import checked, problems, refused

SAY = 'prompt say(q: text) -> text """{{q}}"""\n'


@pytest.mark.parametrize(
    "body",
    [
        # any type
        'say(q) | sample | mark(why="x") | each(upper(it.why))',
        "say(q) | sample | mark(deep=it.tokens > 3) | prune(unless=it.deep, keep=1) | each(it.text) | otherwise([])",
        "say(q) | sample | mark(back=it.parent) | each(it.back.text)",
        "say(q) | sample | mark(mine=it) | each(it.mine)",
        "say(q) | sample | mark(ws=[it.text]) | each(it.ws | first)",
        # from what it was
        "say(q) | sample | mark(k=1) | mark(k=it.k + 1) | each(show(it.k))",
        "say(q) | sample | mark(k=0) | mark(k=it.k + 0.5) | each(show(it.k))",
        "say(q) | sample | mark(k=0) | repeat(max=3) { mark(k=it.k + it.number) } | each(show(it.k))",
        # of another candidate
        'say(q) | sample | mark(k=1) | each(c => show(c.parent.k) + (c.others | each(show(it.k)) | join("")))',
        # several names, none of which sees another
        'say(q) | sample | mark(a=1, b="x") | mark(a=it.a + 1, b=it.b + "y") | each(it.b)',
        # read before it is made, in the order of the text
        'say(q) | sample | repeat(max=2) { score(length(it.note)) | mark(note="x") } | each(it.note)',
    ],
)
def test_a_mark_has_the_type_that_it_is_given(body: str) -> None:
    checked(f"{SAY}pipeline main(q: text) -> list[text] {{ {body} }}")


def test_a_mark_may_be_read_in_a_pipeline_that_does_not_make_it() -> None:
    reads = "pipeline notes(pool: candidates[text]) -> list[text] { pool | each(upper(it.note)) }\n"
    makes = 'pipeline main(q: text) -> list[text] { say(q) | sample | mark(note="x") | notes }\n'
    checked(f"{SAY}{reads}{makes}")
    checked(f"{SAY}{makes}{reads}")


def test_marks_of_marks_are_known_in_any_order() -> None:
    checked(
        f"{SAY}pipeline a(pool: candidates[text]) -> list[text] {{ pool | mark(one=it.two) | each(upper(it.one)) }}\n"
        'pipeline main(q: text) -> list[text] { say(q) | sample | mark(two="x") | a }\n'
    )


def test_pipelines_may_give_one_name_different_types() -> None:
    checked(
        f"{SAY}pipeline a(q: text) -> list[int] {{ say(q) | sample | mark(k=1) | each(it.k + 1) }}\n"
        'pipeline b(q: text) -> list[text] { say(q) | sample | mark(k="x") | each(it.k + "y") }\n'
        "pipeline main(pool: candidates[text]) -> list[text] { pool | each(show(it.k)) }\n"
    )


def test_a_mark_that_none_makes_is_no_field() -> None:
    assert refused(f"{SAY}pipeline main(q: text) -> list[text] {{ say(q) | sample | each(it.note) }}") == [
        "unknown-field"
    ]


def test_a_wrong_mark_is_told_once() -> None:
    found = problems(
        f"{SAY}pipeline reads(pool: candidates[text]) -> list[text] {{ pool | each(upper(it.note)) }}\n"
        "pipeline main(q: text) -> list[text] { say(q) | sample | mark(note=unknown) | reads }"
    )
    assert [d.code for d in found] == ["unknown-name"]


def test_tests_keep_their_order_where_bodies_are_checked_again() -> None:
    program = checked(
        f'{SAY}test "one" {{ replies say = ["a"] expect (say("q") | sample | each(upper(it.k))) == ["A"] }}\n'
        'test "two" { expect 1 == 1 }\n'
        'pipeline main(q: text) -> text { say(q) | sample | mark(k="x") | best }\n'
    )
    assert [t.name for t in program.tests] == ["one", "two"]


def test_no_mistake_is_lost_where_bodies_are_checked_again() -> None:
    found = problems(
        f"{SAY}pipeline reads(pool: candidates[text]) -> number {{ max(pool | each(upper(it.note)) | length, unknown) }}\n"
        'pipeline main(q: text) -> number { say(q) | sample | mark(note="x") | reads }'
    )
    assert [d.code for d in found] == ["unknown-name"]


@pytest.mark.parametrize(
    "body", ['mark(k="x") | each(it.k + 1)', "mark(k=1) | each(upper(it.k))", "mark(k=true) | prune(unless=it.k > 1)"]
)
def test_a_mark_is_checked(body: str) -> None:
    assert "type-mismatch" in refused(f"{SAY}pipeline main(q: text) -> list[text] {{ say(q) | sample | {body} }}")
