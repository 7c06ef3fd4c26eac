"""A library of pipelines is a distribution: built as a wheel, installed, and used by its name."""

from __future__ import annotations

import pytest

from tests.cli.calling import codes
from tests.sharing.conftest import Place


def test_it_is_used(place: Place) -> None:
    assert place.run(entry="by_vote").out == "8\n"
    assert place.ilang("check", str(place.program)).code == 0
    tested = place.ilang("test", str(place.library / "voting.inf"))
    assert (tested.code, tested.out) == (0, "1 passed\n")


def test_a_file_of_it_may_be_run_itself(place: Place) -> None:
    told = place.ilang(
        "run", f"{place.library / 'voting.inf'}:majority", "question=What is 3 + 5?", "--model", "sim(accuracy=1)"
    )
    assert (told.code, told.out) == (0, "8\n")


def test_it_is_shown(place: Place) -> None:
    told = place.ilang("lib").out
    assert f"mylib  mylib-pipelines 1.0  {place.library}\n" in told and "  mylib.voting: majority\n" in told
    doc = place.ilang("doc", "mylib.voting").out
    assert "pipeline majority(question: text, n: int = 3) -> number\n    What most of n draws say.\n" in doc


@pytest.mark.parametrize(
    ("use", "code", "way_out"),
    [
        ("use x from mylb.voting", "import-not-found", "did you mean `mylib`?"),
        ("use x from yourlib.voting", "import-not-found", "mylib"),
        ("use majority from mylib.votin", "import-not-found", "did you mean `mylib.voting`?"),
        ("use majority from mylib", "import-not-found", "mylib.voting"),
        ("use majorty from mylib.voting", "import-missing-name", "did you mean `majority`?"),
        ("use python is_evn from mylib.checks", "import-missing-name", "did you mean `is_even`?"),
        ("use python is_even from mylib.cheks", "import-not-found", ""),
    ],
)
def test_a_wrong_name_is_told(place: Place, use: str, code: str, way_out: str) -> None:
    place.program.write_text(f"{use}\npipeline main() -> number {{ 1 }}\n", "utf-8")
    told = place.ilang("check", str(place.program))
    assert told.code == 2 and codes(told) == [code]
    assert way_out in told.err and str(place.folder / "site") not in told.err


def test_a_library_that_does_not_check_says_where(place: Place) -> None:
    (place.library / "voting.inf").write_text("pipeline majority() -> number { vots }\n", "utf-8")
    told = place.ilang("check", str(place.program))
    assert told.code == 2 and "voting.inf" in told.err and "Traceback" not in told.err


def test_a_library_whose_package_is_gone(place: Place) -> None:
    place.library.rename(place.folder / "elsewhere")
    told = place.ilang("check", str(place.program))
    assert told.code == 2 and codes(told)[0] == "import-not-found"
    assert "install it again" in place.ilang("lib").out
