"""Claims of the processes that share a store's directory: a small database beside the draws.

Nothing in it is worth keeping: it says who draws what at this moment. So it is written without waiting for the disk,
and one that is damaged is thrown away (those who still held the old file may then pay for what a new one draws).

That an owner has died is known at once: it holds a lock on a file of its own, which the kernel takes from a
process however it ends. Where there are no such locks (Windows), or a child inherited it, the lease decides alone.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from ilang.draws.address import Address
from ilang.draws.claims import LEASE
from ilang.draws.packing import pack
from ilang.draws.sealed_cache import explained, is_damage

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FILE = "claims.db"
OWNER = "owner-"
"""How the names of the files begin on which owners hold their locks."""

_FORM = 2
"""Of the tables. A file of another form is begun anew: nothing in it lasts."""

_CHUNK = 256
_TABLES = (
    "CREATE TABLE IF NOT EXISTS Owners(owner TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS Claims(key BLOB PRIMARY KEY, owner TEXT NOT NULL) WITHOUT ROWID",
)
_HELD = "SELECT owner FROM Claims WHERE key = ?"
T = TypeVar("T")


class ClaimFile:
    """The `Claims` of one run in the store of this directory. Belongs to one thread.

    Makes nothing before the first claim.
    """

    def __init__(self, directory: Path, patience: float) -> None:
        self._directory = directory
        self._patience = patience
        self._con: sqlite3.Connection | None = None
        self._owner = ""
        self._lock = -1

    def claim(self, addresses: Sequence[Address], now: float) -> set[Address]:
        wanted = {pack(address): address for address in addresses}
        return {wanted[key] for key in self._do(lambda con: self._claim(con, list(wanted), now))} if wanted else set()

    def release(self, addresses: Sequence[Address]) -> None:
        def released(con: sqlite3.Connection) -> None:
            con.execute("BEGIN IMMEDIATE")
            keys = [(pack(address), self._owner) for address in addresses]
            con.executemany("DELETE FROM Claims WHERE key = ? AND owner = ?", keys)
            con.execute("COMMIT")

        if self._con is not None and addresses:
            self._do(released)

    def renew(self, now: float) -> None:
        if self._con is not None:
            self._do(lambda con: self._renew(con, now))

    def close(self) -> None:
        con, self._con = self._con, None
        if con is None:
            return
        try:
            con.execute("DELETE FROM Claims WHERE owner = ?", (self._owner,))
            con.execute("DELETE FROM Owners WHERE owner = ?", (self._owner,))
        except sqlite3.Error:
            pass  # the lock goes in any case, and with it the claims
        con.close()
        if self._lock >= 0:
            self._file(self._owner).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = -1

    # -- within the database

    def _claim(self, con: sqlite3.Connection, keys: Sequence[bytes], now: float) -> list[bytes]:
        if self._all_held(con, keys, now):
            return []  # who waits looks again and again: without writing
        con.execute("BEGIN IMMEDIATE")
        self._renew(con, now)
        held = self._held(con, keys)
        lost = self._lost(con, set(held.values()) - {self._owner}, now)
        for owner in lost:
            if self._dead(owner):
                con.execute("DELETE FROM Claims WHERE owner = ?", (owner,))
                con.execute("DELETE FROM Owners WHERE owner = ?", (owner,))
                self._file(owner).unlink(missing_ok=True)
            else:  # it may come back: of what it holds only this is taken
                con.executemany("DELETE FROM Claims WHERE key = ? AND owner = ?", [(key, owner) for key in keys])
        if lost:
            held = self._held(con, keys)
        con.executemany("INSERT INTO Claims VALUES (?, ?)", [(key, self._owner) for key in keys if key not in held])
        con.execute("COMMIT")
        return [key for key in keys if held.get(key, self._owner) == self._owner]

    def _all_held(self, con: sqlite3.Connection, keys: Sequence[bytes], now: float) -> bool:
        """Whether living others hold all of these."""
        owners = set()
        for key in keys:
            row = con.execute(_HELD, (key,)).fetchone()
            if row is None or row[0] == self._owner:
                return False
            owners.add(row[0])
        return not self._lost(con, owners, now)

    def _held(self, con: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Those of these that are held, and by whom."""
        held: dict[bytes, str] = {}
        for at in range(0, len(keys), _CHUNK):
            chunk = keys[at : at + _CHUNK]
            query = f"SELECT key, owner FROM Claims WHERE key IN ({','.join('?' * len(chunk))})"
            held.update(con.execute(query, chunk))
        return held

    def _lost(self, con: sqlite3.Connection, owners: Iterable[str], now: float) -> list[str]:
        """Those of the owners that hold nothing any more: their lease has ended, or they have."""
        lost = []
        for owner in owners:
            row = con.execute("SELECT until FROM Owners WHERE owner = ?", (owner,)).fetchone()
            if row is None or row[0] <= now or self._dead(owner):
                lost.append(owner)
        return lost

    def _renew(self, con: sqlite3.Connection, now: float) -> None:
        con.execute("INSERT OR REPLACE INTO Owners VALUES (?, ?)", (self._owner, now + LEASE))

    # -- the files

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The work; begun anew on a new file where the old one is damaged. Raises IlangError."""
        with explained(self._directory, self._patience):
            try:
                return self._work(work)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
            self.close()
            self._discard()
            return self._work(work)

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        con = self._open()
        try:
            return work(con)
        except BaseException:
            if con.in_transaction:
                con.execute("ROLLBACK")
            raise

    def _open(self) -> sqlite3.Connection:
        if self._con is not None:
            return self._con
        con = sqlite3.connect(
            self._directory / FILE, timeout=self._patience, isolation_level=None, check_same_thread=False
        )
        try:
            con.execute("PRAGMA journal_mode = WAL")
            con.execute("PRAGMA synchronous = OFF")
            ((form,),) = con.execute("PRAGMA user_version").fetchall()
            if form != _FORM:
                self._begin(con)
        except BaseException:
            con.close()
            raise
        if not self._owner or self._lock < 0:
            self._owner = secrets.token_hex(8)
            self._hold()
        self._con = con
        return con

    def _begin(self, con: sqlite3.Connection) -> None:
        con.execute("BEGIN IMMEDIATE")
        ((form,),) = con.execute("PRAGMA user_version").fetchall()
        if form != _FORM:
            con.execute("DROP TABLE IF EXISTS Claims")
            con.execute("DROP TABLE IF EXISTS Owners")
            for table in _TABLES:
                con.execute(table)
            con.execute(f"PRAGMA user_version = {_FORM}")
        con.execute("COMMIT")

    def _discard(self) -> None:
        for name in (FILE, FILE + "-wal", FILE + "-shm"):
            (self._directory / name).unlink(missing_ok=True)

    def _file(self, owner: str) -> Path:
        return self._directory / (OWNER + owner)

    def _hold(self) -> None:
        """Take the lock that says that this owner lives."""
        if fcntl is None:
            return
        lock = os.open(self._file(self._owner), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._lock = lock

    def _dead(self, owner: str) -> bool:
        """Whether nobody holds that owner's lock any more."""
        if fcntl is None or not owner.isalnum():
            return False
        try:
            lock = os.open(self._file(owner), os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            return isinstance(error, FileNotFoundError)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            return False
        finally:
            os.close(lock)
