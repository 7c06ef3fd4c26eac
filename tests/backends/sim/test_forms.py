"""A prompt's words decide the form of the reply."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ilang.base.value import Message
from ilang_backends.sim.form import Code, Fill, Judge, Pick, Plain, Rate, Solve, detect
from tests.backends.sim.asking import ask, mean, one, request, sim

SOLVED = 'Solve step by step. Finish with a line "Answer: <number>".\n\nWhat is 2 + 2?'


@pytest.mark.parametrize(
    ("prompt", "form"),
    [
        (SOLVED, Solve()),
        ("What is 2 + 2?", Solve()),
        ("Write a short essay on apples, pears or plums.", Solve()),
        ("She has apples, pears or plums. How many apples, pears or plums are there?", Solve()),
        ("How many numbers from 1 to 10 are prime?", Solve()),
        ("Label it as bug, feature or question.", Pick(("bug", "feature", "question"))),
        ('When you know, write "Final: ..." instead.', Solve("Final:")),
        ('Finish with a line "Total: <number>".', Solve("Total:")),
        ('Write "Note: this is hard" first.', Solve()),
        ("end the step with \\boxed{...}.", Solve("\\boxed{")),
        ("Is it so? Reply true or false.", Judge("true", "false")),
        ("Is it wrong? Yes or no.", Judge("yes", "no", inverted=True)),
        ("From 0 to 10, how polite is it? Reply with the number.", Rate(0, 10)),
        ("Grade the reply from 1 to 5. Reply with the digit only.", Rate(1, 5)),
        ("How hard is this for a student: easy, medium or hard? 2 + 2", Pick(("easy", "medium", "hard"))),
        ('Reply with one of: "bug", "feature request".', Pick(("bug", "feature request"))),
        ("2 + 2? Options: 3, 4, 5", Pick(("3", "4", "5"))),
        ("1. a\n\n2. b\n\nReply with the number of the plan most like the others.", Pick(("1", "2"))),
        ("Write a Python function. One code block.", Code()),
        ("What is 2 + 2? Reply with the number only.", Plain()),
    ],
)
def test_the_form(prompt: str, form: Any) -> None:
    assert detect([Message("user", prompt)], None) == form


def test_the_last_message_decides_then_the_system_message() -> None:
    talk = [Message("user", SOLVED), Message("assistant", "2 + 2"), Message("user", "Start over? true or false")]
    assert detect(talk, None) == Judge("true", "false", inverted=True)
    assert detect([Message("system", "Reply yes or no."), Message("user", "2 + 2 is 5")], None) == Judge("yes", "no")


def test_a_schema_decides_before_all_words() -> None:
    assert detect([Message("user", SOLVED)], '{"type":"object"}') == Fill('{"type":"object"}')
    assert detect([Message("user", SOLVED)], '{"type":"boolean"}') == Judge("true", "false")
    assert detect([Message("user", SOLVED)], '{"enum":["a","b"]}') == Pick(('"a"', '"b"'))


@pytest.mark.parametrize(
    "prompt",
    ["What is {} * 2 + 1? Reply with the number only.", "What is {} * 2 + 1? One code block."],
)
def test_an_answer_at_once_has_the_declared_accuracy(prompt: str) -> None:
    replies = ask(sim(accuracy=0.6), *(request(prompt.format(q), n=2) for q in range(400)))
    right = [
        mean([str(2 * q + 1) in c.text.split() or c.text == str(2 * q + 1) for c in choices])
        for q, choices in enumerate(replies)
    ]
    assert abs(mean(right) - 0.6) < 0.06


def test_a_choice_among_options_has_the_declared_accuracy() -> None:
    prompts = [f"What is {q} * 2 + 1? Options: {2 * q + 2}, {2 * q + 1}, {2 * q + 11}" for q in range(400)]
    replies = ask(sim(accuracy=0.6), *(request(prompt, n=2) for prompt in prompts))
    right = [mean([c.text == str(2 * q + 1) for c in choices]) for q, choices in enumerate(replies)]
    assert abs(mean(right) - 0.6) < 0.06


SCHEMA: dict[str, Any] = {
    "type": "object",
    "$defs": {"tone": {"enum": ["neutral", "positive"]}},
    "properties": {
        "title": {"type": "string", "maxLength": 12},
        "tone": {"$ref": "#/$defs/tone"},
        "bullets": {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 5},
        "stars": {"type": "integer", "minimum": 1, "maximum": 5},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "note": {"type": ["string", "null"]},
        "source": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"page": {"type": "integer"}}}]},
        "sure": {"type": "boolean"},
    },
    "required": ["title", "tone", "bullets", "stars"],
}


def test_a_schema_is_filled_in() -> None:
    asked = request("Summarise this article.", schema=json.dumps(SCHEMA), n=40)
    values = [json.loads(choice.text) for choice in ask(sim(), asked)[0]]
    for value in values:
        assert value.keys() == SCHEMA["properties"].keys()
        assert isinstance(value["title"], str) and len(value["title"]) <= 12
        assert value["tone"] in ("neutral", "positive")
        assert 3 <= len(value["bullets"]) <= 5
        assert 1 <= value["stars"] <= 5 and isinstance(value["stars"], int)
        assert 0 < value["share"] <= 1
        assert isinstance(value["source"]["page"], int)
    assert len({json.dumps(value) for value in values}) > 10


def test_a_recursive_schema_ends() -> None:
    tree = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#"}}}, "required": ["kids"]}
    assert "kids" in json.loads(one(sim(), request("A tree.", schema=json.dumps(tree))).text)


@pytest.mark.parametrize("kind", ["number", "integer"])
def test_a_field_called_answer_holds_it(kind: str) -> None:
    schema = {"type": "object", "properties": {"why": {"type": "string"}, "answer": {"type": kind}}}
    choice = one(sim(accuracy=1.0), request("What is 2 + 2?", schema=json.dumps(schema)))
    assert json.loads(choice.text)["answer"] == 4


def test_a_marked_yes_or_no_question_is_answered_not_judged() -> None:
    asked = [request(f"Is {q} even? Yes or no. [gold: {'yes' if q % 2 == 0 else 'no'}]") for q in range(300)]
    right = [c[0].text == ("yes" if q % 2 == 0 else "no") for q, c in enumerate(ask(sim(accuracy=0.8), *asked))]
    assert abs(mean(right) - 0.8) < 0.07


def test_a_reply_in_one_go_can_be_taken_up_again() -> None:
    asked = "Invent something."
    schema = json.dumps(SCHEMA)
    whole = one(sim(), request(asked, schema=schema)).text
    begun = " ".join(whole.split(" ")[:3])
    assert begun + one(sim(), request(asked, prefill=begun, schema=schema)).text == whole
