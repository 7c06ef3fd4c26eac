"""The same question is the same problem in whatever prompt it stands."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ilang.base.value import Message
from ilang_backends.sim import expression, gold
from ilang_backends.sim.question import find, right_answer

SUM = "What is 17 * 23 + 4?"
MARKED = "How many eggs are left? [gold: 42]"
OPEN = "Janet has some ducks.\nHow many eggs does she sell?"
PROMPTS = [
    "{}",
    'Solve step by step.\nFinish with a line "Answer: <number>".\n\n{}',
    '{} Finish with "Answer: <number>".',
    "Q: What is 2 + 2?\nA: 2 + 2 = 4. Answer: 4\n\nQ: {}\nA:",
]


@pytest.mark.parametrize("question", [SUM, MARKED])
@pytest.mark.parametrize("prompt", PROMPTS[1:3])
def test_wording_changes_nothing(question: str, prompt: str) -> None:
    assert find([Message("user", prompt.format(question))]) == find([Message("user", question)])


def test_an_open_question_is_its_paragraph() -> None:
    for prompt in PROMPTS[1:3]:
        assert find([Message("user", prompt.format(OPEN))]) == find([Message("user", OPEN)])
    assert not find([Message("user", OPEN)]).known


def test_the_last_question_counts_after_worked_examples() -> None:
    assert right_answer(PROMPTS[3].format(SUM)) == "395"


def test_a_conversation_is_about_its_question() -> None:
    talk = [
        Message("system", "You are careful."),
        Message("user", SUM),
        Message("assistant", "17 + 3 = 20\n\nAnswer: 20"),
        Message("user", "Others said:\n12 + 7 = 19\n---\nAnswer: 19\nThink again."),
    ]
    assert find(talk) == find([Message("user", SUM)])
    assert (
        find([Message("user", OPEN), Message("assistant", "5"), Message("user", "Sure?")]).key
        == find([Message("user", OPEN)]).key
    )


def test_a_mark_goes_before_an_expression() -> None:
    assert right_answer("What is 2 + 2? [gold: five]") == "five"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("What is 17 * 23 + 4?", Fraction(395)),
        ("(3 + 4) * 2 =", Fraction(14)),
        ("-3 + (2 - 5)*2", Fraction(-9)),
        ("2^10", Fraction(1024)),
        ("2**3**2", Fraction(512)),
        ("1,000 - 1 please", Fraction(999)),
        ("100 / 8", Fraction(25, 2)),
        ("3 x 4", Fraction(12)),
        ("3 \u00d7 4 \u2212 2", Fraction(10)),
        ("(see 2 + 3)", Fraction(5)),
    ],
)
def test_expressions_are_worked_out(text: str, value: Fraction) -> None:
    assert [found.value for found in expression.find(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "12 + 7 = 19",
        "1 + 6 = 7\n\n7 + 5",
        "from 1-10",
        "24/7 and 1/2",
        "2024-05-01 at 10:30",
        "5 / 0",
        "Make 24 from 4 7 8 8",
        "9^9^9",
        "x2 + 3",
    ],
)
def test_what_is_no_question_is_passed_over(text: str) -> None:
    assert not list(expression.find(text))


@pytest.mark.parametrize(
    "text",
    ["(" * 400, "1 " * 3000, "1 +" * 2000, "1" + " " * 20000 + "x", "-" * 5000, "2^" * 500 + "2", "2^" * 99 + "2"],
)
def test_no_text_takes_long(text: str) -> None:
    list(expression.find(text))


@pytest.mark.parametrize(
    ("words", "answer", "agrees"),
    [
        ("42", "42.", True),
        ("42", " $42.00", True),
        ("42", "41 + 1 = 42", True),
        ("42", "43", False),
        ("42", "unknown", False),
        ("0.5", "1/2", True),
        ("1,000", "1000", True),
        ("Paris", "**paris**", True),
        ("Paris", "not Paris (+1)", False),
    ],
)
def test_an_answer_agrees_or_not(words: str, answer: str, agrees: bool) -> None:
    assert gold.gold(words).agrees(answer) is agrees


@pytest.mark.parametrize(("words", "wrong"), [("42", "44"), ("0.5", "2.5"), ("1/3", "7/3"), ("-0.25", "1.75")])
def test_a_wrong_answer_is_off_by_its_deviation(words: str, wrong: str) -> None:
    asked = gold.gold(words)
    assert gold.gold(asked.said(0)).number == asked.number
    assert asked.said(2) == wrong and not asked.agrees(wrong)
