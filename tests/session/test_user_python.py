"""User Python that misbehaves costs its own judgement, never the run, the pipe or the process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ilang.cli.main import main

CHECKS = """
def nan(x: float) -> float:
    return float("nan")

def leaves(x: float) -> bool:
    raise SystemExit(3)

def prints(x: float) -> bool:
    print("noise")
    return True

def breaks(x: float) -> float:
    return 1 / 0
"""
PROGRAM = '''
use python nan, leaves, prints, breaks from "checks.py"
prompt s(q: text) -> number { user """{{q}}""" answer after("Answer:") }
pipeline of_nan(q: text) -> list[number] { s(q) | sample(n=4) | each(nan(it)) }
pipeline of_leaves(q: text) -> list[bool] { s(q) | sample(n=4) | verify(leaves(it)) | each(it.verified) }
pipeline of_prints(q: text) -> list[bool] { s(q) | sample(n=4) | verify(prints(it)) | each(it.verified) }
pipeline of_breaks(q: text) -> list[number] { s(q) | sample(n=4) | each(breaks(it)) }
'''


@pytest.mark.parametrize(
    ("entry", "value", "told"),
    [
        ("of_nan", [], "gave nan"),
        ("of_leaves", [False] * 4, "leaves raised SystemExit: 3"),
        ("of_prints", [True] * 4, ""),
        ("of_breaks", [], "(checks.py, line 13)"),
    ],
)
def test_one_judgement_each(
    entry: str, value: object, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "checks.py").write_text(CHECKS, "utf-8")
    file = tmp_path / "program.inf"
    file.write_text(PROGRAM, "utf-8")
    code = main(["run", f"{file}:{entry}", "q=What is 2 + 3?", "--model", "sim", "--store", "none", "--json"])
    out = capsys.readouterr().out
    result = json.loads(out)  # one object, whatever the user's code prints
    assert (code, result["value"]) == (0, value)
    assert told in " ".join(result["warnings"])


def test_a_module_that_cannot_be_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "checks.py").write_text("import nosuchmodule\ndef f(x: float) -> bool: return True\n", "utf-8")
    file = tmp_path / "program.inf"
    file.write_text('use python f from "checks.py"\npipeline main(x: number) -> bool { f(x) }\n', "utf-8")
    assert main(["run", str(file), "x=1", "--model", "sim", "--store", "none"]) == 1
    said = capsys.readouterr().err
    assert "nosuchmodule" in said and "(checks.py, line 1)" in said and "Traceback" not in said
