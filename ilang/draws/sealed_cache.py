"""The one module that touches diskcache and SQLite: a cache that holds our bytes and nothing else.

diskcache 5.6.3 pickles and unpickles whatever is no plain value, so that a planted file runs code
(CVE-2025-69872, unfixed). Here a key and a value are bytes, raw, in the database itself: nothing
is pickled, nothing unpickled, no other file is read, written or removed, whatever the table says.

Reading many keys at once and writing many rows in one durable transaction are statements of
our own over diskcache's table, for diskcache has a statement for each key. It is imported only
when a store is opened. Does not know what the bytes mean.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import diskcache
from diskcache.core import MODE_RAW

from ilang.base.diagnostic import IlangError
from ilang.draws import problem
from ilang.draws.directory import DATABASE
from ilang.draws.migrating import migrate

MARK = 0x696C616E
"""SQLite's application_id of a draw store ("ilan"): tells it from another program's cache."""

_CHUNK = 256
"""Keys in one SELECT: well below SQLite's limit, and no statement holds the thread for long."""

_SETTINGS = {
    "eviction_policy": "none",  # the default throws entries away above 1 GiB
    "cull_limit": 0,
    "statistics": 0,
    "tag_index": 0,
    "size_limit": 2**62,
    "sqlite_journal_mode": "wal",
    "sqlite_synchronous": 1,  # raised to FULL for the rows themselves
    "sqlite_mmap_size": 0,  # with a map, a failing disk is a signal and not an error
    "sqlite_auto_vacuum": 1,
    "sqlite_cache_size": 1024,  # pages of 4 kB for each connection; the system has the rest in its own
    "disk_min_file_size": 2**62,
    "disk_pickle_protocol": 0,
}
_COUNTERS = {"count", "size", "hits", "misses"}
_INSERT = (
    "INSERT INTO Cache(key, raw, store_time, expire_time, access_time, access_count, tag, size, mode, filename, value)"
    " VALUES (?, 1, ?, NULL, ?, 0, ?, 0, ?, NULL, ?) ON CONFLICT(key, raw) DO "
)
_ADD = f"{_INSERT} NOTHING"
_UPSERT = (
    f"{_INSERT} UPDATE SET store_time = excluded.store_time, tag = excluded.tag, size = 0,"
    " mode = excluded.mode, filename = NULL, value = excluded.value"
)
_READING = {
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_IOERR_CORRUPTFS,
    sqlite3.SQLITE_IOERR_DATA,
}
_DAMAGED = "stored in a way that is not ours"


class Row(NamedTuple):
    """A row to write: `time` in seconds since 1970, `tag` to count rows by."""

    key: bytes
    value: bytes
    tag: str
    time: float


class Kind(NamedTuple):
    """Rows with one tag: how many, their bytes, and the first and last time one was stored."""

    tag: str
    rows: int
    bytes: int
    oldest: float
    newest: float


class Refused(TypeError):
    """Something else than bytes was to go in, or to come out."""


class SealedDisk(diskcache.Disk):  # type: ignore[misc]
    """Bytes to bytes, in the database. All that diskcache would pickle, unpickle or keep in a file is refused."""

    def put(self, key: object) -> tuple[bytes, bool]:
        if type(key) is not bytes:
            raise Refused(_DAMAGED)
        return key, True

    def get(self, key: object, raw: object) -> bytes:
        if not raw or type(key) is not bytes:
            raise Refused(_DAMAGED)
        return key

    def store(self, value: object, read: object, key: object = None) -> tuple[int, int, None, bytes]:
        if read or type(value) is not bytes:
            raise Refused(_DAMAGED)
        return 0, MODE_RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: object) -> bytes:
        if read or mode != MODE_RAW or filename is not None or type(value) is not bytes:
            raise Refused(_DAMAGED)
        return value

    def remove(self, file_path: object) -> None:
        """Nothing: none of our rows has a file, and a planted name may lead anywhere."""


class SealedCache(diskcache.Cache):  # type: ignore[misc]
    """diskcache's table of raw bytes, with statements for many rows. A connection for each thread."""

    def select(self, keys: Sequence[bytes]) -> tuple[dict[bytes, bytes], list[bytes]]:
        """The values of these keys (those missing left out), and the keys that are there but unreadable."""
        found: dict[bytes, bytes] = {}
        bad: list[bytes] = []
        for at in range(0, len(keys), _CHUNK):
            chunk = keys[at : at + _CHUNK]
            try:
                self._select(chunk, found, bad)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                for key in chunk:  # a bad page: find out whose
                    try:
                        self._select([key], found, bad)
                    except sqlite3.DatabaseError as alone:
                        if not is_damage(alone):
                            raise
                        bad.append(key)
        return found, bad

    def _select(self, keys: Sequence[bytes], found: dict[bytes, bytes], bad: list[bytes]) -> None:
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, mode, filename, value FROM Cache WHERE raw = 1 AND key IN ({marks})"
        for key, mode, filename, value in self._con.execute(query, keys).fetchall():
            if mode == MODE_RAW and filename is None and type(value) is bytes:
                found[key] = value
            else:
                bad.append(key)

    @contextmanager
    def durably(self) -> Iterator[None]:
        """A transaction that is on the disk, safe from loss of power, when it ends. Not to be nested."""
        con = self._con
        con.execute("PRAGMA synchronous = FULL")
        con.execute("BEGIN IMMEDIATE")
        try:
            yield
            con.execute("COMMIT")
        except BaseException:
            if con.in_transaction:  # SQLite has ended it by itself where the disk is full
                con.execute("ROLLBACK")
            raise

    def add(self, rows: Sequence[Row]) -> bool:
        """Write the rows whose keys are not there yet. Whether that were all."""
        return self._write(_ADD, rows) == len(rows)

    def upsert(self, rows: Sequence[Row]) -> None:
        """Write the rows, over what was there."""
        self._write(_UPSERT, rows)

    def _write(self, statement: str, rows: Sequence[Row]) -> int:
        written = [(r.key, r.time, r.time, r.tag, MODE_RAW, r.value) for r in rows]
        count: int = self._con.executemany(statement, written).rowcount
        return count

    def kinds(self) -> list[Kind]:
        """Rows counted by tag, those that nobody can read included."""
        query = (
            "SELECT tag, COUNT(*), TOTAL(LENGTH(value)), MIN(store_time), MAX(store_time)"
            " FROM Cache GROUP BY tag ORDER BY tag"
        )
        rows = self._con.execute(query).fetchall()
        return [Kind(_text(tag), n, int(size), old or 0.0, new or 0.0) for tag, n, size, old, new in rows]

    def footprint(self) -> int:
        """Bytes of the database on disk."""
        ((pages,),) = self._con.execute("PRAGMA page_count").fetchall()
        ((size,),) = self._con.execute("PRAGMA page_size").fetchall()
        return int(pages) * int(size)

    def scan(self) -> Iterator[tuple[object, bytes | None]]:
        """All keys in order, with their values (None: unreadable). Holds no transaction between chunks."""
        columns = "SELECT key, raw, mode, filename, value FROM Cache"
        order = "ORDER BY key, raw LIMIT ?"
        rows = self._con.execute(f"{columns} {order}", (_CHUNK,)).fetchall()
        while rows:
            for key, raw, mode, filename, value in rows:
                sound = raw == 1 and mode == MODE_RAW and filename is None and type(value) is bytes
                yield key, value if sound else None
            last = (rows[-1][0], rows[-1][1], _CHUNK)
            rows = self._con.execute(f"{columns} WHERE (key, raw) > (?, ?) {order}", last).fetchall()

    def ages(self, before: float | None, tag: str | None) -> list[tuple[int, int]]:
        """(row id, bytes) of the rows stored before that time and with that tag, newest first."""
        query = (
            "SELECT rowid, LENGTH(value) FROM Cache"
            " WHERE (:before IS NULL OR store_time < :before) AND (:tag IS NULL OR tag = :tag)"
            " ORDER BY store_time DESC, rowid DESC"
        )
        return [(row, size or 0) for row, size in self._con.execute(query, {"before": before, "tag": tag})]

    def delete(self, rows: Sequence[int]) -> None:
        """Drop the rows with these ids."""
        self._con.executemany("DELETE FROM Cache WHERE rowid = ?", [(row,) for row in rows])

    def quick_check(self) -> str:
        """SQLite's own check of the file: `ok`, or what is wrong first."""
        ((answer,),) = self._con.execute("PRAGMA quick_check(1)").fetchall()
        return str(answer)


def open_cache(directory: Path, version: int, patience: float) -> SealedCache:
    """Open the cache in an existing directory, or begin one. Raises IlangError.

    Whether it is ours and of a version that we read is known before diskcache sees the file.
    `patience`: seconds to wait for another process's lock.
    """
    with explained(directory, patience):
        _stamp(directory, version, patience)
        return SealedCache(str(directory), timeout=patience, disk=SealedDisk, **_SETTINGS)


def _stamp(directory: Path, version: int, patience: float) -> None:
    """Mark a new file as ours; refuse one that is not, or that is newer, or that would change how we read."""
    con = sqlite3.connect(directory / DATABASE, timeout=patience, isolation_level=None)
    try:
        if not con.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
            con.execute("PRAGMA auto_vacuum = 1")
            con.execute("BEGIN IMMEDIATE")
            if not con.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
                con.execute(f"PRAGMA application_id = {MARK}")
                con.execute(f"PRAGMA user_version = {version}")
            con.execute("COMMIT")
        ((mark,),) = con.execute("PRAGMA application_id").fetchall()
        ((found,),) = con.execute("PRAGMA user_version").fetchall()
        if mark != MARK:
            raise problem.foreign(str(directory), f"its {DATABASE} was made by another program")
        if found > version:
            raise problem.newer(str(directory), found, version)
        try:
            names = {name for (name,) in con.execute("SELECT key FROM Settings")}
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            names = set()
        if names - _SETTINGS.keys() - _COUNTERS:  # diskcache would set them as attributes, or as pragmas
            raise problem.foreign(str(directory), f"its {DATABASE} has settings that ilang never made")
        if found < version:
            migrate(con, directory, found, version)
    finally:
        con.close()


@contextmanager
def explained(directory: Path, patience: float) -> Iterator[None]:
    """Turn what SQLite and diskcache raise inside into an IlangError that says what to do."""
    place = str(directory)
    try:
        yield
    except diskcache.Timeout as error:
        raise problem.locked(place, patience) from error
    except sqlite3.Error as error:
        raise _explain(error, place, patience) from error
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise problem.full(place, why) from error
        raise problem.read_only(place, why) from error


def is_damage(error: sqlite3.Error) -> bool:
    """The file's content is wrong (and not its disk, its lock or our statement)."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _explain(error: sqlite3.Error, place: str, patience: float) -> IlangError:
    why = str(error)
    match _code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return problem.locked(place, patience)
        case sqlite3.SQLITE_FULL:
            return problem.full(place, why)
        case sqlite3.SQLITE_IOERR if error.sqlite_errorcode not in _READING:
            return problem.full(place, why)  # so a limit on file sizes or a quota shows itself
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return problem.read_only(place, why)
    return problem.corrupt(place, why)


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, -1 where the error is Python's own."""
    code: Any = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else -1


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
