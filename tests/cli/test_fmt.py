import os
import stat
import subprocess

import pytest

from tests.cli.calling import COMMAND, codes, process

UGLY = "pipeline   main( )->int{1+ 2}   # three\n"
USUAL = "pipeline main() -> int { 1 + 2 }   # three\n"


def test_a_file_is_laid_out_in_place(ilang, written):
    path = written(UGLY)
    os.chmod(path, 0o640)
    told = ilang("fmt", path)
    assert (told.code, told.out, told.err) == (0, "", f"changed: {path}\n")
    assert open(path).read() == USUAL
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640
    again = ilang("fmt", path)
    assert (again.code, again.out, again.err) == (0, "", "")


def test_check_changes_nothing(ilang, written):
    path = written(UGLY)
    told = ilang("fmt", path, "--check")
    assert (told.code, told.err) == (1, f"would change: {path}\n")
    assert open(path).read() == UGLY
    assert ilang("fmt", written(USUAL, "usual.inf"), "--check").code == 0


def test_diff_shows_what_would_change(ilang, written):
    path = written(UGLY)
    told = ilang("fmt", path, "--diff")
    assert told.code == 0 and f"-{UGLY}+{USUAL}" in told.out and told.out.startswith(f"--- {path}\n+++ {path}\n")
    assert open(path).read() == UGLY
    assert ilang("fmt", path, "--diff", "--check").code == 1


def test_a_wrong_file_is_left_and_the_others_are_done(ilang, written):
    wrong, path = written("pipeline main( -> int { 1 }", "a.inf"), written(UGLY, "b.inf")
    told = ilang("fmt", wrong, path)
    assert told.code == 2 and codes(told)
    assert open(wrong).read() == "pipeline main( -> int { 1 }" and open(path).read() == USUAL


def test_folders(ilang, written, tmp_path):
    written(UGLY, "a.inf")
    (tmp_path / "inner").mkdir()
    written(UGLY, "inner/b.inf")
    (tmp_path / ".hidden").mkdir()
    written(UGLY, ".hidden/c.inf")
    told = ilang("fmt", str(tmp_path), "--check")
    assert told.err.count("would change") == 2


def test_standard_input():
    told = process("fmt", "-", stdin=UGLY.encode())
    assert (told.code, told.out, told.err) == (0, USUAL, "")
    assert process("fmt", "-", "--check", stdin=UGLY.encode()).code == 1
    wrong = process("fmt", "-", stdin=b"pipeline")
    assert wrong.code == 2 and wrong.out == "" and "standard input" in wrong.err
    assert "not-utf8" in process("fmt", "-", stdin=b"\xff").err


def test_line_ends_and_marks_are_made_usual(ilang, written):
    path = written(b"\xef\xbb\xbf" + UGLY.replace("\n", "\r\n").encode())
    assert ilang("fmt", path).code == 0
    assert open(path, "rb").read() == USUAL.encode()


def test_a_link_stays_a_link(ilang, written, tmp_path):
    path = written(UGLY)
    link = tmp_path / "link.inf"
    link.symlink_to(path)
    assert ilang("fmt", str(link)).code == 0
    assert link.is_symlink() and open(path).read() == USUAL


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written(ilang, written, tmp_path):
    path = written(UGLY)
    os.chmod(tmp_path, 0o500)
    try:
        told = ilang("fmt", path)
    finally:
        os.chmod(tmp_path, 0o700)
    assert told.code == 2 and codes(told) == ["unwritable-file"] and open(path).read() == UGLY


def test_json(ilang, written):
    path = written(UGLY)
    data = ilang("fmt", path, "--check", "--json").json
    assert data == {
        "schema": 1, "command": "fmt", "ok": True, "written": False,
        "files": [{"file": path, "changes": True, "errors": []}],
    }  # fmt: skip


def test_a_text_of_many_lines_is_moved_and_says_the_same(ilang, written):
    path = written('prompt p() -> text {\nuser """\n      a\n        b\n\n      c  \n """\n}\n')
    assert ilang("fmt", path).code == 0
    assert open(path).read() == 'prompt p() -> text {\n  user """\n    a\n      b\n\n    c  \n    """\n}\n'


def test_the_programs_of_the_repository_stand_as_they_should():
    done = subprocess.run(
        [*COMMAND, "fmt", "--check", "programs", "stdlib", "tests/examples"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
