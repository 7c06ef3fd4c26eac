import sys

import pytest

from ilang import __version__
from ilang.cli import main as entry
from ilang.cli.main import COMMANDS
from tests.cli.calling import codes, process, program


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_lists_the_commands(ilang, words):
    told = ilang(*words)
    assert told.code == 0 and not told.err
    assert all(f"\n  {name} " in told.out for name in COMMANDS)


def test_help_of_a_command(ilang):
    assert ilang("help", "run").out == ilang("run", "--help").out
    assert ilang("run", "--help").code == 0


def test_version(ilang):
    assert ilang("--version").out == f"ilang {__version__}\n"


def test_unknown_command_has_a_near_name(ilang):
    told = ilang("chek", "x.inf")
    assert told.code == 2 and codes(told) == ["unknown-command"] and "`ilang check`" in told.err and not told.out


def test_a_program_in_the_commands_place(ilang):
    assert "`ilang run vote.inf`" in ilang("vote.inf").err


def test_flags_before_the_command(ilang):
    told = ilang("--json", "run")
    assert told.code == 2 and told.json["error"]["code"] == "usage"


def test_unknown_flag_has_a_near_name(ilang):
    told = ilang("run", program("votes.inf"), "--sed", "3")
    assert told.code == 2 and "`--seed`" in told.err


def test_a_flag_without_its_value(ilang):
    told = ilang("run", program("votes.inf"), "--seed")
    assert told.code == 2 and codes(told) == ["usage"]


@pytest.mark.parametrize("value", ["x", "1.5", ""])
def test_a_flag_with_a_wrong_value(ilang, value):
    told = ilang("run", program("votes.inf"), "--seed", value)
    assert told.code == 2 and "needs a whole number" in told.err


def test_usage_errors_in_json_too(ilang):
    told = ilang("check", "--json")
    assert told.code == 2 and told.json["command"] == "check" and told.json["error"]["code"] == "usage"


def test_a_mistake_of_ilangs_is_one_diagnostic(ilang, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("no\nluck")

    monkeypatch.setattr("ilang.session.checking.check_file", broken)
    told = ilang("check", program("votes.inf"))
    assert told.code == 1 and codes(told) == ["internal-error"]
    assert "Traceback" not in told.err and "ZeroDivisionError" in told.err and "ILANG_DEBUG" in told.err


def test_debug_shows_where(ilang, monkeypatch):
    monkeypatch.setenv("ILANG_DEBUG", "1")
    monkeypatch.setattr("ilang.session.checking.check_file", lambda *_: 1 // 0)
    assert "Traceback" in ilang("check", program("votes.inf")).err


def test_interrupted_before_anything(ilang, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("ilang.session.checking.check_file", interrupt)
    told = ilang("check", program("votes.inf"))
    assert (told.code, told.out, told.err) == (130, "", "interrupted\n")


def test_interrupted_while_it_starts(ilang, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("ilang.cli.dispatch.dispatch", interrupt)
    told = ilang("check", program("votes.inf"))
    assert (told.code, told.out, told.err) == (130, "", "")


def test_no_output_at_all(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert entry.main(["run", program("kinds.inf:a_text"), "x=hello"]) == 0
    assert entry.main(["nonsense"]) == 2


def test_a_full_disk():
    told = process("run", program("kinds.inf:a_text"), "x=hello")
    assert told.out == "hello\n"
    import subprocess

    from tests.cli.calling import COMMAND, ROOT

    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "run", program("kinds.inf:a_text"), "x=hello"], stdout=full, stderr=subprocess.PIPE, cwd=ROOT
        )
    assert done.returncode == 1 and b"error[output-failed]" in done.stderr and b"Traceback" not in done.stderr
