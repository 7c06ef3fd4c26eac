"""What each piece of the language parses to, and where it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from ilang.base.source import Source
from ilang.base.span import Span
from ilang.syntax import module as tree
from ilang.syntax.module import (
    Answer,
    Argument,
    Binary,
    Block,
    Call,
    EnumDecl,
    FieldsExpr,
    FunctionExpr,
    Get,
    If,
    Include,
    It,
    Let,
    ListExpr,
    Literal,
    MemberOf,
    MessageBlock,
    ModelDecl,
    Name,
    Pipe,
    PipelineDecl,
    Pluck,
    PromptDecl,
    Qualified,
    RecordDecl,
    Region,
    Stage,
    Them,
    TypeApply,
    TypeFunction,
    TypeName,
    TypeOptional,
    TypeShape,
    Unary,
    Use,
    UseName,
    Within,
)
from ilang.syntax.parse import parse
from tests.syntax.parsing import EXAMPLES, declaration, expression, module


def _span(text: str = "", start: int = 0) -> Span:
    return Span(Source("", text), start, start + len(text))


S = _span()
A, B, C = Name("a", S), Name("b", S), Name("c", S)


def _binary(operator: str, left: object, right: object) -> Binary:
    return Binary(operator, left, right, S, S)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_parse(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert parse(Source(str(path), text)).declarations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", A),
        ("it", It(S)),
        ("them", Them(S)),
        ("true", Literal(True, S)),
        ("none", Literal(None, S)),
        ("12", Literal(12, S)),
        ('"x"', Literal("x", S)),
        ("Label.bug", MemberOf("Label", "bug", S)),
        ("[]", ListExpr((), S)),
        ("[a, b,]", ListExpr((A, B), S)),
        ("{ }", FieldsExpr((), S)),
        ("{ x = a, y = b }", FieldsExpr((("x", A), ("y", B)), S)),
        ("f()", Call("f", (), S, S)),
        ("f(a, x=b)", Call("f", (Argument(None, A, S), Argument("x", B, S)), S, S)),
        ("f(x => a)", Call("f", (Argument(None, FunctionExpr(("x",), A, S), S),), S, S)),
        ("f(g=(x, y) => a)", Call("f", (Argument("g", FunctionExpr(("x", "y"), A, S), S),), S, S)),
        ("a.b", Get(A, "b", S, S)),
        ("a.f(b)", Qualified(A, "f", (Argument(None, B, S),), S, S)),
        ("-a.b", Unary("-", Get(A, "b", S, S), S)),
        ("not a == b", Unary("not", _binary("==", A, B), S)),
        ("a not   in b", _binary("not in", A, B)),
        ("a - b - c", _binary("-", _binary("-", A, B), C)),
        ("a - (b - c)", _binary("-", A, _binary("-", B, C))),
        ("a + b * c", _binary("+", A, _binary("*", B, C))),
        ("a or b and not c", _binary("or", A, _binary("and", B, Unary("not", C, S)))),
        ("a -1", _binary("-", A, Literal(1, S))),
        ("(a)", A),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert expression(text) == expected


def test_stages() -> None:
    pipe = expression("a | vote | f(b) | lib.g() | .x.y | repeat(max=3) { f() | g }")
    assert pipe == Pipe(
        A,
        (
            Stage(None, "vote", None, S, S),
            Stage(None, "f", (Argument(None, B, S),), S, S),
            Stage("lib", "g", (), S, S),
            Pluck(("x", "y"), S),
            Region(
                "repeat",
                (Argument("max", Literal(3, S), S),),
                (Stage(None, "f", (), S, S), Stage(None, "g", None, S, S)),
                S,
                S,
            ),
        ),
        S,
    )


def test_else_if_is_a_block_that_holds_only_an_if() -> None:
    nested = expression("if a { b } else if b { c } else { a }")
    inner = If(B, Block((), C, S), Block((), A, S), S)
    assert nested == If(A, Block((), B, S), Block((), inner, S), S)
    assert nested == expression("if a { b } else { if b { c } else { a } }")


def test_within_and_let() -> None:
    assert expression("within(usd=1) { let x = a x }") == Within(
        (Argument("usd", Literal(1, S), S),), Block((Let("x", A, S, S),), Name("x", S), S), S
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text", TypeName("text", S)),
        ("T", TypeName("T", S)),
        ("list[T]", TypeApply("list", TypeName("T", S), S)),
        ("text?", TypeOptional(TypeName("text", S), S)),
        ("(text)", TypeName("text", S)),
        ("() -> T", TypeFunction((), TypeName("T", S), S)),
        ("(T) -> text?", TypeOptional(TypeFunction((TypeName("T", S),), TypeName("text", S), S), S)),
        (
            "(T, int) -> (text?)",
            TypeFunction((TypeName("T", S), TypeName("int", S)), TypeOptional(TypeName("text", S), S), S),
        ),
        ("{ }", TypeShape((), S)),
    ],
)
def test_types(text: str, expected: object) -> None:
    only = declaration(f"pipeline p(q: {text}) -> text builtin")
    assert isinstance(only, PipelineDecl)
    assert only.params[0].type == expected
    assert only.body is None


def test_uses() -> None:
    text = 'use a, lib.b as c from std.x use python f from "f.py" use Label as Tag from "l.inf" use z'
    assert module(text).declarations == (
        Use(False, (UseName(("a",), None, S), UseName(("lib", "b"), "c", S)), ("std", "x"), None, S),
        Use(True, (UseName(("f",), None, S),), "f.py", None, S),
        Use(False, (UseName(("Label",), "Tag", S),), "l.inf", None, S),
        Use(False, (UseName(("z",), None, S),), None, None, S),
    )


def test_models_records_enums() -> None:
    text = 'model m model n = openai("x") record A { } record B { a: text "note", b: int } enum E { a, b "words", }'
    bare, called, empty, record, enum = module(text).declarations
    assert bare == ModelDecl("m", None, "", S, S)
    assert isinstance(called, ModelDecl) and called.call == Call("openai", (Argument(None, Literal("x", S), S),), S, S)
    assert isinstance(empty, RecordDecl) and empty.fields == ()
    assert isinstance(record, RecordDecl) and [(f.name, f.note) for f in record.fields] == [("a", "note"), ("b", "")]
    assert isinstance(enum, EnumDecl) and [(m.name, m.words) for m in enum.members] == [("a", None), ("b", "words")]


def test_prompts() -> None:
    prompt = declaration('prompt p(q: text) -> int { system """s""" include(q) user """u""" answer after("A:", n=1) }')
    assert isinstance(prompt, PromptDecl) and not prompt.short
    system, include, user = prompt.messages
    assert isinstance(system, MessageBlock) and (system.role, system.template.parts) == ("system", ("s",))
    assert include == Include(Name("q", S), S)
    assert isinstance(user, MessageBlock) and user.role == "user"
    arguments = (Argument(None, Literal("A:", S), S), Argument("n", Literal(1, S), S))
    assert prompt.answer == Answer("after", arguments, S, S)


def test_an_answer_without_arguments() -> None:
    prompt = declaration('prompt p() -> text { user """u""" answer json }')
    assert isinstance(prompt, PromptDecl) and prompt.answer == Answer("json", (), S, S)


def test_a_short_prompt_is_one_user_message() -> None:
    prompt = declaration('prompt p(q: text) """x"""')
    assert isinstance(prompt, PromptDecl) and prompt.short and prompt.result is None and prompt.answer is None
    (message,) = prompt.messages
    assert isinstance(message, MessageBlock) and (message.role, message.template.parts) == ("user", ("x",))


def test_tests() -> None:
    test = declaration('test "t" { let x = 1 replies p = ["a"] let y = 2 expect x expect y == 2 }')
    assert isinstance(test, tree.TestDecl) and test.name == "t"
    assert [type(part).__name__ for part in test.given] == ["Let", "Replies", "Let"]
    assert len(test.expects) == 2


def test_words_of_the_grammar_are_names_where_they_cannot_be_words() -> None:
    text = "pipeline test(model: model? = none, answer: text, use: text, from: text) -> text { f(model=model, user=answer) }"
    assert isinstance(declaration(text), PipelineDecl)
    assert declaration("enum E { none, if, true }")
    assert expression("E.none") == MemberOf("E", "none", S)
    assert expression("a.in") == Get(A, "in", S, S)


def test_newlines_and_indentation_never_matter() -> None:
    on_one_line = module("pipeline p(q: text, model: model) -> text { let x = q f(x, model) | vote }")
    assert on_one_line == module(
        "pipeline\np(\nq: text,\nmodel: model)\n-> text\n{\nlet x =\nq\nf(x,\nmodel)\n| vote\n}"
    )


def test_a_byte_order_mark_is_passed_over() -> None:
    assert module("\ufeffmodel m").declarations == module("model m").declarations


def test_comments_stand_anywhere() -> None:
    text = 'pipeline p(# a """\nq: text) -> text { # b\n q # } \n | #"""not a comment"""# \n vote }'
    assert expression("a # c\n") == A
    with pytest.raises(Exception, match="not-a-stage"):
        module(text)


# ---- places ---------------------------------------------------------------------


def _spans(node: object) -> Iterator[tuple[object, str, Span]]:
    if isinstance(node, tuple):
        for part in node:
            yield from _spans(part)
    elif dataclasses.is_dataclass(node) and not isinstance(node, Span | Source):
        for field in dataclasses.fields(node):
            value = getattr(node, field.name)
            if isinstance(value, Span):
                yield node, field.name, value
            else:
                yield from _spans(value)


def test_spans_cover_what_was_written() -> None:
    text = "pipeline p(q: list[text]) -> text { (a | vote) . x + (b) - f( c , n = 1 ) }"
    found = {(type(node).__name__, name, span.text()) for node, name, span in _spans(module(text).declarations)}
    assert found == {
        ("PipelineDecl", "span", text),
        ("PipelineDecl", "name_span", "p"),
        ("Param", "span", "q: list[text]"),
        ("Param", "name_span", "q"),
        ("TypeApply", "span", "list[text]"),
        ("TypeName", "span", "text"),
        ("Block", "span", "{ (a | vote) . x + (b) - f( c , n = 1 ) }"),
        ("Binary", "span", "(a | vote) . x + (b) - f( c , n = 1 )"),
        ("Binary", "operator_span", "-"),
        ("Binary", "span", "(a | vote) . x + (b)"),
        ("Binary", "operator_span", "+"),
        ("Get", "span", "(a | vote) . x"),
        ("Get", "field_span", "x"),
        ("Pipe", "span", "a | vote"),
        ("Stage", "span", "vote"),
        ("Stage", "name_span", "vote"),
        ("Name", "span", "a"),
        ("Name", "span", "b"),
        ("Name", "span", "c"),
        ("Call", "span", "f( c , n = 1 )"),
        ("Call", "name_span", "f"),
        ("Argument", "span", "c"),
        ("Argument", "span", "n = 1"),
        ("Literal", "span", "1"),
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_spans_nest(path: Path) -> None:
    parsed = parse(Source(str(path), path.read_text(encoding="utf-8")))
    ends = [0]
    for whole in parsed.declarations:
        assert whole.span.start >= ends[-1]
        ends.append(whole.span.end)
        for _, _, span in _spans(whole):
            assert whole.span.start <= span.start < span.end <= whole.span.end
            assert span.text() == span.text().strip()


def test_places_in_a_hole_are_those_of_the_file() -> None:
    text = 'prompt p(q: text) """\n  a\n  {{ q | f("}}") }} b\n"""'
    found = [span.text() for node, name, span in _spans(module(text).declarations) if isinstance(node, Pipe)]
    assert found == ['q | f("}}")']
