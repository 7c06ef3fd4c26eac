from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ilang.cli.main import main
from tests.cli.calling import Called


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A store of the test's own, and nothing from outside that changes what is said."""
    for name in ("ILANG_MODEL", "ILANG_PROGRESS", "ILANG_DEBUG", "NO_COLOR", "FORCE_COLOR", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ILANG_STORE", str(tmp_path / "draws"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def ilang(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """Call a command in this process: `ilang("run", "x.inf")`."""

    def call(*words: str) -> Called:
        capsys.readouterr()
        code = main(list(words))
        said = capsys.readouterr()
        return Called(code, said.out, said.err)

    return call


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """Write a program (or another file) and get its path."""

    def write(text: str | bytes, name: str = "given.inf") -> str:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write
