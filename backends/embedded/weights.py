"""Says where a model's weights lie, and fetches the listed ones. Loads no model.

Listed weights stand in the folder `ILANG_MODELS`, else in the user's cache folder
(`XDG_CACHE_HOME` honoured). Any other GGUF file is named by its path: `file:/models/x.gguf`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path

from ilang.backend.protocol import BackendFault
from ilang_backends.embedded import fetching, file_lock
from ilang_backends.embedded.fetching import Progress
from ilang_backends.embedded.redact import redact
from ilang_backends.embedded.shortlist import DEFAULT, SHORTLIST, Listed, named

FILE = "file:"


def folder() -> Path:
    """Where listed weights are kept; it need not exist."""
    chosen = os.environ.get("ILANG_MODELS")
    if chosen:
        return Path(chosen).expanduser()
    if os.environ.get("XDG_CACHE_HOME"):
        cache = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches"
    else:
        cache = Path.home() / ".cache"
    return cache / "ilang" / "models"


def located(listed: Listed = DEFAULT) -> Path | None:
    """The file of a listed model, None where it is not here (whole)."""
    path = folder() / listed.file
    try:
        return path if path.stat().st_size == listed.size else None
    except OSError:
        return None


def path_of(id: str) -> Path:
    """The weights that a model's id names. Raises BackendFault where they are not here or the name is not known."""
    if id.startswith(FILE):
        return _given(id)
    listed = listed_as(id)
    path = located(listed)
    if path is None:
        raise BackendFault(
            "missing-weights", f"the weights of `{listed.id}` are not in {folder()}", help=_ways_out(listed)
        )
    return path


def identity(id: str) -> str:
    """First 16 hex digits of the SHA-256 of the weights; for a listed model without its file."""
    if not id.startswith(FILE):
        return listed_as(id).sha256[:16]
    path = _given(id)
    state = path.stat()
    key = (str(path), state.st_size, state.st_mtime_ns)
    if key not in _hashes:
        _hashes[key] = fetching.sha256(path)
    return _hashes[key][:16]


_hashes: dict[tuple[str, int, int], str] = {}


def fetch(progress: Progress | None = None, listed: Listed = DEFAULT) -> Path:
    """Fetch a listed model's weights unless they are here, and say where they are.

    `progress` is told bytes done and bytes in all, and may raise to stop; what was fetched is
    kept and continued next time. A second process waits for the first. Raises BackendFault.
    """
    report = progress or _silent
    target = folder() / listed.file

    def waiting() -> None:
        sizes = (part.stat().st_size for part in fetching.parts(target) if part.exists())
        report(min(next(sizes, 0), listed.packed), listed.packed)

    if (found := located(listed)) is not None:
        return found
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with file_lock.held(target.with_name(target.name + ".lock"), waiting):
            if located(listed) is None:
                fetching.bring(listed, target, report)
        return target
    except fetching.NotFetched as error:
        raise _not_fetched(listed, error.tried) from None
    except OSError as error:
        raise _not_fetched(listed, (redact(error),)) from None


async def fetch_aside(progress: Progress | None = None, listed: Listed = DEFAULT) -> Path:
    """`fetch` in a thread; cancelling the task stops it soon, and what was fetched is kept."""
    stopped = threading.Event()

    def report(done: int, total: int) -> None:
        if stopped.is_set():
            raise _Stopped
        if progress is not None:
            progress(done, total)

    try:
        return await asyncio.to_thread(fetch, report, listed)
    finally:
        stopped.set()


def remove(listed: Listed = DEFAULT) -> bool:
    """Delete a listed model's weights and what an unfinished fetch left. True where there was something."""
    target = folder() / listed.file
    there = [path for path in (target, *fetching.parts(target)) if path.exists()]
    for path in there:
        path.unlink(missing_ok=True)
    return bool(there)


class _Stopped(Exception):
    """The task that waited for a fetch is gone."""


def _silent(done: int, total: int) -> None:
    """A progress that tells nobody."""


def _given(id: str) -> Path:
    path = Path(id.removeprefix(FILE).removeprefix("//")).expanduser()
    if not path.is_file():
        raise BackendFault(
            "missing-weights", f"there is no file {path}", help="name a GGUF file that exists: `file:/models/x.gguf`"
        )
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise BackendFault("no-such-model", f"{path} is no GGUF file", help="convert the model to GGUF first")
    return path


def listed_as(id: str) -> Listed:
    """The model on the short list that an id names. Raises BackendFault."""
    listed = named(id)
    if listed is None:
        known = ", ".join(f"`{one.id}`" for one in SHORTLIST)
        raise BackendFault(
            "no-such-model",
            f"`embedded` has no model `{id}`",
            help=f"it has {known}; any other GGUF file goes by its path: `file:/models/x.gguf`",
        )
    return listed


def _not_fetched(listed: Listed, tried: tuple[str, ...]) -> BackendFault:
    what = "".join(f"\n  - {one}" for one in tried)
    return BackendFault(
        "missing-weights",
        f"the weights of `{listed.id}` are not here and could not be fetched:{what}",
        help=_ways_out(listed),
    )


def _ways_out(listed: Listed) -> str:
    return (
        f"run `ilang models fetch` where there is a network; or copy {listed.file} "
        f"({listed.size / 1e6:.0f} MB) into {folder()}; or set ILANG_MODELS to a folder that has it"
    )
