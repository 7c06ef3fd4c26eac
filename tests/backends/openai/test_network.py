"""Proxies and certificates of the environment hold for the transport that is used."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from ilang.backend.protocol import BackendFault
from ilang.backend.request import Reply
from ilang_backends.openai.provider import PROVIDER
from tests.backends.openai.calling import ask, called, model, run
from tests.backends.openai.scripted_server import Answer, reply, scripted

PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


def test_a_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> str:
        async with scripted(Answer(reply("x"))) as proxy:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
            await called(await PROVIDER.open(model(base_url="http://no-such-host.invalid/v1")), ask())
            return proxy.asked[0].target

    assert run(work) == "http://no-such-host.invalid/v1/chat/completions"


def test_a_proxy_is_not_used_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> int:
        async with scripted(Answer(reply("x"))) as proxy, scripted(Answer(reply("x"))) as server:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            await called(await PROVIDER.open(model(base_url=server.url)), ask())
            return len(proxy.asked)

    assert run(work) == 0


def test_a_proxy_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        async with scripted(Answer(reply("x"))) as proxy:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        await asyncio.sleep(0)
        await called(await PROVIDER.open(model(base_url="http://node.invalid/v1")), ask())

    with pytest.raises(BackendFault) as caught:
        run(work)
    assert (caught.value.kind, "proxy" in caught.value.message) == ("unreachable", True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody trusts yet, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    asked = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=scripted -addext subjectAltName=IP:127.0.0.1"
    command = [openssl, *asked.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return certificate, key


def over_tls(certificate: tuple[Path, Path]) -> Reply:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)

    async def work() -> Reply:
        async with scripted(Answer(reply("x")), tls=tls) as server:
            return await called(await PROVIDER.open(model(base_url=server.url)), ask())

    return run(work)


def test_an_unknown_certificate_is_refused(certificate: tuple[Path, Path]) -> None:
    with pytest.raises(BackendFault) as caught:
        over_tls(certificate)
    assert (caught.value.kind, caught.value.retry) == ("unreachable", False)
    assert "SSL_CERT_FILE" in caught.value.help


def test_a_certificate_of_ones_own_is_trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert over_tls(certificate).choices[0].text == "x"
