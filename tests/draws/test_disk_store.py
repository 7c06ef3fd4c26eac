"""The store on disk: the laws of stores, and what can be wrong with a file, a disk and those who share it."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import diskcache
import pytest

from ilang.base.diagnostic import IlangError
from ilang.draws.address import Address
from ilang.draws.disk_store import VERSION, DiskStore, open_store
from ilang.draws.entry import encode
from ilang.draws.sealed_cache import Refused, SealedCache, SealedDisk
from ilang.draws.store import Checked, Cut
from tests.draws.store_laws import KEYS, KeptStore, StoreLaws, entry, numbered

ROOT = Path(__file__).parents[2]


def code(caught: pytest.ExceptionInfo[IlangError]) -> str:
    """The code of the one diagnostic, which has a way out."""
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.help
    return diagnostic.code


def table(directory: Path) -> sqlite3.Connection:
    """The database, without ilang."""
    return sqlite3.connect(directory / "cache.db", isolation_level=None)


def python(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a program that may import ilang and the tests."""
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


class TestDiskStore(StoreLaws):
    """All laws, on a real disk."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[KeptStore]:
        store = open_store(tmp_path / "draws")
        yield store
        store.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a store of five entries lies."""
    store = open_store(tmp_path / "draws")
    store.put_many(numbered(5))
    store.close()
    return tmp_path / "draws"


def test_it_is_there_again_after_closing(place: Path) -> None:
    store = open_store(place)
    assert store.get_many([address for address, _ in numbered(5)]) == dict(numbered(5))
    store.close()
    assert store.get(Address(KEYS[0], 0)) is not None  # closing gives back; it can still be used
    store.close()


def test_there_is_nothing_but_the_database(place: Path) -> None:
    store = open_store(place)
    store.put_many([(Address(KEYS[1], 0), entry(os.urandom(300_000).hex()))])
    assert {path.name for path in place.iterdir()} <= {"cache.db", "cache.db-wal", "cache.db-shm"}
    store.close()


def test_nothing_is_evicted(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    settings = dict(table(tmp_path).execute("SELECT key, value FROM Settings"))
    assert settings["eviction_policy"] == "none" and settings["cull_limit"] == 0
    assert settings["sqlite_journal_mode"] == "wal"
    store.close()


# -- one entry is damaged


def damage(place: Path, index: int, change: str, *values: object) -> None:
    con = table(place)
    key = bytes.fromhex(KEYS[0]) + index.to_bytes(4, "big")
    con.execute(f"UPDATE Cache SET {change} WHERE key = ?", (*values, key))
    con.close()


class Planted:
    """Unpickling this makes a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (self.path, "w")


@pytest.mark.parametrize(
    ("change", "values"),
    [
        ("value = ?", (b"\x01nonsense",)),
        ("value = ?", (encode(entry())[:-3],)),
        ("value = ?", ("text",)),
        ("value = NULL", ()),
        ("mode = 2", ()),
        ("mode = 2, filename = ?", ("../../secret",)),
    ],
)
def test_a_damaged_entry_is_missing_and_reported_and_then_replaced(
    place: Path, change: str, values: tuple[object, ...]
) -> None:
    damage(place, 2, change, *values)
    store = open_store(place)
    found = store.get_many([address for address, _ in numbered(5)])
    assert [address.index for address in found] == [0, 1, 3, 4]
    (warning,) = store.warnings()
    assert warning.code == "store-corrupt" and warning.severity == "warning"
    assert warning.message.startswith("1 entry ") and warning.notes == (f"{KEYS[0][:12]}#2",)
    assert store.verify() == Checked(4, (f"{KEYS[0][:12]}#2",))
    assert [address.index for address, _ in store.entries()] == [0, 1, 3, 4]
    assert store.put_many([(Address(KEYS[0], 2), entry("again"))]) == [entry("again")]
    assert store.get(Address(KEYS[0], 2)) == entry("again")
    assert store.verify() == Checked(5)
    store.close()


def test_a_planted_pickle_is_never_loaded(place: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    trap = pickle.dumps(Planted(str(sprung)))
    (place / "trap.val").write_bytes(trap)
    damage(place, 0, "mode = 4, value = ?", trap)
    damage(place, 1, "mode = 4, value = NULL, filename = 'trap.val'")
    con = table(place)
    con.execute("INSERT INTO Cache(key, raw, mode, value) VALUES (?, 0, 4, ?)", (trap, trap))
    con.execute("INSERT INTO Cache(key, raw, mode, value) VALUES ('text', 1, 4, ?)", (trap,))
    con.close()

    store = open_store(place)
    assert len(store.get_many([address for address, _ in numbered(5)])) == 3
    assert len(list(store.entries())) == 3
    assert len(store.verify().damaged) == 4
    assert store.info().entries == 7
    store.put_many(numbered(5))
    assert not sprung.exists()
    assert len(store.get_many([address for address, _ in numbered(5)])) == 5
    store.prune(Cut())
    assert not sprung.exists() and (place / "trap.val").exists()
    store.close()

    # and even diskcache's own methods, over our disk, refuse it
    damage_all = table(place)
    damage_all.execute("INSERT INTO Cache(key, raw, mode, value) VALUES (?, 1, 4, ?)", (b"k", trap))
    damage_all.execute("INSERT INTO Cache(key, raw, mode, value) VALUES (?, 0, 1, ?)", (trap, b"v"))
    damage_all.close()
    cache = SealedCache(str(place), disk=SealedDisk)
    with pytest.raises(Refused):
        cache.get(b"k")
    with pytest.raises(Refused):
        list(cache)
    cache.close()
    assert not sprung.exists()

    # the trap is a real one: diskcache alone springs it
    unsealed = diskcache.Cache(str(place))
    unsealed.get(b"k")
    unsealed.close()
    assert sprung.exists()


def test_nothing_is_pickled(tmp_path: Path) -> None:
    disk = SealedDisk(str(tmp_path))
    for value in (1, "text", None, ("a",), bytearray(b"x")):
        with pytest.raises(Refused):
            disk.put(value)
        with pytest.raises(Refused):
            disk.store(value, read=False)


def test_a_bad_page_loses_only_what_lay_on_it(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.put_many([(address, entry(os.urandom(3000).hex())) for address, _ in numbered(60)])
    store.close()
    path = tmp_path / "cache.db"
    data = bytearray(path.read_bytes())
    for page in range(20, 24):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)
    store = open_store(tmp_path)
    found = store.get_many([address for address, _ in numbered(60)])
    assert 40 < len(found) < 60
    (warning,) = store.warnings()
    assert warning.message.startswith(f"{60 - len(found)} entr")
    with pytest.raises(IlangError) as caught:
        store.verify()
    assert code(caught) == "store-corrupt"
    store.close()


# -- the store as a whole is of no use


def test_a_newer_store_is_refused_untouched(place: Path) -> None:
    con = table(place)
    con.execute(f"PRAGMA user_version = {VERSION + 1}")
    con.close()
    before = (place / "cache.db").read_bytes()
    with pytest.raises(IlangError) as caught:
        open_store(place)
    assert code(caught) == "store-newer"
    assert (place / "cache.db").read_bytes() == before


def test_a_file_that_is_no_database_is_corrupt(place: Path) -> None:
    (place / "cache.db").write_bytes(b"This is no database. " * 1000)
    with pytest.raises(IlangError) as caught:
        open_store(place)
    assert code(caught) == "store-corrupt"


def test_another_programs_cache_is_refused(tmp_path: Path) -> None:
    with diskcache.Cache(str(tmp_path)) as other:
        other["a"] = 1
    with pytest.raises(IlangError) as caught:
        open_store(tmp_path)
    assert code(caught) == "store-foreign"


def test_planted_settings_are_refused(place: Path) -> None:
    con = table(place)
    con.execute("INSERT INTO Settings VALUES ('sqlite_temp_store_directory', '/tmp')")
    con.close()
    with pytest.raises(IlangError) as caught:
        open_store(place)
    assert code(caught) == "store-foreign"


def test_a_store_that_is_held_is_locked(place: Path) -> None:
    store = open_store(place, patience=0.05)
    holder = table(place)
    holder.execute("BEGIN IMMEDIATE")
    assert store.get(Address(KEYS[0], 0)) is not None  # readers do not wait
    with pytest.raises(IlangError) as caught:
        store.put_many(numbered(6))
    assert code(caught) == "store-locked"
    holder.execute("ROLLBACK")
    holder.close()
    assert len(store.put_many(numbered(6))) == 6
    store.close()


def test_a_store_that_cannot_be_written_is_read_only(place: Path) -> None:
    store = open_store(place)
    store.get(Address(KEYS[0], 0))
    with store._cache.durably():  # as where the disk was mounted anew: root minds no modes
        pass
    store._cache._con.execute("PRAGMA query_only = 1")
    with pytest.raises(IlangError) as caught:
        store.put_many(numbered(6))
    assert code(caught) == "store-read-only"
    store.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_disk_that_is_read_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        open_store(disk / "draws").close()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(IlangError) as caught:
            open_store(disk / "draws")
        assert code(caught) == "store-read-only"
        with pytest.raises(IlangError) as caught:
            open_store(disk / "new")
        assert code(caught) == "store-read-only"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_disk_that_is_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        store = open_store(disk / "draws")
        kept = fill(store)
        assert 5 < kept < 200
        store.prune(Cut(largest=0))
        store.close()
        with pytest.raises(OSError), (disk / "ballast").open("wb") as ballast:
            ballast.write(b"x" * 2_000_000)
        for place in ("draws", "new"):
            with pytest.raises(IlangError) as caught:
                open_store(disk / place).put_many([(Address(KEYS[0], 0), entry(os.urandom(9000).hex()))])
            assert code(caught) == "store-full"


def test_a_limit_on_file_sizes() -> None:
    """Also where nothing may be mounted: what was stored stays, and with room it goes on."""
    done = python(
        """
        import resource, sys, tempfile, pathlib
        from ilang.draws.disk_store import open_store
        from tests.draws.test_disk_store import fill
        with tempfile.TemporaryDirectory() as place:
            store = open_store(pathlib.Path(place))
            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
            kept = fill(store)
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            assert len(list(store.entries())) == kept, kept
            assert store.verify().sound == kept > 5
            store.put_many([(a, e) for a, e in store.entries()])
            store.close()
        """
    )
    assert done.returncode == 0, done.stderr


def fill(store: DiskStore) -> int:
    """Put until there is no room; returns how many were kept, having seen that none is half there."""
    for index in range(2000):
        try:
            store.put_many([(Address(KEYS[0], index), entry(os.urandom(5000).hex()))])
        except IlangError as error:
            assert error.diagnostics[0].code == "store-full", error
            assert len(list(store.entries())) == index
            return index
    raise AssertionError("it never got full")


class small_disk:
    """A file system of that size while it lasts."""

    def __init__(self, path: Path, size: str) -> None:
        self.path, self.size = path, size

    def __enter__(self) -> Path:
        self.path.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}", "none", self.path], check=False)
        if done.returncode:
            pytest.skip("nothing may be mounted here")
        return self.path

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", self.path], check=True)


# -- several processes


def test_processes_begin_one_store_at_once_and_agree(tmp_path: Path) -> None:
    program = """
        import sys, pathlib
        import ilang.draws.sealed_cache
        from ilang.draws.disk_store import open_store
        from ilang.draws.address import Address
        from tests.draws.store_laws import KEYS, entry
        print("ready", flush=True)
        for place in sys.argv[2:]:
            sys.stdin.readline()
            for index in range(40):
                store = open_store(pathlib.Path(place))
                (standing,) = store.put_many([(Address(KEYS[0], index), entry(sys.argv[1]))])
                store.close()
                print(standing.draw.text)
    """
    places = [tmp_path / f"draws-{number}" for number in range(5)]
    command = [sys.executable, "-c", textwrap.dedent(program)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    processes = [
        subprocess.Popen([*command, name, *map(str, places)], cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
        for name in "abcd"
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for place in places:
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [[process.stdout.readline().strip() for _ in range(40)] for process in processes]
        assert told[0] == told[1] == told[2] == told[3], [process.poll() for process in processes]
        store = open_store(place)
        assert [e.draw.text for _, e in store.entries()] == told[0] != [""] * 40
        store.close()
    for process in processes:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err


def test_importing_the_room_loads_no_database() -> None:
    done = python(
        """
        import pkgutil, sys, importlib, ilang.draws
        for module in pkgutil.iter_modules(ilang.draws.__path__):
            if module.name not in ("sealed_cache", "claim_file"):
                importlib.import_module("ilang.draws." + module.name)
        loaded = {"diskcache", "sqlite3", "openai", "anthropic", "numpy"} & set(sys.modules)
        assert not loaded, loaded
        """
    )
    assert done.returncode == 0, done.stderr


def test_a_copied_store_is_a_store(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place, tmp_path / "copy")
    store = open_store(tmp_path / "copy")
    assert store.verify() == Checked(5)
    store.close()


def test_a_store_of_version_1_is_read_as_it_was_written(tmp_path: Path) -> None:
    """`stores/v1` was made by ilang before claims: users' stores look like it for ever."""
    shutil.copytree(Path(__file__).parent / "stores" / "v1", tmp_path / "draws")
    store = open_store(tmp_path / "draws")
    other = (Address(KEYS[1], 0), entry("other \x1b[31m model", asked="m-2"))
    assert list(store.entries()) == [*numbered(5), other]
    assert store.get_results([b"\x07" * 32])[b"\x07" * 32].json == "true"
    assert store.verify() == Checked(7)
    store.close()
