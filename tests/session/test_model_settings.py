"""`retries=`, `timeout=`, `fallback=`, thinking and cached tokens, on real servers that fail and answer over HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import ilang
from ilang.draws.memory_store import MemoryStore
from ilang.draws.store import Store

PROMPT = 'prompt say(q: text) -> text { user """{{q}}""" }\n'


class Server(ThreadingHTTPServer):
    """Speaks the chat completions protocol: `answers` decides what a call gets, as (status, body) or seconds to wait."""

    daemon_threads = True

    def __init__(self, answer: Any) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        status, told = self.server.answer(len(self.server.asked), body)
        data = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(answer: Any) -> Iterator[Server]:
    server = Server(answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def reply(text: str, **usage: Any) -> dict[str, Any]:
    told = {"prompt_tokens": 9, "completion_tokens": 5, **usage}
    return {
        "model": "big-2",
        "choices": [{"index": 0, "message": {"content": text}, "finish_reason": "stop"}],
        "usage": told,
    }


def run(tmp_path: Path, text: str, store: Store | None = None, **given: Any) -> Any:
    path = tmp_path / "p.inf"
    path.write_text(text, "utf-8")
    program = ilang.load(path)
    return asyncio.run(program.run_with_async(given, store=store if store is not None else MemoryStore()))


def test_another_model_answers_and_its_draw_is_kept_at_the_address_of_the_one_asked(tmp_path: Path) -> None:
    with serving(lambda n, body: (500, {"error": "broken"})) as server:
        text = (
            f'model cheap = sim("c")\nmodel strong = openai("big", base_url="{server.url}", retries=0, fallback=cheap)\n'
            + PROMPT
            + "pipeline main(q: text) -> list[text] { say(q) | sample(strong, n=2) | each(it.model) }\n"
        )
        store = MemoryStore()
        first = run(tmp_path, text, store, q="Hello")
        calls = len(server.asked)
        again = run(tmp_path, text, store, q="Hello")
    assert first.status == "answered" and first.value == ["c", "c"]
    assert "2 draws of strong answered by cheap" in first.warnings
    assert {t.model for t in first.trace} == {"openai:big"} and {t.answered for t in first.trace} == {"cheap"}
    assert (
        again.paid.calls == 0 and again.value == first.value and "2 draws of strong answered by cheap" in again.warnings
    )
    assert calls == len(server.asked) > 0


def test_nobody_is_asked_instead_while_the_model_answers(tmp_path: Path) -> None:
    with serving(lambda n, body: (200, reply("I am big."))) as server:
        result = run(
            tmp_path,
            f'model cheap = sim("c")\nmodel strong = openai("big", base_url="{server.url}", n=false, fallback=cheap)\n'
            + PROMPT
            + "pipeline main(q: text) -> text { say(q) | sample(strong) | best }\n",
            q="Hello",
        )
    assert result.value == "I am big." and not any("answered by" in w for w in result.warnings)


def test_stand_ins_are_asked_one_after_the_other_and_a_wrong_key_is_no_reason(tmp_path: Path) -> None:
    closed = 'base_url="http://127.0.0.1:9/v1", retries=0'
    text = (
        f'model last = sim("last")\nmodel second = openai("b", {closed}, fallback=last)\n'
        f'model front = openai("a", {closed}, fallback=second)\n'
        + PROMPT
        + "pipeline main(q: text) -> text { say(q) | sample(front) | each(it.model) | first }\n"
    )
    assert run(tmp_path, text, q="Hello").value == "last"
    with serving(lambda n, body: (401, {"error": {"message": "no such key"}})) as server:
        refused = run(
            tmp_path,
            f'model cheap = sim("c")\nmodel strong = openai("big", base_url="{server.url}", retries=0, fallback=cheap)\n'
            + PROMPT
            + "pipeline main(q: text) -> text { say(q) | ask(strong) }\n",
            q="Hello",
        )
    assert refused.status == "failed" and refused.error.code == "backend-unauthorized"


def test_retries_are_as_many_as_declared(tmp_path: Path) -> None:
    def answer(n: int, body: Any) -> Any:
        return (200, reply("at last")) if n > 2 else (503, {"error": "busy"})

    text = 'model m = openai("big", base_url="{url}", retries={retries})\n' + PROMPT
    text += "pipeline main(q: text) -> text {{ say(q) | ask(m) }}\n".replace("{{", "{").replace("}}", "}")
    with serving(answer) as server:
        few = run(tmp_path, text.replace("{url}", server.url).replace("{retries}", "1"), q="Hello")
        assert few.status == "failed" and len(server.asked) == 2
    with serving(answer) as server:
        enough = run(tmp_path, text.replace("{url}", server.url).replace("{retries}", "2"), q="Hello")
        assert enough.value == "at last" and len(server.asked) == 3


def test_a_call_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    def slow(n: int, body: Any) -> Any:
        time.sleep(3)
        return 200, reply("too late")

    with serving(slow) as server:
        began = time.monotonic()
        result = run(
            tmp_path,
            f'model cheap = sim("c")\n'
            f'model m = openai("big", base_url="{server.url}", timeout=0.3, retries=0, fallback=cheap)\n'
            + PROMPT
            + "pipeline main(q: text) -> text { say(q) | sample(m) | each(it.model) | first }\n",
            q="Hello",
        )
        assert result.value == "c" and time.monotonic() - began < 2.5


def test_thinking_its_tokens_and_cached_ones(tmp_path: Path) -> None:
    def answer(n: int, body: Any) -> Any:
        told = reply("42", completion_tokens=50, prompt_tokens_details={"cached_tokens": 6})
        told["usage"]["completion_tokens_details"] = {"reasoning_tokens": 40}
        told["choices"][0]["message"]["reasoning_content"] = "Let me think."
        return 200, told

    with serving(answer) as server:
        text = (
            f'model m = openai("big", base_url="{server.url}", reasoning_effort="high", '
            'prices="1 in, 2 out, 0.5 cached")\n' + PROMPT + "pipeline main(q: text) -> list[text] {\n"
            "  say(q) | sample(m) | each([it.text, it.thinking, show(it.thinking_tokens), show(it.tokens), it.model]) | first\n}\n"
        )
        store = MemoryStore()
        result = run(tmp_path, text, store, q="Hello")
        again = run(tmp_path, text, store, q="Hello")
    assert result.value == again.value == ["42", "Let me think.", "40", "50", "big-2"]
    assert server.asked[0]["reasoning_effort"] == "high" and len(server.asked) == 1
    (event,) = result.trace
    assert (event.thinking, event.thinking_tokens, event.cached_tokens, event.answered) == (
        "Let me think.",
        40,
        6,
        "big-2",
    )
    assert result.paid.cached_tokens == 6
    assert result.paid.usd == (3 * 1 + 6 * 0.5 + 50 * 2) / 1e6
    assert result.worth.usd == (9 * 1 + 50 * 2) / 1e6  # list price, no discount


def test_a_price_that_nobody_told_is_null_and_warned_of_once(tmp_path: Path) -> None:
    with serving(lambda n, body: (200, reply("a"))) as server:
        text = f'model m = openai("gpt-4.1-mini", base_url="{server.url}", n=falsePRICES)\n' + PROMPT
        text += "pipeline main(q: text) -> text { say(q) | sample(m, n=3) | vote(by=it) | .winner }\n"
        store = MemoryStore()
        told = run(tmp_path, text.replace("PRICES", ""), store, q="Hello")
        stored = run(tmp_path, text.replace("PRICES", ""), store, q="Hello")
        declared = run(tmp_path, text.replace("PRICES", ', prices="1 in, 2 out"'), q="Hello")
    assert told.paid.usd is None and told.worth.usd is None
    assert [w for w in told.warnings if "not known" in w] == [
        'what openai:gpt-4.1-mini cost is not known: declare `prices="0.10 in, 0.40 out"` (USD for 1M tokens)'
    ]
    assert stored.worth.usd is None and stored.paid.usd == 0
    assert declared.paid.usd == 3 * (9 + 2 * 5) / 1e6 and not [w for w in declared.warnings if "not known" in w]
