"""Every wrong program of `tests/errors/check/` gets exactly the diagnostics that it carries, and every problem that
the checker can tell has such a program."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ilang.base.diagnostic import Diagnostic
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.check import locate, problems
from tests.errors.check_programs import Wrong, as_comment, diagnostics, found_anew, told, wrong_programs

PROGRAMS = wrong_programs()
SOLVE = 'prompt solve(q: text) -> number """{{q}}"""\n'


@pytest.mark.parametrize("wrong", PROGRAMS, ids=[wrong.name for wrong in PROGRAMS])
def test_a_wrong_program_gets_its_diagnostics(wrong: Wrong) -> None:
    assert told(wrong.text) == wrong.expected


def test_there_are_enough_of_them() -> None:
    assert len(PROGRAMS) >= 200


@pytest.mark.parametrize("wrong", PROGRAMS, ids=[wrong.name for wrong in PROGRAMS])
def test_a_diagnostic_helps(wrong: Wrong) -> None:
    """Each has a place, a label and a way out, on one line; and says nothing of what could not be told."""
    found = diagnostics(wrong.text)
    assert found
    for d in found:
        assert d.help, d
        assert d.label or d.code == "no-entry", d
        for text in (d.message, d.label, d.help, *d.notes):
            assert "\n" not in text and "[...]" not in re.sub("`.*?`", "", text), text
    assert len({(d.code, d.span) for d in found}) == len(found)


# ---- programs too long to be written out -------------------------------------------------------


def _records(n: int, fields: str) -> str:
    return "".join(f"record R{i} {{ {fields.format(i + 1)} }}\n" for i in range(n)) + f"record R{n} {{ a: text }}\n"


LONG: dict[str, tuple[str, str]] = {
    "too_many": (
        "".join(f"pipeline p{i}() -> int {{ x{i} }}\n" for i in range(200)),
        """\
# error[too-many-problems] 101:26 there are more than 100 problems; the rest is not shown
#   ^ x100 -- stopped here
#   help: mend the first ones, and check again
""",
    ),
    "block_too_long": (
        "pipeline p(x: int) -> int {\n" + "".join(f"  let a{i} = x\n" for i in range(201)) + "  x\n}\n",
        """\
# error[block-too-long] 202:3 a block has at most 200 `let`s
#   ^ let a200 = x -- one too many
#   help: make some of them a pipeline of their own
""",
    ),
    "calls_too_deep": (
        "pipeline p0(x: int) -> int { x }\n"
        + "".join(f"pipeline p{i}(x: int) -> int {{ p{i - 1}(x) }}\n" for i in range(1, 120)),
        """\
# error[nested-too-deep] 101:10 more than 100 pipelines call each other in a row
#   ^ p100 -- the limit is passed here
#   help: put some of them together
""",
    ),
    "calls_nested_too_deep": (
        "pipeline p0(x: int) -> int { x }\n"
        + "".join(f"pipeline p{i}(x: int) -> int {{ -(-(-(-(p{i - 1}(x))))) }}\n" for i in range(1, 60)),
        """\
# error[nested-too-deep] 43:10 pipelines call each other too deep inside of other calls
#   ^ p42 -- the limit is passed here
#   help: name what a call gives with `let`, outside of the others; or put some of the pipelines together
""",
    ),
    "nested_too_deep": (
        f"{SOLVE}pipeline p(q: text) -> number {{\n  ((solve(q) | sample{' | undo' * 150}){' | undo' * 150}) | best\n}}\n",
        f"""\
# error[nested-too-deep] 3:5 this is nested too deep
#   ^ solve(q) | sample{" | undo" * 50} -- too deep
#   help: name a part of it with `let`, or make it a pipeline
""",
    ),
    "record_too_deep": (
        _records(40, "a: R{0}"),
        """\
# error[nested-too-deep] 31:8 `R30` is nested too deep: at most 30 records inside each other
#   ^ R30 -- the limit is passed here
#   help: make it flatter
""",
    ),
    "record_too_large": (
        _records(9, "a: R{0}, b: R{0}"),
        """\
# error[record-too-large] 1:8 `R0` holds more than 1,000 fields, with those of its records
#   ^ R0 -- too large
#   help: ask the model for less at a time
""",
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_wrong_program_gets_its_diagnostics(name: str) -> None:
    text, expected = LONG[name]
    comments = [as_comment(d) for d in diagnostics(text)]
    assert expected in comments
    assert name == "too_many" or len(comments) <= 2


def test_a_long_row_of_files(tmp_path: Path) -> None:
    for i in range(40):
        (tmp_path / f"f{i}.inf").write_text(f'use p from "f{i + 1}.inf"\n')
    (told_once,) = _of_folder(tmp_path, 'use p from "f0.inf"\n')
    assert told_once == (
        "# error[imports-too-deep] f28.inf:1:12 more than 30 files use each other in a row\n"
        '#   ^ "f29.inf" -- the limit is passed here\n'
        "#   help: put some of them together\n"
    )


def test_a_python_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "deep.py").write_text("x = " + "-" * 100_000 + "1\n")
    (told_once,) = _of_folder(tmp_path, 'use python f from "deep.py"\n')
    assert told_once.startswith("# error[python-syntax] 1:19 `deep.py` cannot be read: ")


def test_a_library_whose_package_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locate, "libraries", lambda: {"gone": "no_such_package_at_all"})
    assert "".join(map(as_comment, found_anew("use x from gone.part\n"))) == (
        "# error[import-not-found] 1:12 the library `gone` is registered, but its package `no_such_package_at_all` "
        "is not there\n#   ^ gone.part -- not found\n#   help: install it again\n"
    )


def _of_folder(folder: Path, text: str) -> list[str]:
    from ilang.base.diagnostic import IlangError
    from ilang.check.check import check
    from ilang.syntax.parse import parse

    with pytest.raises(IlangError) as raised:
        check(parse(Source("program.inf", text, str(folder / "program.inf"))))
    return [as_comment(d).replace(f"{folder}/", "") for d in raised.value.diagnostics]


# ---- every problem has a program ---------------------------------------------------------------


def _tellers() -> dict[str, Callable[..., Diagnostic]]:
    """The functions of `problems`, by name."""
    return {
        name: f
        for name, f in inspect.getmembers(problems, inspect.isfunction)
        if f.__module__.startswith(problems.__name__) and not name.startswith("_") and name not in ("a", "one_line")
    }


def test_every_problem_has_a_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    called: set[str] = set()

    def spied(name: str, f: Callable[..., Diagnostic]) -> Callable[..., Diagnostic]:
        def spy(*args: object, **kwargs: object) -> Diagnostic:
            called.add(name)
            return f(*args, **kwargs)

        return spy

    tellers = _tellers()
    for name, f in tellers.items():
        monkeypatch.setattr(problems, name, spied(name, f))
    for wrong in PROGRAMS:
        found_anew(wrong.text)
    for text, _ in LONG.values():
        found_anew(text)
    test_a_long_row_of_files(tmp_path)
    test_a_python_file_that_cannot_be_read(tmp_path)
    test_a_library_whose_package_is_gone(monkeypatch)
    assert called == set(tellers)


def test_a_problem_shows_a_program() -> None:
    """The docstring of each says when it is told."""
    for name, f in _tellers().items():
        assert f.__doc__ and f.__doc__.strip().endswith((".", "...")), name


def test_a_code_is_written_as_codes_are() -> None:
    place = Span(Source("x", "x"), 0, 1)
    assert problems.unknown_name(place, "x", ()).code == "unknown-name"
    for wrong in PROGRAMS:
        for d in diagnostics(wrong.text):
            assert d.code == d.code.lower() and " " not in d.code and "_" not in d.code
