"""A secret that is planted everywhere is found nowhere: not in the store, a trace, the answers, or on the screen."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

KEY = "sk-planted-0815-zQ7"
PROGRAM = '''
model m = openai("numbers", base_url="http://user:{key}@127.0.0.1:{port}/v1?token={key}", provider="numbers", n=true)
model plain = openai("numbers", base_url="http://127.0.0.1:{port}/v1", provider="numbers", api_key_env="PLANTED_KEY")
prompt solve(question: text) -> text """{{{{question}}}}"""
use python judged from "checks.py"
pipeline good(question: text) -> text {{ solve(question) | sample(plain, n=2) | verify(judged(it)) | best }}
pipeline bad(question: text) -> text {{ solve(question) | sample(plain, n=2) | vote | .winner }}
pipeline userinfo(question: text) -> text {{ solve(question) | sample(m, n=2) | vote | .winner }}
'''
CHECKS = "import os\n\ndef judged(x: str) -> bool:\n    raise ValueError('no ' + 'luck')\n"


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers; or refuses with the key that came in its words, wherever it stood."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question = body["messages"][-1]["content"]
        seen = self.headers.get("Authorization", "")
        assert KEY in seen or "user" in seen or seen == "Bearer no-key-needed"
        status, told = 200, self._reply(body.get("n", 1))
        if "fail" in question:
            status = int(question.split()[-1])
            told = {"error": {"message": f"your key {seen} at {self.path} is wrong ({KEY})", "type": KEY, "code": KEY}}
        data = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("x-request-id", KEY)
        self.end_headers()
        self.wfile.write(data)

    def _reply(self, n: int) -> dict[str, object]:
        message = {"role": "assistant", "content": "four"}
        choices = [{"index": i, "finish_reason": "stop", "message": message} for i in range(n)]
        usage = {"prompt_tokens": 3, "completion_tokens": n, "total_tokens": 3 + n}
        return {
            "id": KEY,
            "object": "chat.completion",
            "created": 0,
            "model": "numbers-1",
            "choices": choices,
            "usage": usage,
        }

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


CALLS = {
    "a run that works": ["{p}:good", "question=2"],
    "as JSON": ["{p}:bad", "question=2", "--json"],
    "all there is to tell": ["{p}:bad", "question=3", "-vv"],
    "a refused key": ["{p}:bad", "question=fail 401", "-vv"],
    "a bad request": ["{p}:bad", "question=fail 400", "--json"],
    "a server that breaks": ["{p}:bad", "question=fail 500", "-vv"],
    "a key in an address": ["{p}:userinfo", "question=4", "-vv"],
    "a key in an address, refused": ["{p}:userinfo", "question=fail 401"],
    "rows": ["{p}:bad", "--data", "{d}/rows.jsonl", "--out", "{d}/out.jsonl"],
    "rows that fail": ["{p}:bad", "--data", "{d}/bad.jsonl", "--out", "{d}/bad.out.jsonl", "--json"],
    "a flag with a key in it": ["{p}:bad", "question=5", "--model", 'plain=openai("x", base_url="http://u:{k}@127.0.0.1:{port}/v1", provider="x")'],
}  # fmt: skip


@pytest.mark.timeout(180)
def test_it_is_found_nowhere(tmp_path: Path, port: int) -> None:
    place = tmp_path / "written"
    place.mkdir()
    program = tmp_path / "p.inf"  # the program itself holds the key: not what ilang wrote
    program.write_text(PROGRAM.format(port=port, key=KEY), "utf-8")
    (tmp_path / "checks.py").write_text(CHECKS, "utf-8")
    (place / "rows.jsonl").write_text('{"question": "6"}\n{"question": "7"}\n', "utf-8")
    (place / "bad.jsonl").write_text('{"question": "fail 400"}\n{"question": "fail 401"}\n', "utf-8")
    environment = {
        **os.environ,
        "PLANTED_KEY": KEY,
        "OPENAI_API_KEY": KEY,
        "ANTHROPIC_API_KEY": KEY,
        "ILANG_STORE": str(place / "draws"),
        "XDG_STATE_HOME": str(place / "state"),
        "XDG_CONFIG_HOME": str(place / "config"),
    }
    said: dict[str, str] = {}
    for name, words in CALLS.items():
        filled = [
            w.replace("{p}", str(program)).replace("{d}", str(place)).replace("{k}", KEY).replace("{port}", str(port))
            for w in words
        ]
        done = subprocess.run(
            [sys.executable, "-m", "ilang.cli.main", "run", *filled], capture_output=True, env=environment, cwd=place
        )
        said[name] = done.stdout.decode() + done.stderr.decode()
    for words in (["runs"], ["trace"], ["doctor"], ["cache", "ls"], ["keys"], ["config"]):
        done = subprocess.run(
            [sys.executable, "-m", "ilang.cli.main", *words], capture_output=True, env=environment, cwd=place
        )
        said[" ".join(words)] = done.stdout.decode() + done.stderr.decode()
    assert "four" in said["as JSON"] and "no luck" in said["a run that works"]
    assert not [name for name, text in said.items() if KEY in text], said
    written = [path for path in place.rglob("*") if path.is_file()]
    assert {"trace.jsonl", "cache.db", "out.jsonl"} <= {path.name for path in written}
    assert not [path for path in written if KEY.encode() in path.read_bytes()]
    stored = subprocess.run(
        [sys.executable, "-m", "ilang.cli.main", "cache", "export", str(place / "x.gz")],
        env=environment,
        capture_output=True,
    )
    assert stored.returncode == 0
    import gzip

    assert KEY.encode() not in gzip.decompress((place / "x.gz").read_bytes())
