"""`ilang config show`, `keys` and `doctor`, and settings in the place of flags."""

from __future__ import annotations

import http.server
import io
import json
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.calling import Called

Ilang = Callable[..., Called]
Written = Callable[..., str]
KEY = "sk-planted-4711"

PROGRAM = '''
model m = sim("a", accuracy=0.7)
prompt say(q: text) -> number {
  user """{{q}}"""
  answer after("Answer:")
}
pipeline main(q: text, n: int = 2) -> number? { say(q) | sample(m, n=n) | vote | .winner }
'''


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("ANTHROPIC_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "config" / "ilang"


def test_settings_stand_in_for_flags(ilang: Ilang, written: Written, home: Path) -> None:
    program = written(PROGRAM, "sums.inf")
    Path("ilang.toml").write_text('seed = 5\nno-trace = true\n[models]\nm = "sim:b"\n[profiles.six]\nseed = 6\n')
    assert ilang("run", program, "q=What is 1 + 1?", "--json").json["seed"] == 5
    assert ilang("run", program, "q=What is 1 + 1?", "--json", "--seed", "7").json["seed"] == 7
    assert ilang("run", program, "q=What is 1 + 1?", "--json", "--profile", "six").json["seed"] == 6
    assert ilang("run", program, "q=What is 1 + 1?", "--json", "--isolated").json["seed"] == 0
    runs = ilang("runs", "--json").json["runs"]
    assert [run["models"]["m"] for run in runs] == ["sim:a"]  # the others kept no trace
    shown = ilang("config", "show", "--profile", "six")
    words = [line.split() for line in shown.out.splitlines()]
    assert ["seed", "6", f"{Path('ilang.toml').absolute()},", "profile", "six"] in [line[:5] for line in words]
    assert ["models.m", "sim:b"] in [line[:2] for line in words]
    data = ilang("config", "show", "--json", "--isolated").json
    assert data["settings"]["seed"] == {"value": None, "origin": "default"} and data["files"] == []


def test_a_setting_that_cannot_be(ilang: Ilang, written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    program = written(PROGRAM, "sums.inf")
    Path("ilang.toml").write_text('budget = "three euros"\n')
    told = ilang("run", program, "q=1")
    assert told.code == 2 and "ilang.toml: `budget` needs limits such as usd=2.50" in told.err
    Path("ilang.toml").write_text("concurrency = 0\n")
    assert "`concurrency` needs a whole number from 1" in ilang("run", program, "q=1").err
    Path("ilang.toml").write_text('progress = "loud"\n')
    assert "`progress` is one of auto, bar, lines, none, not `loud`" in ilang("run", program, "q=1").err
    Path("ilang.toml").write_text('model = "nobody:x"\n')
    named = written(PROGRAM.replace("sample(m, n=n)", "sample(n=n)"), "free.inf")
    assert "the setting `model`: no backend is called `nobody`" in ilang("run", named, "q=1").err
    Path("ilang.toml").unlink()
    monkeypatch.setenv("ILANG_CONCURRENCY", "many")
    assert "ILANG_CONCURRENCY is a whole number from 0, not `many`" in ilang("run", program, "q=1").err


def test_a_key_is_kept_and_never_shown(ilang: Ilang, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no keys" in ilang("keys").out
    monkeypatch.setattr("sys.stdin", io.StringIO(KEY + "\n"))
    said = ilang("keys", "set", "OPENAI_API_KEY")
    assert said.out == "OPENAI_API_KEY is kept (file)\n"
    assert stat.S_IMODE((home / "keys.json").stat().st_mode) == 0o600
    listed = ilang("keys", "--json")
    assert listed.json["keys"] == [{"name": "OPENAI_API_KEY", "place": "file"}]
    assert KEY not in said.out + listed.out + ilang("doctor").out
    assert ilang("keys", "path").out.strip() == str(home / "keys.json")
    from ilang.backend.keys import find_key

    assert find_key("OPENAI_API_KEY") == (KEY, "file")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    assert find_key("OPENAI_API_KEY") == ("sk-other", "environment")
    monkeypatch.delenv("OPENAI_API_KEY")
    (home / "keys.json").chmod(0o644)
    told = ilang("keys")
    assert told.code == 2 and "error[keys-not-private]" in told.err and KEY not in told.err
    (home / "keys.json").chmod(0o600)
    assert ilang("keys", "rm", "OPENAI_API_KEY").code == 0
    assert KEY not in (home / "keys.json").read_text()
    assert "error[no-such-key]" in ilang("keys", "rm", "OPENAI_API_KEY").err


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        (("set",), "", "needs a NAME"),
        (("set", KEY), "", "NAME is the name of a variable"),
        (("set", "OPENAI_API_KEY"), "\n", "error[bad-key]"),
        (("set", "OPENAI_API_KEY"), f"{KEY} and more\n", "error[bad-key]"),
        (("list", "OPENAI_API_KEY"), "", "takes no name"),
        (("test", "OPENAI_API_KEY"), "", "error[no-such-key]"),
    ],
)
def test_calls_that_are_none(
    ilang: Ilang, words: tuple[str, ...], typed: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    done = ilang("keys", *words)
    assert done.code == 2 and told in done.err and KEY not in done.err


class Server(http.server.BaseHTTPRequestHandler):
    """Takes one key; tells another so, with the key in its answer; leads astray whoever asks for it."""

    seen: list[str | None] = []  # noqa: RUF012

    def do_GET(self) -> None:
        key = self.headers.get("Authorization")
        self.seen.append(key)
        if key == "Bearer sk-away":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
        else:
            self.send_response(200 if key == f"Bearer {KEY}" else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"error": f"not {key}"}).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{made.server_port}/v1")
    yield
    made.shutdown()
    made.server_close()


@pytest.mark.parametrize(
    ("key", "code", "told"),
    [(KEY, 0, "takes it (200)"), ("sk-bad", 1, "refuses it (401)"), ("sk-away", 1, "answered 302")],
)
def test_a_key_is_tried(
    ilang: Ilang, server: None, key: str, code: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del server
    Server.seen.clear()
    monkeypatch.setenv("OPENAI_API_KEY", key)
    done = ilang("keys", "test", "OPENAI_API_KEY")
    assert done.code == code and told in done.out and key not in done.out + done.err
    assert Server.seen == [f"Bearer {key}"]  # asked once, and nobody else


def test_doctor(ilang: Ilang, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{KEY}@proxy.example:3128/?token={KEY}")
    done = ilang("doctor", "--json")
    found = {one["what"]: one for one in done.json["findings"]}
    assert done.json["ok"] and KEY not in done.out
    assert found["keys"]["told"] == "OPENAI_API_KEY (environment)"
    assert found["servers"]["told"] == "HTTPS_PROXY = http://proxy.example:3128/"
    assert found["store"]["told"].startswith("~/draws, ") and str(tmp_path) not in done.out
    assert found["python"]["state"] == "ok" and "genai-prices" in found["prices"]["told"]
    Path("ilang.toml").write_text("api_key = 'x'\n")
    ill = ilang("doctor")
    assert (
        ill.code == 1 and "fail  settings" in ill.out and "which only the user" in ill.out
    ) or "only the user may" in ill.out


def test_prices_of_ones_own(ilang: Ilang, written: Written) -> None:
    program = written(PROGRAM, "sums.inf")
    assert ilang("run", program, "q=What is 1 + 1?", "--json", "--store", "none").json["paid"]["usd"] == 0
    Path("ilang.toml").write_text('[prices]\n"sim:a" = "1 in, 2 out"\n')
    paid = ilang("run", program, "q=What is 1 + 1?", "--json", "--store", "none").json["paid"]
    assert paid["usd"] == pytest.approx((paid["input_tokens"] + 2 * paid["output_tokens"]) / 1e6)
    declared = written(PROGRAM.replace("accuracy=0.7", 'accuracy=0.7, prices="3 in, 3 out"'), "declared.inf")
    paid = ilang("run", declared, "q=What is 1 + 1?", "--json", "--store", "none").json["paid"]
    assert paid["usd"] == pytest.approx(3 * (paid["input_tokens"] + paid["output_tokens"]) / 1e6)
    Path("ilang.toml").write_text('[prices]\n"sim:a" = "cheap"\n')
    told = ilang("run", program, "q=What is 1 + 1?")
    assert told.code == 2 and "error[wrong-prices]: the setting prices.sim:a" in told.err
    Path("ilang.toml").write_text("[prices]\nx = 3\n")
    assert "`prices.x` is a text" in ilang("run", program, "q=What is 1 + 1?").err
