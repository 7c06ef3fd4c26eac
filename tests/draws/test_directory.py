"""Where the store lies, that it is private, and which file systems are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ilang.base.diagnostic import IlangError
from ilang.draws import directory
from ilang.draws.directory import default_directory, prepare
from ilang.draws.disk_store import open_store
from ilang.draws.file_system import network_kind

MOUNTS = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 27 0:40 / /home rw,relatime shared:5 - nfs4 server:/home rw
32 31 254:1 / /home/ann/local rw - xfs /dev/vdb rw
33 27 0:41 / /mnt/a\040b rw - fuse.sshfs ann@host: rw
34 27 0:42 / /homestead rw - ext4 /dev/vdc rw
35 27 0:43 / /twice rw - ext4 /dev/vdd rw
36 35 0:44 / /twice rw - cifs //server/share rw
37 27 0:45 / /win rw - 9p drvfs rw
38 27 0:46 / /fuse rw - fuse.lxcfs lxcfs rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/draws", None),
        ("/home/ann/.cache/ilang/draws", "nfs4"),
        ("/home", "nfs4"),
        ("/home/ann/local/draws", None),
        ("/homestead/draws", None),
        ("/homely/draws", None),
        ("/mnt/a b/draws", "fuse.sshfs"),
        ("/twice/draws", "cifs"),
        ("/win/c/draws", "9p"),
        ("/fuse/draws", None),
    ],
)
def test_network_file_systems_are_told_by_the_longest_mount(path: str, kind: str | None) -> None:
    assert network_kind(Path(path), MOUNTS) == kind


def test_this_disk_is_local(tmp_path: Path) -> None:
    assert network_kind(tmp_path) is None


def test_a_network_file_system_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "network_kind", lambda path: "nfs4")
    with pytest.raises(IlangError) as caught:
        open_store(tmp_path / "draws")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "store-network" and "nfs4" in diagnostic.message
    assert "--store" in diagnostic.help and "ilang cache export" in diagnostic.help
    assert not (tmp_path / "draws").exists()


def test_the_default_is_in_the_users_cache() -> None:
    assert default_directory({"ILANG_STORE": "/a/b", "XDG_CACHE_HOME": "/c"}) == Path("/a/b")
    assert default_directory({"ILANG_STORE": "~/b"}) == Path.home() / "b"
    assert default_directory({"XDG_CACHE_HOME": "/c"}) == Path("/c/ilang/draws")
    assert default_directory({"XDG_CACHE_HOME": "relative"}) == Path.home() / ".cache/ilang/draws"
    assert default_directory({"ILANG_STORE": ""}) == Path.home() / ".cache/ilang/draws"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_it_is_made_private_whatever_the_umask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "_close_to_others", lambda place: None)  # private from its first moment
    before = os.umask(0)
    try:
        open_store(tmp_path / "a" / "b" / "draws").close()
    finally:
        os.umask(before)
    assert mode(tmp_path / "a" / "b" / "draws") == 0o700


def test_an_open_one_is_closed_to_others_if_it_is_ours(tmp_path: Path) -> None:
    open_store(tmp_path / "draws").close()
    (tmp_path / "draws").chmod(0o755)
    open_store(tmp_path / "draws").close()
    assert mode(tmp_path / "draws") == 0o700
    (tmp_path / "empty").mkdir(mode=0o777)
    prepare(tmp_path / "empty")
    assert mode(tmp_path / "empty") == 0o700


def test_a_directory_with_other_things_is_not_ours_to_close(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    project.chmod(0o755)
    (project / "main.inf").touch()
    with pytest.raises(IlangError) as caught:
        open_store(project)
    assert caught.value.diagnostics[0].code == "store-foreign"
    assert mode(project) == 0o755
    project.chmod(0o700)
    open_store(project).close()


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "draws"):
        with pytest.raises(IlangError) as caught:
            open_store(place)
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.code == "store-read-only" and str(place) in diagnostic.message
