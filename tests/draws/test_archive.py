"""An archive carries draws from one store to another: whole, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilang.backend.request import TokenLogprob
from ilang.base.diagnostic import IlangError
from ilang.draws.address import Address
from ilang.draws.archive import read_archive, write_archive
from ilang.draws.disk_store import DiskStore, open_store
from ilang.draws.draw import Draw
from ilang.draws.entry import Entry
from ilang.draws.result import Result

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ENTRIES = st.builds(
    Entry,
    st.builds(
        Draw,
        TEXTS,
        st.sampled_from(["end", "limit", "stop"]),
        TEXTS,
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        assumed=st.booleans(),
        logprobs=st.none()
        | st.tuples(st.builds(TokenLogprob, TEXTS, st.floats(-9, 0), st.tuples(st.tuples(TEXTS, st.floats(-9, 0))))),
        thinking=TEXTS,
        model=TEXTS,
    ),
    TEXTS,
    TEXTS,
    st.sampled_from(["sim", "openai"]),
    TEXTS,
    st.floats(0, 2e9),
)
KEYS = st.integers(0, 2**256 - 1).map(lambda n: f"{n:064x}")


def filled(place: Path, draws: dict[tuple[str, int], Entry], results: dict[bytes, Result]) -> DiskStore:
    store = open_store(place)
    store.put_many([(Address(*at), entry) for at, entry in draws.items()])
    store.put_results(list(results.items()))
    return store


@given(
    draws=st.dictionaries(st.tuples(KEYS, st.integers(0, 2**32 - 1)), ENTRIES, max_size=6),
    results=st.dictionaries(
        st.binary(min_size=32, max_size=32), st.builds(Result, TEXTS, TEXTS, st.floats(0, 2e9)), max_size=2
    ),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_exported_comes_in_again(
    tmp_path_factory: pytest.TempPathFactory, draws: dict[tuple[str, int], Entry], results: dict[bytes, Result]
) -> None:
    place = tmp_path_factory.mktemp("archive")
    one, other = filled(place / "one", draws, results), open_store(place / "other")
    held = write_archive(place / "a.gz", one)
    assert (held.draws, held.results) == (len(draws), len(results))
    assert read_archive(place / "a.gz", other).new == len(draws) + len(results)
    assert list(other.entries()) == list(one.entries()) and list(other.results()) == list(one.results())
    assert read_archive(place / "a.gz", other).new == 0
    write_archive(place / "b.gz", other)
    assert (place / "a.gz").read_bytes() == (place / "b.gz").read_bytes()
    one.close()
    other.close()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    draw = Draw("four", "end", "", 3, 0, 1)
    store = filled(tmp_path / "store", {(f"{n:064x}", 0): Entry(draw, "p", "m", "sim", "a", 1.0) for n in range(3)}, {})
    write_archive(tmp_path / "a.gz", store)
    store.close()
    return tmp_path / "a.gz"


def refused(path: Path, into: Path) -> str:
    store = open_store(into)
    with pytest.raises(IlangError) as told:
        read_archive(path, store)
    assert not list(store.entries())  # nothing of it was imported
    store.close()
    return told.value.diagnostics[0].code


def sealed(lines: list[bytes], **last: object) -> bytes:
    """Lines with a checksum that fits."""
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    return gzip.compress(b"".join(lines) + json.dumps({"sha256": digest, **last}).encode() + b"\n", mtime=0)


def test_one_that_is_not_whole_is_refused(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    text = gzip.decompress(whole)
    lines = text.splitlines(keepends=True)
    damaged = {
        "cut": whole[: len(whole) // 2],
        "a line less": gzip.compress(b"".join(lines[:2] + lines[3:])),
        "a line more": gzip.compress(text + lines[1]),
        "no end": gzip.compress(b"".join(lines[:-1])),
        "another text": gzip.compress(text.replace(b"four", b"five", 1)),
        "a flipped bit": whole[:40] + bytes([whole[40] ^ 4]) + whole[41:],
        "other counts": sealed(lines[:-1], draws=7),
        "no draw": sealed([lines[0], b'{"key":"' + b"0" * 64 + b'","draw":[1,2]}\n'], draws=1),
        "no key": sealed([lines[0], lines[1].replace(b"0" * 64, b"../../etc/passwd")], draws=1),
        "a key of capitals": sealed([lines[0], lines[1].replace(b'"key":"0', b'"key":"A')], draws=1),
        "no JSON": sealed([lines[0], b"gAR9lC4=\n"], draws=1),
        "a large number": sealed([lines[0], lines[1].replace(b'"draw"', b'"index":4294967296,"draw"')], draws=1),
    }
    for name, data in damaged.items():
        (tmp_path / "wrong.gz").write_bytes(data)
        assert refused(tmp_path / "wrong.gz", tmp_path / "into") == "archive-damaged", name


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "archive-damaged"),
        (b"hello", "not-an-archive"),
        (gzip.compress(b"hello\n"), "not-an-archive"),
        (gzip.compress(b'{"format":"tar","version":1}\n'), "not-an-archive"),
        (gzip.compress(b'{"format":"ilang-draws","version":2}\n'), "archive-newer"),
        (gzip.compress(b'{"format":"ilang-draws","version":1}\n' + b"0" * 30_000_000), "archive-damaged"),
    ],
    ids=["empty", "no gzip", "no head", "another format", "newer", "a bomb"],
)
def test_what_is_none_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    (tmp_path / "x.gz").write_bytes(data)
    assert refused(tmp_path / "x.gz", tmp_path / "into") == code


def test_one_that_cannot_be_written_leaves_nothing(archive: Path, tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    with pytest.raises(IlangError) as told:
        write_archive(tmp_path / "nowhere" / "a.gz", store)
    assert told.value.diagnostics[0].code == "unwritable-file"
    before = archive.read_bytes()
    write_archive(archive, store)
    assert archive.read_bytes() == before and sorted(p.name for p in tmp_path.iterdir()) == ["a.gz", "store"]
    store.close()
