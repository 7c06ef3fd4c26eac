"""Trace: writes what happens in a run, line by line, while it happens.

A line is a JSON object; its `t` says of what: `draws` (those of one request, where they came from and what they took),
`stage` (what a stage did with its candidates), `row`, `fault`. No text of a request or a reply is in it but the
beginnings of values; texts are in the store, under the key that a line tells.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import msgspec

from ilang.draws.draw import Ask, Draw
from ilang.draws.event import Event
from ilang.session.runs import Run, begin, describe

_USER = re.compile(r"(\w+://)[^\s/\"@]*@")
_QUERY = re.compile(r"(\w+://[^\s\"?]*)\?[^\s\"]*")
_ENCODER = msgspec.json.Encoder(enc_hook=str)
_ALIKE = ("t", "prompt", "model", "key", "new")


class Trace:
    """The trace of a run that goes on. What cannot be written is not traced; the run goes on."""

    def __init__(self, about: Mapping[str, Any], sources: Mapping[str, str]) -> None:
        """`sources`: the texts of the program's files, by path, so that later runs can be held against them."""
        self.run: Run | None = begin(about)
        self._file: TextIO | None = None
        self._pending: dict[str, Any] | None = None
        self.prompts: dict[str, dict[str, Any]] = {}
        """Of each prompt the parts of its first request, and how many draws were new or in the store."""
        if self.run is not None:
            self._file = self._try(lambda: _opened(self.run.trace) if self.run else None)
            texts = {name: without_secrets(text) for name, text in sources.items()}
            self._try(lambda: _write(self.run.folder / "sources.json", texts) if self.run else None)

    def knows(self, prompt: str) -> bool:
        """Whether a draw of this prompt was noted."""
        return prompt in self.prompts

    def fault(self, event: Event) -> None:
        """What became of a draw that could not be had; of one that is tried again nothing is told."""
        if event.kind == "fail" and event.fault is not None:
            model = event.ask.model.shown
            self._line({"t": "fault", "prompt": event.ask.prompt, "model": model, "kind": event.fault.kind})

    def draws(
        self, ask: Ask, key: str, parts: tuple[str, ...], found: Sequence[tuple[int, Draw]], *, new: bool
    ) -> None:
        """These draws of a request, by their indices, have come (`new`) or were in the store."""
        kept = self.prompts.setdefault(ask.prompt, {"parts": parts, "new": 0, "hits": 0})
        kept["new" if new else "hits"] += len(found)
        one = {
            "t": "draws",
            "prompt": ask.prompt,
            "model": ask.model.label or ask.model.shown,
            "key": key[:12],
            "new": new,
        }
        draw = found[0][1]
        held = self._pending
        if held is None or any(held[name] != one[name] for name in _ALIKE):
            self._flush()
            held = self._pending = {**one, "index": [], "in": draw.input_tokens, "out": []}
            if draw.model:
                held["by"] = draw.instead or draw.model
        held["index"] += [index for index, _ in found]
        held["out"] += [draw.output_tokens for _, draw in found]

    def stage(self, row: int | None) -> Callable[[dict[str, Any]], None]:
        """Where the notes of a row's stages go."""

        def note(made: dict[str, Any]) -> None:
            self._line({"t": "stage", "row": row, **made} if row is not None else {"t": "stage", **made})

        return note

    def row(self, answer: Mapping[str, Any]) -> None:
        """What came of a row."""
        self._line({"t": "row", **answer})

    def end(self, summary: Mapping[str, Any]) -> None:
        """The run is over."""
        self._flush()
        if self._file is not None:
            self._try(self._file.close)
            self._file = None
        if self.run is not None:
            self._try(lambda: describe(self.run, {**summary, "prompts": self.prompts}) if self.run else None)

    def _line(self, data: Mapping[str, Any]) -> None:
        self._flush()
        self._put(data)

    def _flush(self) -> None:
        if self._pending is not None:
            held, self._pending = self._pending, None
            self._put(held)

    def _put(self, data: Mapping[str, Any]) -> None:
        if self._file is not None:
            file = self._file
            self._try(lambda: file.write(_line_of(data)))

    def _try(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except OSError:
            self._file = None
            return None


def _line_of(data: Mapping[str, Any]) -> str:
    try:
        return _ENCODER.encode(data).decode() + "\n"
    except (UnicodeEncodeError, msgspec.MsgspecError):  # half a character, say
        return json.dumps(data, ensure_ascii=False, default=str) + "\n"


def without_secrets(text: str) -> str:
    """A program's text without the names, passwords and queries of addresses in it."""
    return _QUERY.sub(r"\1", _USER.sub(r"\1", text))


def _opened(path: Path) -> TextIO:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", errors="replace")


def _write(path: Path, data: Any) -> None:
    with _opened(path) as file:
        json.dump(data, file, ensure_ascii=False)
