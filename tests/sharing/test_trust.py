"""Python of somebody else's library runs only where the user has said so, once, for the library as it is."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from tests.cli.calling import codes
from tests.sharing.conftest import EXAMPLE, Place


def test_it_is_refused_with_a_way_out(place: Place) -> None:
    told = place.run()
    assert (told.code, told.out, codes(told)) == (2, "", ["python-untrusted"])
    assert "the library `mylib` (mylib-pipelines 1.0) wants to run Python" in told.err
    assert "checks.py:is_even" in told.err and "`--trust`" in told.err and str(place.library) in told.err
    assert not place.ran() and not place.trusted.exists() and not (place.folder / "draws").exists()
    assert place.run("--json").json["error"]["code"] == "python-untrusted"
    tested = place.ilang("test", str(place.program))
    assert tested.code == 2 and codes(tested) == ["python-untrusted"] and not place.ran()


def test_trust_is_given_once_and_written_down(place: Place) -> None:
    told = place.run("--trust")
    assert told.out == "8\n" and place.ran()
    assert told.err.startswith("trusted from now on: the Python of `mylib` (mylib-pipelines 1.0), ")
    assert stat.S_IMODE(place.trusted.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.trusted.parent.stat().st_mode) == 0o700
    (line,) = place.trusted.read_text("utf-8").splitlines()
    said = json.loads(line)
    assert (said["library"], said["version"], len(said["sha256"])) == ("mylib", "1.0", 64)
    again = place.run()
    assert (again.code, again.out) == (0, "8\n") and "trusted" not in again.err and place.ran()
    assert place.ilang("test", str(place.program), str(place.library / "checked.inf")).out == "2 passed\n"
    assert len(place.trusted.read_text("utf-8").splitlines()) == 1


def test_trust_by_test(place: Place) -> None:
    told = place.ilang("test", "--trust", str(place.program))
    assert (told.code, told.out) == (0, "1 passed\n") and place.ran()
    assert place.run().out == "8\n"


@pytest.mark.parametrize("file", ["checks.py", "numbers.py", "__init__.py", "parts/__init__.py", "checked.inf"])
def test_a_changed_library_is_asked_about_again(place: Place, file: str) -> None:
    place.run("--trust")
    assert place.ran()
    path = place.library / file
    before = path.read_text("utf-8")
    path.write_text(before + "\n# changed\n", "utf-8")
    told = place.run()
    assert codes(told) == ["python-untrusted"] and not place.ran()
    path.write_text(before, "utf-8")
    assert place.run().out == "8\n"


def test_a_new_file_of_the_library_is_a_change(place: Place) -> None:
    place.run("--trust")
    (place.library / "parts" / "more.py").write_text("", "utf-8")
    assert codes(place.run()) == ["python-untrusted"]


@pytest.mark.parametrize("entry", ["by_vote", "by_plain"])
def test_what_names_no_python_runs_none(place: Place, entry: str) -> None:
    """`by_plain` stands in the file that names the library's Python, and does not call it."""
    told = place.run(entry=entry)
    assert (told.code, told.out) == (0, "8\n") and not place.ran()


@pytest.mark.parametrize(
    "words",
    [
        ("check", "PROGRAM"),
        ("show", "PROGRAM"),
        ("doc", "mylib"),
        ("doc", "mylib.checked"),
        ("lib", "-v"),
        ("fmt", "--check", "PROGRAM"),
        ("completion", "bash", "--line", "ilang run PROGRAM:"),
        ("run", "PROGRAM", "question=x", "--model", "sim(accuracy=1)"),
        ("test", "PROGRAM"),
    ],
)
def test_looking_at_it_runs_nothing(place: Place, words: tuple[str, ...]) -> None:
    place.ilang(*(word.replace("PROGRAM", str(place.program)) for word in words))
    assert not place.ran()


@pytest.mark.parametrize(("answer", "yes"), [("y\n", True), ("yes\n", True), ("n\n", False), ("\n", False)])
def test_a_terminal_is_asked(place: Place, answer: str, yes: bool) -> None:
    told = place.on_terminal(answer)
    assert "The library `mylib` (mylib-pipelines 1.0) wants to run Python: checks.py:is_even" in told.out
    assert "Trust them? [y/N]" in told.out
    assert place.ran() is yes and place.trusted.exists() is yes
    assert told.code == (0 if yes else 2) and ("error[python-untrusted]" in told.out) is not yes
    if yes:
        assert "Trust them?" not in place.on_terminal("").out


def test_the_users_own_python_is_not_asked_about(place: Place) -> None:
    folder = place.program.parent
    (folder / "own.py").write_text("def twice(x: float) -> float:\n    return 2 * x\n", "utf-8")
    program = 'use python twice from "own.py"\nuse python is_even from mylib.checks\n'
    program += "pipeline main(x: number) -> number { if is_even(x) { twice(x) } else { x } }\n"
    place.program.write_text(program, "utf-8")
    told = place.ilang("run", str(place.program), "x=4", "--model", "sim(accuracy=1)")
    assert (told.code, told.out) == (0, "8\n") and place.ran()  # the user's own program names the module


def test_the_users_own_library_is_not_asked_about(place: Place) -> None:
    """A library that lies in the project of the program, and was not installed there by a wheel."""
    shutil.rmtree(place.folder / "site")
    source = place.program.parent / "src"
    shutil.copytree(EXAMPLE / "mylib", source / "mylib", ignore=shutil.ignore_patterns("__pycache__"))
    told_of = source / "mylib_pipelines-1.0.dist-info"
    told_of.mkdir()
    (told_of / "METADATA").write_text("Metadata-Version: 2.1\nName: mylib-pipelines\nVersion: 1.0\n", "utf-8")
    (told_of / "entry_points.txt").write_text("[ilang.libraries]\nmylib = mylib\n", "utf-8")
    own = Place(place.folder, {**place.env, "PYTHONPATH": str(source)})
    assert own.run().out == "8\n" and place.ran()
    elsewhere = place.folder / "project2"
    elsewhere.mkdir()
    shutil.move(place.program, elsewhere / "main.inf")
    told = own.ilang("run", str(elsewhere / "main.inf"), "question=What is 3 + 5?", "--model", "sim(accuracy=1)")
    assert codes(told) == ["python-untrusted"] and not place.ran()


def test_a_wheel_in_the_project_is_somebody_elses(place: Place) -> None:
    """`pip install --target` into the project's own folder does not make it the user's own."""
    inside = place.program.parent / "vendor"
    shutil.move(place.folder / "site", inside)
    moved = Place(place.folder, {**place.env, "PYTHONPATH": str(inside)})
    told = moved.run()
    assert codes(told) == ["python-untrusted"] and not place.ran()


def test_the_python_api_asks_nobody(place: Place) -> None:
    code = f"import ilang; ilang.load({str(place.program)!r}, models='sim').run(question='What is 3 + 5?')"
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **place.env}, capture_output=True, text=True)
    assert done.returncode and "python-untrusted" in done.stderr and not place.ran()


# ---- the file of answers -----------------------------------------------------------


def test_lines_that_cannot_be_read_trust_nothing(place: Place) -> None:
    place.run("--trust")
    line = place.trusted.read_text("utf-8")
    place.trusted.write_text("no json\n[1]\n" + line[:40], "utf-8")
    assert codes(place.run()) == ["python-untrusted"]
    assert place.run("--trust").out == "8\n" and place.run().out == "8\n"  # a torn line ends where the next begins


@pytest.mark.skipif(os.name != "posix", reason="there are no such modes")
def test_a_file_that_others_may_write_is_refused(place: Place) -> None:
    place.run("--trust")
    place.ran()
    place.trusted.chmod(0o666)
    told = place.run()
    assert (told.code, codes(told)) == (2, ["trust-not-private"]) and "chmod 600" in told.err and not place.ran()
    assert codes(place.run("--trust")) == ["trust-not-private"] and not place.ran()


def test_a_state_that_cannot_be_written(place: Place) -> None:
    (place.folder / "state").write_text("a file", "utf-8")
    told = place.run("--trust")
    assert told.code == 2 and codes(told)[0] in ("unwritable-file", "unreadable-file") and not place.ran()
    assert "Traceback" not in told.err


def test_a_link_to_a_folder_above_ends(tmp_path: Path) -> None:
    from ilang.session.trust import _files_under

    package = tmp_path / "package"
    (package / "inner").mkdir(parents=True)
    (package / "inner" / "a.py").write_text("", "utf-8")
    (package / "inner" / "back").symlink_to(package, target_is_directory=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.py").write_text("", "utf-8")
    (package / "linked").symlink_to(tmp_path / "outside", target_is_directory=True)
    assert sorted(name for name, _ in _files_under(package)) == ["package/inner/a.py", "package/linked/b.py"]
