"""Every way in which a call fails, its kind, and that no key shows."""

from __future__ import annotations

import asyncio
import socket
import traceback
from email.utils import formatdate
from time import time
from typing import Any

import pytest

from ilang.backend.protocol import BackendFault, FaultKind
from ilang_backends.openai.provider import PROVIDER
from tests.backends.openai.calling import ask, calling, model, run, scripted_fault
from tests.backends.openai.scripted_server import Answer, chunk, error_chunk, reply

KEY = "sk-planted-0123456789abcdef"


def refused(status: int, message: str = "no", **error: Any) -> Answer:
    return Answer({"error": {"message": message, "type": "t", "code": None} | error}, status=status)


@pytest.mark.parametrize(
    ("answer", "kind", "retry"),
    [
        (refused(400, "bad value"), "bad-request", False),
        (refused(422, "bad value"), "bad-request", False),
        (refused(400, "x", code="context_length_exceeded"), "context-overflow", False),
        (refused(400, "This model's maximum context length is 4096 tokens."), "context-overflow", False),
        (refused(400, "x", type="exceed_context_size_error"), "context-overflow", False),
        (refused(401), "unauthorized", False),
        (refused(403), "unauthorized", False),
        (refused(404, "The model `m` does not exist", code="model_not_found"), "no-such-model", False),
        (refused(404, 'model "m" not found, try pulling it first'), "no-such-model", False),
        (Answer({"detail": "Not Found"}, status=404), "bad-request", False),
        (refused(402, "Insufficient credits"), "quota-spent", False),
        (refused(429, "slow down"), "rate-limited", True),
        (refused(429, "quota", code="insufficient_quota"), "quota-spent", False),
        (refused(500), "overloaded", True),
        (refused(503, "Loading model"), "overloaded", True),
        (Answer(b"<html>bad gateway</html>", status=502), "overloaded", True),
        (refused(504), "timeout", True),
        (refused(501), "bad-request", False),
        (Answer(b"<html>hello</html>"), "malformed-reply", True),
        (Answer(b'{"choices": [{"index'), "malformed-reply", True),
        (Answer(b'{"choices": [{"message": 3}]}'), "malformed-reply", True),
        (Answer({"object": "list"}), "malformed-reply", True),
        (Answer(reply()), "malformed-reply", True),
        (Answer({"error": {"message": "upstream", "code": 502}}), "overloaded", True),
        (Answer({"error": {"message": "upstream", "code": "odd"}}), "malformed-reply", True),
        (Answer(reply("x"), cut="before"), "unreachable", True),
        (Answer(reply("x"), cut="within"), "unreachable", True),
    ],
)
def test_the_kind_of_a_fault(answer: Answer, kind: FaultKind, retry: bool) -> None:
    fault = scripted_fault(answer)
    assert (fault.kind, fault.retry) == (kind, retry)


@pytest.mark.parametrize(
    ("events", "cut", "kind"),
    [
        ((chunk(0, "a"), error_chunk({"message": "overloaded", "code": 503})), "", "overloaded"),
        ((chunk(0, "a"), error_chunk("odd")), "", "malformed-reply"),
        ((chunk(0, "a"),), "", "malformed-reply"),
        ((chunk(0, "a"),), "within", "unreachable"),
        ((b"data: {]\n\n",), "", "malformed-reply"),
        ((chunk(0, "a"), chunk(0, end="error")), "", "malformed-reply"),
    ],
)
def test_a_stream_that_fails(events: tuple[bytes, ...], cut: Any, kind: FaultKind) -> None:
    fault = scripted_fault(Answer(events=events, cut=cut), stream=True)
    assert (fault.kind, fault.retry) == (kind, True)


def test_a_server_that_ignores_n_is_told_apart() -> None:
    fault = scripted_fault(Answer(reply("only")), ask(n=4))
    assert (fault.kind, fault.retry) == ("malformed-reply", False)
    assert "n=false" in fault.help


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((("Retry-After", "3"),), 3.0),
        ((("Retry-After", "0.5"),), 0.5),
        ((("retry-after-ms", "250"), ("Retry-After", "1")), 0.25),
        ((("Retry-After", "-4"),), 0.0),
        ((("Retry-After", "soon"),), None),
        ((), None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_how_long_a_server_asks_to_wait(
    headers: tuple[tuple[str, str], ...], seconds: float | None, status: int
) -> None:
    fault = scripted_fault(Answer({"error": {"message": "slow"}}, status=status, headers=headers))
    assert fault.retry_after == seconds


def test_a_date_to_wait_for() -> None:
    fault = scripted_fault(Answer({}, status=429, headers=(("Retry-After", formatdate(time() + 20, usegmt=True)),)))
    assert fault.retry_after is not None
    assert 15 < fault.retry_after <= 20


def test_a_call_ends_at_its_timeout() -> None:
    fault = scripted_fault(Answer(reply("x"), after=20), timeout=0.2)
    assert (fault.kind, fault.retry) == ("timeout", True)
    assert "0.2 s" in fault.message


def test_a_stream_that_trickles_on_ends_at_its_timeout() -> None:
    fault = scripted_fault(Answer(events=(chunk(0, "a"),) * 999, pause=0.02), timeout=0.3, stream=True)
    assert fault.kind == "timeout"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_nobody_there(host: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(BackendFault) as caught:
        calling(f"http://{host}:{port}/v1", ask())
    fault = caught.value
    assert (fault.kind, fault.retry) == ("unreachable", True)
    assert f"nobody answers at http://{host}:{port}/v1" in fault.message
    assert "start a server" in fault.help


def test_no_such_host(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(BackendFault) as caught:
        calling("http://no-such-host.invalid:8000/v1", ask())
    assert (caught.value.kind, caught.value.retry) == ("unreachable", True)
    assert "no host" in caught.value.message


@pytest.mark.parametrize("url", ["node:8000/v1", "ftp://node/v1", "http://", "http://node:port/v1", "me:pw@node"])
def test_no_address(url: str) -> None:
    with pytest.raises(BackendFault) as caught:
        run(lambda: PROVIDER.open(model(base_url=url)))
    assert caught.value.kind == "bad-request"
    assert "pw" not in caught.value.message


def test_settings_that_cannot_be() -> None:
    for settings in ({"continuation": "ollama"}, {"timeout": 0}):
        with pytest.raises(BackendFault) as caught:
            run(lambda settings=settings: PROVIDER.open(model(base_url="http://node/v1", **settings)))  # type: ignore[misc]
        assert caught.value.kind == "bad-request"


@pytest.mark.parametrize(
    "echo",
    [
        f"Incorrect API key provided: {KEY}.",
        f"bad header Authorization: Bearer {KEY}",
        "Incorrect API key provided: sk-plant**********cdef",
        f"key={KEY}&x=1",
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 200])
def test_a_key_that_the_server_echoes_does_not_show(echo: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_KEY", KEY)
    for body in ({"error": {"message": echo}}, echo.encode()):
        fault = scripted_fault(Answer(body, status=status), api_key_env="NODE_KEY")
        shown = "".join(traceback.format_exception(fault)) + fault.message + fault.help + repr(fault)
        assert "planted" not in shown
        assert "cdef" not in shown


def test_an_open_model_does_not_show_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> str:
        backend = await PROVIDER.open(model(base_url="http://127.0.0.1:9/v1", api_key_env="NODE_KEY"))
        shown = repr(backend) + repr(vars(backend))
        await backend.aclose()
        return shown

    monkeypatch.setenv("NODE_KEY", KEY)
    assert "planted" not in run(work)


def test_what_a_server_says_is_short_and_on_one_line() -> None:
    fault = scripted_fault(refused(400, "no\x1b[31m\r\n" + "very " * 500))
    assert len(fault.message) < 400
    assert fault.message.isprintable()


@pytest.mark.parametrize("url", ["http://me:hunter2@node:8000/v1", "http://node:8000/v1?token=hunter2"])
def test_a_secret_in_an_address_is_refused_and_does_not_show(url: str) -> None:
    with pytest.raises(BackendFault) as caught:
        run(lambda: PROVIDER.open(model(base_url=url)))
    assert caught.value.kind == "bad-request"
    assert "hunter2" not in caught.value.message + caught.value.help
    assert PROVIDER.identity(model(base_url=url)) == "node:8000"


def test_cancelling_is_no_fault() -> None:
    async def work() -> None:
        backend = await PROVIDER.open(model(base_url="http://127.0.0.1:9/v1"))
        task = asyncio.create_task(backend.generate(ask()))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await backend.aclose()

    run(work)
