"""The command as a process: interrupted, cut off, and how much processor time it takes."""

import os
import signal
import subprocess
import sys

import pytest

from tests.cli.calling import COMMAND, ENV, ROOT, cpu_seconds, process, program

SLOW = program("fast_slow.inf")


@pytest.fixture(autouse=True)
def bytecode(monkeypatch):
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def interrupted(surroundings):
    """Run with these flags; Ctrl-C as soon as the three quick draws have come."""

    def run(*flags):
        child = subprocess.Popen(
            [*COMMAND, "run", SLOW, "q=What is 1 + 1?", "-v", *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        lines = []
        while sum(line.startswith("new ") for line in lines) < 3 or not lines[-1].startswith("asked"):
            lines.append(child.stderr.readline())
            assert lines[-1], lines
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
        return child.returncode, out, err

    return run


def test_what_had_come_is_kept(interrupted, ilang):
    code, out, err = interrupted()
    assert (code, out) == (130, "")
    assert err == "interrupted: 3 draws that had come are kept; the same command goes on from there\n"
    assert ilang("cache", "info", "--json").json["entries"] == 3
    code, _, err = interrupted_again(interrupted)
    assert code == 130 and "nothing had come" in err


def interrupted_again(interrupted):
    """The second time the three draws are in the store."""
    child = subprocess.Popen(
        [*COMMAND, "run", SLOW, "q=What is 1 + 1?", "-v"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    seen = []
    while not seen or not seen[-1].startswith("asked"):
        seen.append(child.stderr.readline())
        assert seen[-1], seen
    assert sum(line.startswith("kept ") for line in seen) == 3
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    return child.returncode, out, err


def test_interrupted_in_json(interrupted):
    import json

    code, out, err = interrupted("--json")
    data = json.loads(out)
    assert code == 130 and err == "" and data["status"] == "failed" and data["error"]["code"] == "interrupted"
    assert data["paid"]["draws"] == 3 and data["paid"]["calls"] == 2 and data["paid"]["output_tokens"] > 0
    assert data["pipeline"] == "main" and set(data["worth"].values()) == {None}


def test_a_closed_pipe(surroundings):
    words = f'"{sys.executable}" -m ilang.cli.main run "{program("kinds.inf:a_text")}" x=hello'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{words} | true"], capture_output=True, cwd=ROOT, timeout=60
    )
    assert done.stderr == b""
    read, write = os.pipe()
    os.close(read)
    child = subprocess.run(
        [*COMMAND, "run", program("kinds.inf:a_text"), "x=hello"], stdout=write, stderr=subprocess.PIPE, cwd=ROOT
    )
    os.close(write)
    assert (child.returncode, child.stderr) == (141, b"")


@pytest.mark.parametrize(
    "words", [["--help"], ["run", "--help"], ["models"], ["show", "programs/vote.inf"], ["check", "x"]]
)
def test_a_closed_pipe_for_whatever_is_said(words, surroundings):
    read, write = os.pipe()
    os.close(read)
    child = subprocess.run([*COMMAND, *words], stdout=write, stderr=write, cwd=ROOT)
    os.close(write)
    assert child.returncode == 141


def test_closed_output(surroundings):
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m ilang.cli.main run "{program("kinds.inf:a_text")}" x=hello >&-'],
        capture_output=True,
        cwd=ROOT,
    )
    assert done.returncode == 0 and b"Traceback" not in done.stderr


def test_standard_input_and_output(surroundings):
    told = process("run", program("kinds.inf:a_text"), "x=-", stdin="größer\n".encode())
    assert (told.code, told.out, told.err) == (0, "größer\n", "")
    ascii_only = process("run", program("kinds.inf:a_text"), "x=größer", env={"PYTHONIOENCODING": "ascii"})
    assert ascii_only.out == "gr\\xf6\\xdfer\n"


@pytest.mark.parametrize(
    ("words", "most"), [(("--help",), 0.2), (("run", "--help"), 0.2), (("check", "programs/vote.inf"), 0.3)]
)
def test_processor_time(words, most):
    took = cpu_seconds([*COMMAND, *words])
    assert took < most, f"{took:.2f} s"


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("check", "programs/vote.inf"), ("models",)])
def test_nothing_heavy_is_imported(words):
    code = (
        "import sys; from ilang.cli.main import main; main(sys.argv[1:]);"
        "print([m for m in ('rich', 'numpy', 'networkx', 'openai', 'anthropic', 'cyllama', 'diskcache', 'lark', 'asyncio')"
        " if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, cwd=ROOT, text=True)
    assert done.stderr.splitlines()[-1] == "[]"
