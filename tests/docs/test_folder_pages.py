"""The pages on Python and on sharing: their files are written down, or are the example's own, and their commands are run."""

from __future__ import annotations

import os
from pathlib import Path

from tests.docs.folder_page import blocks, run_shell
from tests.sharing.conftest import EXAMPLE, Place


def test_the_page_on_python(tmp_path: Path) -> None:
    (python,), (program,) = blocks("python.md", "py"), blocks("python.md", "inf")
    for text in (python, program):
        name = text.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).write_text(text, "utf-8")
    assert run_shell("python.md", tmp_path, {**os.environ, "ILANG_STORE": str(tmp_path / "draws")}) == 3


def test_the_page_on_sharing(place: Place) -> None:
    assert blocks("sharing.md", "toml") == [(EXAMPLE / "pyproject.toml").read_text("utf-8")]
    (voting,) = blocks("sharing.md", "inf")
    name, _, text = voting.partition("\n")
    assert text == (EXAMPLE / name.removeprefix("# ")).read_text("utf-8")
    shown = {str(place.library): "/opt/site-packages/mylib"}
    assert run_shell("sharing.md", place.program.parent, {**os.environ, **place.env}, shown) == 5
