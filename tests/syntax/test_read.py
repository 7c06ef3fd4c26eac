"""Sources from files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.syntax import limits
from ilang.syntax.read import read_source


def _problem(path: Path | str) -> Diagnostic:
    with pytest.raises(IlangError) as raised:
        read_source(str(path))
    (problem,) = raised.value.diagnostics
    return problem


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.inf"
    file.write_bytes("\ufeffmodel m # é\r\nmodel n\r\n".encode())
    source = read_source(str(file))
    assert source.text == "model m # é\nmodel n\n"
    assert source.name == str(file) and source.path == str(file)


def test_the_name_is_the_users_and_the_path_the_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.inf").write_text("model m")
    monkeypatch.chdir(tmp_path)
    source = read_source("a.inf")
    assert source.name == "a.inf" and source.path == str(tmp_path / "a.inf")


def test_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "cascade.inf").write_text("")
    (tmp_path / "cascade.py").write_text("")
    for name in ("cascde.inf", "cascade", "Cascade.inf"):
        problem = _problem(tmp_path / name)
        assert problem.code == "no-such-file"
        assert problem.help == f"did you mean `{tmp_path / 'cascade.inf'}`?"
    assert "did you mean" not in _problem(tmp_path / "nothing_like_it.inf").help
    assert _problem(tmp_path / "no" / "folder.inf").code == "no-such-file"
    assert _problem("").code == "no-such-file"


def test_a_near_name_stays_as_relative_as_the_given_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vote.inf").write_text("")
    monkeypatch.chdir(tmp_path)
    assert _problem("vote").help == "did you mean `vote.inf`?"


def test_a_folder(tmp_path: Path) -> None:
    assert _problem(tmp_path).code == "is-a-folder"
    (tmp_path / "a.inf").write_text("")
    assert str(tmp_path / "a.inf") in _problem(tmp_path).help


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_not_utf8(tmp_path: Path, mark: bytes) -> None:
    file = tmp_path / "a.inf"
    file.write_bytes(mark + b"model m\n# caf\xe9\n")
    problem = _problem(file)
    assert problem.code == "not-utf8"
    assert problem.message == f"`{file}` is not UTF-8: byte {13 + len(mark)} (0xE9), in line 2"


def test_too_large(tmp_path: Path) -> None:
    file = tmp_path / "a.inf"
    file.write_bytes(b"#" * limits.SOURCE_BYTES)
    assert len(read_source(str(file)).text) == limits.SOURCE_BYTES
    file.write_bytes(b"#" * (limits.SOURCE_BYTES + 1))
    assert _problem(file).code == "source-too-large"


def test_a_name_that_no_file_can_have() -> None:
    assert _problem("a\0b").code == "unreadable-file"
    assert _problem("x" * 5000).code == "unreadable-file"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is readable")
def test_no_permission(tmp_path: Path) -> None:
    file = tmp_path / "a.inf"
    file.write_text("")
    file.chmod(0)
    assert _problem(file).code == "unreadable-file"


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device")
def test_a_device_without_an_end() -> None:
    assert _problem("/dev/zero").code == "source-too-large"
