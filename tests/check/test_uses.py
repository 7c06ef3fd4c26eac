"""What a program takes from other files and libraries, and under which names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilang.base.source import Source
from ilang.check.check import check
from ilang.check.python_source import functions
from ilang.syntax.parse import parse
from tests.check.checking import checked, problems, refused


@pytest.mark.parametrize(
    "program",
    [
        # records, enums, models, prompts and pipelines of another file
        'use Article, brief from "shapes.inf"\npipeline main(a: Article) -> text { brief(a, n=3) }',
        'use Article as Paper, brief as short from "shapes.inf"\npipeline main(a: Paper) -> text { short(a) }',
        'use Label, grade from "shapes.inf"\nuse Article from "shapes.inf"\n'
        "pipeline main(a: Article) -> bool { (grade(a) | ask) == Label.good }",
        'use writer, reader, summarize, Article from "shapes.inf"\n'
        "pipeline main(a: Article) -> text { summarize(a) | sample(writer) | add(summarize(a) | sample(reader)) | best }",
        'use Report from "shapes.inf"\npipeline main(r: Report) -> number { r.marks | each(it.weight) | sum }',
        # a type that is not taken in may be held by one that is
        'use brief from "shapes.inf"\npipeline main(x: text) -> text { brief({ title = x, body = x }) }',
        # through a file between
        'use brief_all from "middle.inf"\nuse Article from "shapes.inf"\n'
        "pipeline main(a: Article) -> list[text] { brief_all([a]) }",
        # a library, whole or by name
        'use std.voting\nprompt p(q: text) -> text """{{q}}"""\n'
        "pipeline main(q: text) -> text? { voting.agreed(p(q), n=3, sure=0.6) }",
        'use std.voting as polls\nprompt p(q: text) -> text """{{q}}"""\n'
        "pipeline main(q: text) -> text { p(q) | polls.votes(n=3) | .winner }",
        'use agreed, votes as ballots from std.voting\nprompt p(q: text) -> text """{{q}}"""\n'
        "pipeline main(q: text) -> text { let v = ballots(p(q)) v.winner }",
        'use best_of from std.selection\nuse std.voting\nmodel m\nprompt p(q: text) -> text """{{q}}"""\n'
        'pipeline main(q: text) -> text { p(q) | best_of(it != "", m, n=3) }',
        # Python, by file and by module
        'use python reward, words as parts from "functions.py"\npipeline main(q: text) -> int { length(parts(q)) }',
        "use python dedent from textwrap\npipeline main(q: text) -> text { dedent(q) }",
        # marks of a pool that comes from another file
        'use marked, Article from "shapes.inf"\n'
        'pipeline main(a: Article) -> text? { marked(a) | prune(unless=it.heavy and it.why == "x") | best }',
        # a name of the prelude may be taken by a declaration
        'pipeline vote(pool: candidates[T]) -> T { pool | best }\nprompt p(q: text) -> text """{{q}}"""\n'
        "pipeline main(q: text) -> text { p(q) | sample | vote }",
        # any order
        'pipeline main(q: text) -> Answer { solve(q) | ask(m) }\nprompt solve(q: text) -> Answer """{{q}}"""\n'
        "record Answer { value: Kind }\nenum Kind { one, two }\nmodel m",
    ],
)
def test_takes(program: str) -> None:
    checked(program)


def test_an_alias_is_the_only_name() -> None:
    assert refused('use brief as short from "shapes.inf"\npipeline main(x: text) -> text { brief(x) }') == [
        "unknown-stage"
    ]


def test_a_file_gives_only_what_it_declares() -> None:
    assert refused('use brief from "middle.inf"') == ["import-missing-name"]


def test_a_type_is_itself_in_every_file() -> None:
    (problem,) = problems(
        'use brief from "shapes.inf"\nrecord Article { title: text, body: int }\n'
        "pipeline main(a: Article) -> text { brief(a) }"
    )
    assert problem.code == "type-mismatch"


def test_the_program_is_linked_by_keys() -> None:
    program = checked('use brief, writer, Article from "shapes.inf"\npipeline main(a: Article) -> text { brief(a) }')
    assert program.entry == "main"
    (key,) = (k for k in program.pipelines if k.endswith(":brief"))
    assert key.startswith("/") and key.endswith("shapes.inf:brief")
    model = program.models[key.replace(":brief", ":writer")].model
    assert model is not None and (model.provider, model.id) == ("openai", "gpt-4.1-mini")


def test_a_file_is_checked_once(tmp_path: Path) -> None:
    (tmp_path / "one.inf").write_text("pipeline one() -> int { 1 }")
    for name in ("a", "b"):
        (tmp_path / f"{name}.inf").write_text(f'use one from "one.inf"\npipeline {name}() -> int {{ one() }}')
    text = 'use a from "a.inf"\nuse b from "b.inf"\npipeline main() -> int { a() + b() }'
    program = check(parse(Source("main.inf", text, str(tmp_path / "main.inf"))))
    assert sum(key.endswith(":one") for key in program.pipelines) == 1


def test_a_broken_file_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "one.inf").write_text("pipeline one() -> int { two() }\npipeline three() -> int { 3 }")
    text = 'use one from "one.inf"\nuse three from "one.inf"\npipeline main() -> int { one() + three() }'
    assert _codes(text, tmp_path) == ["import-broken"]


def test_a_symbolic_link_is_the_file_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "one.inf").write_text('use two from "two.inf"\npipeline one() -> int { two() }')
    (tmp_path / "two.inf").symlink_to(tmp_path / "one.inf")
    assert _codes('use one from "one.inf"', tmp_path) == ["import-cycle"]


@pytest.mark.parametrize("name", ["", ".", "a\\u0000b.inf", "x" * 300 + ".inf", "..", "sub/../../up.inf", "~/x.inf"])
def test_a_name_that_no_file_can_have(name: str, tmp_path: Path) -> None:
    (code,) = _codes(f'use one from "{name}"', tmp_path)
    assert code in ("import-not-found", "import-outside")


def _codes(text: str, folder: Path) -> list[str]:
    from ilang.base.diagnostic import IlangError

    try:
        check(parse(Source("main.inf", text, str(folder / "main.inf"))))
    except IlangError as problem:
        return [d.code for d in problem.diagnostics]
    return []


# ---- Python ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "type_"),
    [
        ("str", "text"),
        ("int", "int"),
        ("float", "number"),
        ("bool", "bool"),
        ("list", "list[any]"),
        ("list[str]", "list[text]"),
        ("List[int]", "list[int]"),
        ("typing.List[float]", "list[number]"),
        ("Sequence[str]", "list[text]"),
        ("Iterable[bool]", "list[bool]"),
        ("tuple[str, ...]", "list[text]"),
        ("tuple[str, int]", "any"),
        ("list[list[int]]", "list[list[int]]"),
        ("str | None", "text?"),
        ("None | str", "text?"),
        ("Optional[int]", "int?"),
        ("Union[int, None]", "int?"),
        ("int | float", "number"),
        ("int | float | None", "number?"),
        ("Union[int, float]", "number"),
        ("str | int", "any"),
        ("list[str] | None", "list[text]?"),
        ("list[str | None]", "list[text?]"),
        ("dict", "any"),
        ("dict[str, int]", "any"),
        ("Any", "any"),
        ("object", "any"),
        ("ilang.Verdict", "Verdict"),
        ("Verdict", "Verdict"),
        ("'list[str]'", "list[text]"),
        ("'not an annotation ('", "any"),
        ("Callable[[str], int]", "any"),
        ("np.ndarray", "any"),
        ("x[0]()", "any"),
    ],
)
def test_an_annotation_is_a_type(annotation: str, type_: str, tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text(f"def f(x: {annotation}) -> {annotation}: ...\n")
    read = functions(str(file))["f"]
    assert (str(read.params[0].type), str(read.result)) == (type_, type_)


def test_what_a_def_says(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text(
        '@ilang.batched\ndef rate(texts: list[str], what="x") -> list[float]:\n    """Rates."""\n\n'
        "@pure\n@other(3)\nasync def find(query, *, k: int = 3, deep: bool): ...\n\n"
        "class C:\n    def hidden(self): ...\n\n"
        "def rest(*args, **kwargs): ...\ndef place(a, /): ...\n"
    )
    found = functions(str(file))
    assert list(found) == ["rate", "find", "rest", "place"]
    rate, find = found["rate"], found["find"]
    assert rate.batched and not rate.is_async and not rate.pure and rate.doc == "Rates."
    assert [(p.name, str(p.type), p.python_default) for p in rate.params] == [
        ("texts", "text", False),
        ("what", "any", True),
    ]
    assert str(rate.result) == "number"
    assert find.pure and find.is_async and not find.batched
    assert [(p.name, str(p.type), p.python_default) for p in find.params] == [
        ("query", "any", False),
        ("k", "int", True),
        ("deep", "bool", False),
    ]
    assert found["rest"].star == "*args" and found["place"].star == "/" and not find.star


def test_a_python_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text("def f(): ...\n")
    assert list(functions(str(file))) == ["f"]
    file.write_text("def longer(): ...\n")
    assert list(functions(str(file))) == ["longer"]


def test_no_python_is_run(tmp_path: Path) -> None:
    (tmp_path / "f.py").write_text("raise SystemExit\ndef f(x: str) -> str: ...\n")
    assert _codes('use python f from "f.py"\npipeline main(x: text) -> text { f(x) }', tmp_path) == []
