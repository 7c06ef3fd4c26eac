"""A plain client of the Language Server Protocol: starts `ilang lsp` as an editor does and speaks over its pipes."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.cli.calling import COMMAND, ENV

TIMEOUT = 60


class Failed(Exception):
    """The server answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.error = error


class Client:
    """One server process."""

    def __init__(
        self, folder: Path, *, encodings: tuple[str, ...] = (), command: tuple[str, ...] = COMMAND, start: bool = True
    ) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [*command, "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **ENV},
            cwd=folder,
        )
        self.told: queue.Queue[dict[str, Any]] = queue.Queue()
        self.answers: dict[Any, queue.Queue[dict[str, Any]]] = {}
        self.log: list[str] = []
        self.versions: dict[str, int] = {}
        self._id = 0
        self._threads = [threading.Thread(target=t, daemon=True) for t in (self._read, self._read_log)]
        for thread in self._threads:
            thread.start()
        if start:
            self.capabilities = self.initialize(encodings)["capabilities"]

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(TIMEOUT)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass

    # ---- the wire ------------------------------------------------------------

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while True:
            size = 0
            while line := out.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            if not size:
                for waiting in self.answers.values():
                    waiting.put({"error": {"code": 0, "message": "the server has ended"}})
                self.told.put({"method": "ended"})
                return
            message = json.loads(out.read(size))
            if "method" in message:
                if "id" in message:  # the server asks; every answer is null
                    with suppress(ValueError, BrokenPipeError):
                        self.write({"id": message["id"], "result": None})
                self.told.put(message)
            else:
                self.answers.setdefault(message["id"], queue.Queue()).put(message)

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line.decode())

    def write_raw(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def write(self, message: dict[str, Any]) -> None:
        self.write_raw(json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode())

    def tell(self, method: str, params: Any = None) -> None:
        """A notification."""
        self.write({"method": method, **({"params": params} if params is not None else {})})

    def send(self, method: str, params: Any = None) -> int:
        """A request, not waited for; its id."""
        self._id += 1
        self.answers[self._id] = queue.Queue()
        self.write({"id": self._id, "method": method, **({"params": params} if params is not None else {})})
        return self._id

    def answer(self, id_: int) -> Any:
        """The result of a request. Raises Failed."""
        message = self.answers[id_].get(timeout=TIMEOUT)
        if "error" in message:
            raise Failed(message["error"])
        return message["result"]

    def ask(self, method: str, params: Any = None) -> Any:
        """A request and its result."""
        return self.answer(self.send(method, params))

    # ---- the protocol ----------------------------------------------------------

    def initialize(self, encodings: tuple[str, ...] = ()) -> Any:
        capabilities: dict[str, Any] = {
            "workspace": {
                "workspaceEdit": {"documentChanges": True},
                "didChangeWatchedFiles": {"dynamicRegistration": True},
            }
        }
        if encodings:
            capabilities["general"] = {"positionEncodings": list(encodings)}
        params = {
            "processId": os.getpid(),
            "rootUri": self.folder.as_uri(),
            "workspaceFolders": [{"uri": self.folder.as_uri(), "name": "here"}],
            "capabilities": capabilities,
        }
        result = self.ask("initialize", params)
        self.tell("initialized", {})
        return result

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> str:
        """Opens a text; its uri."""
        uri = self.uri(name)
        self.versions[uri] = 1
        self.tell(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "ilang", "version": 1, "text": text}}
        )
        return uri

    def edit(self, uri: str, *changes: tuple[tuple[int, int, int, int] | None, str]) -> int:
        """Changes ranges of an open text, or (None) the whole; its new version."""
        self.versions[uri] += 1
        written = [
            {"text": new}
            if place is None
            else {
                "range": {
                    "start": {"line": place[0], "character": place[1]},
                    "end": {"line": place[2], "character": place[3]},
                },
                "text": new,
            }
            for place, new in changes
        ]
        document = {"uri": uri, "version": self.versions[uri]}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": written})
        return self.versions[uri]

    def problems(self, uri: str, version: int | None = None) -> list[dict[str, Any]]:
        """The problems of a text at a version (its newest), when they come."""
        wanted = version or self.versions[uri]
        while True:
            message = self.told.get(timeout=TIMEOUT)
            assert message["method"] != "ended", self.log
            params = message.get("params") or {}
            if message["method"] == "textDocument/publishDiagnostics" and params["uri"] == uri:
                if params.get("version") == wanted:
                    return list(params["diagnostics"])

    def at(self, method: str, uri: str, line: int, character: int, **more: Any) -> Any:
        """A question about a place."""
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return self.ask(f"textDocument/{method}", {**place, **more})

    def close(self) -> int:
        """Says shutdown and exit; the exit code."""
        self.ask("shutdown")
        self.tell("exit")
        return self.process.wait(TIMEOUT)
