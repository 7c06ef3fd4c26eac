"""Brings a store that an older ilang wrote to the version of this one, in one transaction, with a copy kept beside it.

A step is a function of the open database, from one version to the next. There is none yet: all stores are of
version 1. Whoever raises the version adds the step here, and a store of the old version to the tests.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ilang.draws.directory import DATABASE

if TYPE_CHECKING:
    import sqlite3

Step = Callable[["sqlite3.Connection"], None]

STEPS: Mapping[int, Step] = {}
"""By the version that it begins with."""


def migrate(con: sqlite3.Connection, directory: Path, found: int, version: int) -> None:
    """From the version `found` to `version`. Raises sqlite3.Error, or OSError for the copy; then nothing has changed.

    Another process may have done it meanwhile: the version is looked at again within the transaction.
    """
    keep_copy(con, directory / f"{DATABASE}.v{found}")
    con.execute("BEGIN IMMEDIATE")
    try:
        ((at,),) = con.execute("PRAGMA user_version").fetchall()
        while at < version:
            STEPS[at](con)
            at += 1
            con.execute(f"PRAGMA user_version = {at:d}")
        con.execute("COMMIT")
    except BaseException:
        if con.in_transaction:
            con.execute("ROLLBACK")
        raise


def keep_copy(con: sqlite3.Connection, path: Path) -> None:
    """The database as it is, in a file that is there whole or not at all; one that is there already stays."""
    import sqlite3

    if path.exists():
        return
    made = path.with_name(f".{path.name}.{os.getpid()}")
    os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with closing(sqlite3.connect(made)) as copy:
        con.backup(copy)
    os.replace(made, path)
