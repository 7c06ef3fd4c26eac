"""copied: a store that lies where nothing can be written, to be read from a copy in a temporary folder.

SQLite writes beside a database even to read it. Draws that came with a paper, on a disk that is mounted read-only, are
replayed so; nothing that is written to the copy is kept.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ilang.draws.directory import DATABASE
from ilang.draws.disk_store import DiskStore, open_store


def copied(directory: Path) -> tuple[DiskStore, tempfile.TemporaryDirectory[str]]:
    """The copy, opened, and the folder that goes when it is cleaned up. Raises IlangError where it is no store, and
    OSError where it cannot be read or copied."""
    files = sorted(directory.glob(f"{DATABASE}*"))  # with what SQLite keeps beside it
    if directory / DATABASE not in files:
        raise FileNotFoundError(directory / DATABASE)
    folder = tempfile.TemporaryDirectory(prefix="ilang-store-")
    place = Path(folder.name) / "draws"
    place.mkdir(mode=0o700)
    try:
        for file in files:
            shutil.copyfile(file, place / file.name)
        return open_store(place), folder
    except BaseException:
        folder.cleanup()
        raise
