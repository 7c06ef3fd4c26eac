import shutil
import subprocess

import pytest

from ilang.cli.completion import completions, split
from tests.cli.calling import COMMAND, process, program

KINDS = program("kinds.inf")


def found(line: str) -> list[str]:
    words = split(line)
    return [w for w in completions(words) if w.startswith(words[-1])]


def test_commands_and_flags() -> None:
    assert found("ilang ru") == ["run", "runs"]
    assert "check" in found("ilang help ch")
    assert found("ilang check --jso") == ["--json"]
    assert found("ilang nonsense --j") == []
    assert found("ilang completion z") == ["zsh"]
    assert "--line" not in found("ilang completion --")


def test_pipelines_behind_the_colon() -> None:
    assert f"{KINDS}:a_text" in found(f"ilang run {KINDS}:a_")
    assert found("ilang run nowhere.inf:a") == []


def test_parameters_that_are_not_given_yet() -> None:
    assert found("ilang run programs/vote.inf ") == ["question=", "n="]
    assert found("ilang run programs/vote.inf question='a b' ") == ["n="]
    assert found("ilang run programs/vote.inf qu") == ["question="]
    assert found("ilang run prog") == []


def test_a_file_that_cannot_be_parsed_offers_what_can(written) -> None:
    path = written("pipeline main(abc: int) -> int { abc }\npipeline wrong( -> {")
    assert found(f"ilang run {path} ") == ["abc="]


def test_scripts(ilang) -> None:
    for shell in ("bash", "zsh", "fish"):
        told = ilang("completion", shell)
        assert told.code == 0 and "ilang completion " + shell in told.out
    assert process("completion", "tcsh").code == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ilang ru", ["run", "runs"]),
        ("ilang run programs/vote.inf que", ["question="]),
        ("ilang run programs/vote.inf:m", ["main"]),
        ("ilang fmt --ch", ["--check"]),
    ],
)
def test_in_bash(line: str, expected: list[str], tmp_path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    (tmp_path / "ilang").write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    (tmp_path / "ilang").chmod(0o755)
    script = (
        f'PATH="{tmp_path}:$PATH"; eval "$(ilang completion bash)"; '
        f"COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; _ilang; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == expected, done.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_take_the_script(shell: str, tmp_path, ilang) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not on this machine")
    path = tmp_path / "script"
    path.write_text(ilang("completion", shell).out)
    assert subprocess.run([shell, "-n", str(path)], capture_output=True).returncode == 0
