import os
import time

import pytest

from tests.cli.calling import codes, program

VOTES = program("votes.inf")


@pytest.fixture
def filled(ilang):
    """A store with three draws of one model and one of another."""
    ilang("run", VOTES, "q=one\n\x1b[31mline")
    ilang("run", program("say.inf"))


def test_nothing_yet(ilang, tmp_path):
    for action in ("info", "ls", "verify"):
        told = ilang("cache", action)
        assert (told.code, told.out) == (0, f"{tmp_path / 'draws'}: no draws yet\n")
        assert ilang("cache", action, "--json").json["ok"] is True
    assert ilang("cache", "prune", "--older-than", "1d").code == 0
    assert not (tmp_path / "draws").exists()


def test_path(ilang, tmp_path):
    assert ilang("cache", "path").out == f"{tmp_path / 'draws'}\n"
    assert ilang("cache", "path", "--store", "elsewhere").out == "elsewhere\n"


def test_info(ilang, filled):
    told = ilang("cache")
    lines = told.out.splitlines()
    assert "4 draws, " in lines[0] and lines[2].split()[:3] == ["model", "draws", "size"]
    assert lines[3].split()[:2] == ["fake:m", "4"]
    data = ilang("cache", "info", "--json").json
    assert (data["entries"], data["models"][0]["model"]) == (4, "fake:m")


def test_ls(ilang, filled):
    told = ilang("cache", "ls")
    assert len(told.out.splitlines()) == 3 and "\x1b" not in told.out
    requests = ilang("cache", "ls", "--json").json["requests"]
    assert sorted((r["prompt"], r["draws"], r["first_reply"]) for r in requests) == [
        ("say", 1, "hello"),
        ("solve", 3, "Answer: 3"),
    ]
    assert ilang("cache", "ls", "--model", "fake").code == 0
    assert codes(ilang("cache", "ls", "--model", "fake:n")) == ["unknown-model"]


def test_verify(ilang, filled, tmp_path):
    told = ilang("cache", "verify")
    assert (told.code, told.out) == (0, "4 sound draws, 0 damaged\n")
    import sqlite3

    with sqlite3.connect(tmp_path / "draws" / "cache.db") as db:
        db.execute("UPDATE Cache SET value = x'00' WHERE rowid = 1")
    db.close()
    told = ilang("cache", "verify")
    assert told.code == 1 and told.out.startswith("3 sound draws, 1 damaged\n")
    data = ilang("cache", "verify", "--json")
    assert data.code == 1 and data.json["ok"] is False and len(data.json["damaged"]) == 1


def test_prune(ilang, filled):
    assert ilang("cache", "prune", "--older-than", "1d").out == "dropped 0 draws, 0 bytes\n"
    assert ilang("cache", "prune", "--model", "fake", "--dry-run").out.startswith("would drop 4 draws, ")
    assert ilang("cache", "info", "--json").json["entries"] == 4
    assert ilang("cache", "prune", "--max-size", "5GB", "--dry-run", "--json").json["entries"] == 0
    assert ilang("cache", "prune", "--max-size", "0").out.startswith("dropped 4 draws, ")
    assert ilang("cache", "info", "--json").json["entries"] == 0


def test_prune_by_age(ilang, filled, monkeypatch):
    later = time.time() + 3600
    monkeypatch.setattr("ilang.cli.cache.time.time", lambda: later)
    assert ilang("cache", "prune", "--older-than", "2h").out.startswith("dropped 0 draws")
    assert ilang("cache", "prune", "--older-than", "30m").out.startswith("dropped 4 draws")


@pytest.mark.parametrize(
    "words",
    [
        ["prune"],
        ["prune", "--dry-run"],
        ["info", "--dry-run"],
        ["verify", "--model", "fake"],
        ["prune", "--older-than", "soon"],
        ["prune", "--max-size", "5 elephants"],
        ["purge"],
    ],
)
def test_wrong_words(ilang, filled, words):
    told = ilang("cache", *words)
    assert told.code == 2 and codes(told) == ["usage"] and told.out == ""


def test_several_models_and_a_size(ilang, filled, written):
    path = written('model m = sim("x", steps=1)\nprompt p() -> text """hi"""\npipeline main() -> text { p() | ask(m) }')
    ilang("run", path)
    told = ilang("cache", "prune", "--model", "m", "--max-size", "1")
    assert told.code == 2 and "name one of: fake:m, sim:" in told.err


def test_measures():
    from ilang.cli.cache import age, size

    assert (age("90d"), age("2w"), age("1.5h")) == (90 * 86400, 14 * 86400, 5400)
    assert (size("5GB"), size("1kib"), size("12")) == (5_000_000_000, 1024, 12)


def test_a_directory_that_is_not_ours(ilang, tmp_path):
    other = tmp_path / "mine"
    other.mkdir(mode=0o755)
    (other / "cache.db").write_text("no database")
    os.chmod(other, 0o755)
    told = ilang("cache", "--store", str(other))
    assert told.code in (1, 2) and codes(told)[0].startswith("store-")
