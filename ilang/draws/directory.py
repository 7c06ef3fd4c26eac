"""The directory of the draw store: where it is, and that it is private.

Replies may hold what nobody else should read, so it is made with mode 0700. One that is
looser is tightened if it is plainly ours (empty, or holding a store, and owned by this user)
and refused otherwise: a directory with other things in it is not ours to close.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from ilang.draws import problem
from ilang.draws.file_system import network_kind

DATABASE = "cache.db"
_OTHERS = 0o077


def default_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """`$ILANG_STORE`, else `ilang/draws` in the user's cache (`$XDG_CACHE_HOME`, else `~/.cache`)."""
    named = environment.get("ILANG_STORE")
    if named:
        return Path(named).expanduser()
    cache = environment.get("XDG_CACHE_HOME", "")
    home = Path(cache) if os.path.isabs(cache) else Path("~/.cache").expanduser()
    return home / "ilang" / "draws"


def prepare(directory: Path) -> None:
    """See that the directory exists, is local and private. Raises IlangError where it cannot be."""
    place = str(directory)
    kind = network_kind(directory)
    if kind is not None:
        raise problem.network(place, kind)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        try:
            directory.mkdir(mode=0o700)
        except FileExistsError:
            if not directory.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "it is a file, not a directory") from None
        if os.name == "posix":
            _close_to_others(directory)
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise problem.full(place, why) from error
        raise problem.read_only(place, why) from error


def _close_to_others(directory: Path) -> None:
    status = directory.stat()
    if not status.st_mode & _OTHERS:
        return
    if status.st_uid != os.getuid():
        raise problem.foreign(str(directory), "it belongs to another user, and others may enter it")
    if any(directory.iterdir()) and not (directory / DATABASE).exists():
        raise problem.foreign(str(directory), "it holds other files, and other users may enter it")
    directory.chmod(0o700)
