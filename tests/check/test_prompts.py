"""Prompts: their messages, holes and includes, how their replies are read, and what their application gives."""

from __future__ import annotations

import json

import pytest

from ilang.check.program import IncludePart, Prompt, ReaderSpec
from tests.check.checking import HEAD, checked, refused


def prompt(declaration: str, name: str = "p") -> Prompt:
    """The prompt of that name, among the declarations of HEAD."""
    return checked(f"{HEAD}\n{declaration}\n").prompts[name]


def reader(declaration: str) -> ReaderSpec:
    found = prompt(declaration).reader
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("result", "extract"),
    [
        ("text", "whole"),
        ("number", "whole"),
        ("int", "whole"),
        ("bool", "whole"),
        ("Label", "whole"),
        ("Article", "json"),
        ("list[text]", "json"),
        ("list[Article]", "json"),
        ("Verdict", "json"),
        ("{ a: int }", "json"),
        ("number?", "whole"),
    ],
)
def test_left_out_the_type_says_how_to_read(result: str, extract: str) -> None:
    found = reader(f'prompt p(q: text) -> {result} """{{{{q}}}}"""')
    assert (found.extract, found.argument) == (extract, None)


@pytest.mark.parametrize(
    ("answer", "extract", "argument"),
    [
        ('after("Answer:")', "after", "Answer:"),
        ('after("""Answer:""")', "after", "Answer:"),
        ('match("([0-9]+)")', "match", "([0-9]+)"),
        ('code_block("python")', "code_block", "python"),
        ("code_block()", "code_block", ""),
        ("code_block", "code_block", ""),
        ("json", "json", None),
        ("json()", "json", None),
        ("whole", "whole", None),
    ],
)
def test_answer_says_how_to_read(answer: str, extract: str, argument: str | None) -> None:
    found = reader(f'prompt p(q: text) -> text {{ user """{{{{q}}}}""" answer {answer} }}')
    assert (found.extract, found.argument) == (extract, argument)


@pytest.mark.parametrize("function", ["reward", "tests_pass", "words", "anything", "maybe_text", "label_of"])
def test_a_python_function_may_read(function: str) -> None:
    results = {"reward": "number", "tests_pass": "bool", "words": "list[text]"}
    found = reader(f'prompt p(q: text) -> {results.get(function, "text")} {{ user """{{{{q}}}}""" answer {function} }}')
    assert (
        found.extract == "python" and found.argument is not None and found.argument.endswith(f"functions.py:{function}")
    )


def test_an_included_request_lends_its_reader() -> None:
    found = prompt(
        'prompt p(q: text, mine: text) -> number { include(solve(q)) assistant """{{mine}}""" user """Again.""" }'
    )
    assert found.reader is not None and found.reader.extract == "included"
    assert [part.reads for part in found.parts if isinstance(part, IncludePart)] == [True]


def test_of_several_included_requests_the_last_lends_its_reader() -> None:
    found = prompt("prompt p(q: text) -> number { include(solve(q)) include(say(q)) include(solve(q)) }")
    assert [part.reads for part in found.parts if isinstance(part, IncludePart)] == [False, False, True]


def test_an_included_request_of_another_type_lends_none() -> None:
    assert reader('prompt p(q: text) -> bool { include(solve(q)) user """Sure?""" }').extract == "whole"


def test_answer_goes_before_an_included_reader() -> None:
    assert reader('prompt p(q: text) -> number { include(solve(q)) answer after("=") }').extract == "after"


def test_a_generic_prompt_reads_as_what_it_includes() -> None:
    found = prompt('prompt p(request: request[T]) -> T { include(request) user """Again.""" }')
    assert found.reader is not None and found.reader.extract == "included" and str(found.reader.type) == "T"


@pytest.mark.parametrize(
    "body",
    [
        "{{q}}",
        "{{n}} {{x}} {{sure}} {{l}}",
        "{{article.title}} {{article | json}}",
        '{{ts | join("\\n")}}',
        '{{ts | numbered | join(", ")}}',
        '{{ts | each(fragment(it)) | join("\\n\\n")}}',
        "{{xs | sum}} {{length(ts)}} {{first(ts)}}",
        "{{maybe | otherwise(0)}}",
        "{{if sure { q } else { n | show }}}",
        '{{if "{{" == q { "}}" } else { "{" }}}',
        "{{photo}}",
        "{{photo}} {{q}}",
        "{{item}}",
        "{{votes.winner}} {{votes.share}}",
        '{{pool | each(it.text) | join(", ")}}',
        "{{pool | prune(keep=1) | best}}",
        "{{anything(q)}}",
        '{{words(q, 3) | join(" ")}}',
        '{{"{{"}}',
        '{{"""{{q}}"""}}',
    ],
)
def test_what_a_hole_prints(body: str) -> None:
    parameters = (
        "q: text, n: int, x: number, sure: bool, l: Label, article: Article, ts: list[text], xs: list[number], "
        "maybe: number?, photo: image, item: T, votes: tally[number], pool: candidates[number]"
    )
    prompt(f'prompt p({parameters}) -> text """{body}"""')


@pytest.mark.parametrize(
    ("hole", "code"),
    [
        ("ts", "not-printable"),
        ("article", "not-printable"),
        ("maybe", "may-be-none"),
        ("none", "may-be-none"),
        ("solve(q)", "not-printable"),
        ("solve(q) | ask", "model-in-hole"),
        ("solve(q) | sample | best", "model-in-hole"),
        ("positive(q) | otherwise(0)", "model-in-hole"),
        ("best_by(solve(q), it)", "model-in-hole"),
        ("small", "not-printable"),
        ("it", "no-pronoun"),
    ],
)
def test_what_a_hole_does_not_print(hole: str, code: str) -> None:
    declaration = f'prompt p(q: text, ts: list[text], article: Article, maybe: text?) -> text """{{{{{hole}}}}}"""'
    assert refused(f"{HEAD}\n{declaration}\n") == [code]


@pytest.mark.parametrize(
    "include",
    ["history", "solve(q)", "r", "dialogue(q)", "again(r, q)", "if sure { history } else { [] }", "lines_of(q)"],
)
def test_what_is_included(include: str) -> None:
    prompt(f"prompt p(q: text, history: list[Message], r: request[T], sure: bool) -> text {{ include({include}) }}")


@pytest.mark.parametrize(
    ("declaration", "shape"),
    [
        ('prompt p(q: text) -> text """{{q}}"""', "request"),
        ('prompt p(q: text) -> text { system """Be brief.""" user """{{q}}""" }', "request"),
        ('prompt p(q: text) """{{q}}"""', "text"),
        ('prompt p(q: text) { user """{{q}}""" }', "messages"),
    ],
)
def test_what_its_application_gives(declaration: str, shape: str) -> None:
    assert prompt(declaration).shape == shape


def test_the_schema_of_a_record() -> None:
    declaration = (
        'record Step { what: text "one line", cost: number? "in dollars", of: list[Label], to: Article }\n'
        'prompt p(q: text) -> Step """{{q}}"""'
    )
    schema = prompt(declaration).schema
    assert schema is not None
    found = json.loads(schema)
    assert found["required"] == ["what", "of", "to"] and found["additionalProperties"] is False
    assert found["properties"]["what"] == {"type": "string", "description": "one line"}
    assert found["properties"]["cost"] == {"type": "number", "description": "in dollars"}
    assert found["properties"]["of"] == {
        "type": "array",
        "items": {"type": "string", "enum": ["Bug report", "feature", "other"]},
    }
    assert found["properties"]["to"]["required"] == ["title", "body"]
    assert schema == json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_of_a_verdict_only_ok_is_required() -> None:
    schema = prompt('prompt p(q: text) -> Verdict """{{q}}"""').schema
    assert schema is not None and json.loads(schema)["required"] == ["ok"]


@pytest.mark.parametrize("answer", ['after("Answer:")', "code_block", "whole"])
def test_what_is_not_read_as_json_has_no_schema(answer: str) -> None:
    assert prompt(f'prompt p(q: text) -> Article {{ user """{{{{q}}}}""" answer {answer} }}').schema is None


def test_a_default_is_a_plain_value() -> None:
    declaration = (
        'prompt p(q: text = "a", n: int = -3, xs: list[number] = [1, 2.5], l: Label = Label.bug, '
        'a: Article = { title = "t", body = """b""" }, m: number? = none, s: bool = true) -> text """{{q}}"""'
    )
    assert all(p.default is not None for p in prompt(declaration).signature.params)
