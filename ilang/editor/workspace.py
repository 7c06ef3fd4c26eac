"""The texts that an editor has open, and what is known of each. Knows no protocol.

A file that is used is read from here while it is open, saved or not. What was found of a text is kept until any text
changes, or a file does.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from ilang.base.source import Source
from ilang.editor.look import Look, look
from ilang.editor.position import Encoding, Lines
from ilang.syntax import limits
from ilang.syntax.read import read_source

Range = tuple[int, int, int, int]
"""Line and units of its start, line and units of its end."""


@dataclass(frozen=True, slots=True)
class Document:
    """One open text. `path` is None where it was never saved."""

    uri: str
    text: str
    version: int
    path: str | None

    @property
    def name(self) -> str:
        """What a message calls it."""
        return os.path.basename(self.path) if self.path else self.uri

    @property
    def source(self) -> Source:
        """The text as the compiler takes it."""
        return Source(self.name, self.text, self.path)

    @property
    def too_large(self) -> bool:
        """Whether it is larger than any program."""
        return len(self.text) > limits.SOURCE_BYTES or len(self.text.encode("utf-8", "replace")) > limits.SOURCE_BYTES


class Workspace:
    """All open texts."""

    def __init__(self, encoding: Encoding = "utf-16", folders: Sequence[str] = ()) -> None:
        self.encoding: Encoding = encoding
        self.folders = list(folders)
        self.documents: dict[str, Document] = {}
        self._looks: dict[str, Look] = {}
        self._used: dict[str, frozenset[str]] = {}

    def open(self, uri: str, text: str, version: int, path: str | None) -> None:
        """Takes a text in."""
        self.documents[uri] = Document(uri, text, version, path)
        self.forget()

    def change(self, uri: str, version: int, changes: Sequence[tuple[Range | None, str]]) -> None:
        """Applies changes in their order: of a range, or of the whole text."""
        known = self.documents[uri]
        text = known.text
        for range_, new in changes:
            if range_ is None:
                text = new
                continue
            lines = Lines(text, self.encoding)
            start, end = lines.offset(*range_[:2]), lines.offset(*range_[2:])
            text = text[:start] + new + text[max(start, end) :]
        self.documents[uri] = Document(uri, text, version, known.path)
        self.forget()

    def close(self, uri: str) -> None:
        """Lets a text go: its file counts again."""
        self.documents.pop(uri, None)
        self._used.pop(uri, None)
        self.forget()

    def forget(self) -> None:
        """Nothing that was found holds any more."""
        self._looks.clear()

    def read(self, path: str) -> Source:
        """The source of a file: the open text, or what is on disk. Raises IlangError where it cannot be read."""
        real = os.path.realpath(path)
        for document in self.documents.values():
            if document.path is not None and os.path.realpath(document.path) == real:
                return Source(path, document.text, document.path)
        return read_source(path)

    def look(self, uri: str) -> Look:
        """What is known of an open text."""
        if uri not in self._looks:
            self._looks[uri] = look(self.documents[uri].source, self.read)
            self._used[uri] = self._looks[uri].paths
        return self._looks[uri]

    def lines(self, text: str) -> Lines:
        """The lines of a text, counted as this editor does."""
        return Lines(text, self.encoding)

    def users(self, path: str) -> list[str]:
        """The open texts that used a file when they were last looked at."""
        real = os.path.realpath(path)
        return [uri for uri, paths in self._used.items() if real in paths]

    def owns(self, source: Source) -> bool:
        """Whether a file belongs to this workspace, so that it may be changed."""
        if source.path is None:
            return any(document.name == source.name for document in self.documents.values())
        real = os.path.realpath(source.path)
        if any(d.path is not None and os.path.realpath(d.path) == real for d in self.documents.values()):
            return True
        return any(real.startswith(os.path.realpath(folder) + os.sep) for folder in self.folders)
