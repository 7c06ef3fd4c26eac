"""`ilang keys` with a keyring: the key is there and in no file of ours, and a locked keyring is got around."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

KEY = "sk-planted-0123456789"
ROOT = Path(__file__).parents[2]

Said = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def keys(tmp_path: Path) -> Said:
    """`ilang keys ...` as a process of its own, with a keyring behind it."""

    def call(*words: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PYTHON_KEYRING_BACKEND": "tests.backends.keyring_in_a_file.Ring",
            "RING": str(tmp_path / "ring.json"),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "PYTHONPATH": str(ROOT),
            **more,
        }
        command = [sys.executable, "-m", "ilang.cli.main", "keys", *words]
        return subprocess.run(command, input=given, capture_output=True, text=True, env=environment)

    return call


def test_a_key_is_kept_in_the_keyring_and_in_no_file_of_ours(keys: Said, tmp_path: Path) -> None:
    for name in ("OPENAI_API_KEY", "MY_OWN_KEY"):
        assert keys("set", name, given=KEY + "\n").returncode == 0
    assert json.loads((tmp_path / "ring.json").read_text()) == {
        f"ilang/{n}": KEY for n in ("OPENAI_API_KEY", "MY_OWN_KEY")
    }
    assert KEY not in (tmp_path / "config" / "ilang" / "keys.json").read_text()
    listed = keys("--json")
    assert KEY not in listed.stdout + listed.stderr
    places = [{"name": n, "place": "keyring"} for n in ("MY_OWN_KEY", "OPENAI_API_KEY")]
    assert json.loads(listed.stdout)["keys"] == places
    first = keys("--json", OPENAI_API_KEY="sk-of-the-environment")
    assert {"name": "OPENAI_API_KEY", "place": "environment"} in json.loads(first.stdout)["keys"]
    assert "error[keyring-locked]" in keys("rm", "MY_OWN_KEY", LOCKED="1").stderr
    gone = keys("rm", "MY_OWN_KEY")
    assert gone.returncode == 0 and "MY_OWN_KEY is forgotten (keyring)" in gone.stdout
    assert json.loads((tmp_path / "ring.json").read_text()) == {"ilang/OPENAI_API_KEY": KEY}
    assert "error[no-such-key]" in keys("rm", "MY_OWN_KEY").stderr


def test_a_locked_keyring_leaves_the_file(keys: Said, tmp_path: Path) -> None:
    assert keys("set", "OPENAI_API_KEY", given=KEY + "\n", LOCKED="1").returncode == 0
    assert not (tmp_path / "ring.json").exists()
    listed = keys("--json", LOCKED="1")
    assert json.loads(listed.stdout)["keys"] == [{"name": "OPENAI_API_KEY", "place": "file"}]
    assert "OPENAI_API_KEY is forgotten (file)" in keys("rm", "OPENAI_API_KEY", LOCKED="1").stdout
