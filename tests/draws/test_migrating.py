"""A store of an older version is brought to this one: whole, with a copy, or not at all."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ilang.base.diagnostic import IlangError
from ilang.draws import disk_store, migrating
from ilang.draws.address import Address
from ilang.draws.disk_store import open_store
from ilang.draws.draw import Draw
from ilang.draws.entry import Entry

ADDRESS = Address("ab" * 32, 0)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of version 1 with one draw in it."""
    store = open_store(tmp_path / "draws")
    store.put_many([(ADDRESS, Entry(Draw("four", "end", "", 3, 0, 1), "p", "m", "sim", "a", 1.0))])
    store.close()
    return tmp_path / "draws"


def version(place: Path, name: str = "cache.db") -> int:
    con = sqlite3.connect(place / name)
    ((found,),) = con.execute("PRAGMA user_version").fetchall()
    con.close()
    return int(found)


def raised(monkeypatch: pytest.MonkeyPatch, *steps: Callable[[sqlite3.Connection], None]) -> None:
    """As if this ilang had a later version, and these steps to it."""
    monkeypatch.setattr(disk_store, "VERSION", 1 + len(steps))
    monkeypatch.setattr(migrating, "STEPS", dict(enumerate(steps, 1)))


def test_it_goes_step_by_step_and_a_copy_is_kept(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raised(
        monkeypatch,
        lambda con: con.execute("UPDATE Cache SET tag = 'sim:b'") and None,
        lambda con: con.execute("UPDATE Cache SET tag = tag || '!'") and None,
    )
    for _ in range(2):
        store = open_store(old)
        assert [h.source for h in store.info().holdings] == ["sim:b!"]
        entry = store.get(ADDRESS)
        assert entry is not None and entry.draw.text == "four"
        store.close()
    assert version(old) == 3 and version(old, "cache.db.v1") == 1
    assert not stat.S_IMODE((old / "cache.db.v1").stat().st_mode) & 0o077
    con = sqlite3.connect(old / "cache.db.v1")
    assert con.execute("SELECT tag FROM Cache").fetchall() == [("sim:a",)]
    con.close()


def test_a_step_that_fails_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(con: sqlite3.Connection) -> None:
        con.execute("DELETE FROM Cache")
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as later:
        raised(later, lambda con: con.execute("UPDATE Cache SET tag = 'x'") and None, broken)
        with pytest.raises(IlangError) as told:
            open_store(old)
        assert told.value.diagnostics[0].code.startswith("store-")
    assert version(old) == 1
    store = open_store(old)
    assert store.get(ADDRESS) is not None and [h.source for h in store.info().holdings] == ["sim:a"]
    store.close()


def test_one_of_a_newer_version_is_refused(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        raised(later, lambda con: None)
        open_store(old).close()
    with pytest.raises(IlangError) as told:
        open_store(old)
    assert told.value.diagnostics[0].code == "store-newer"
