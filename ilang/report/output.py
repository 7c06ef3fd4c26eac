"""The one door to standard output and standard error.

Values go to standard output, all else to standard error, so that a pipe gets the value alone. A live
line, where there is one, is taken away before anything else is written.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from typing import TextIO

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.report.style import ColorChoice, style_for

PIPE_WIDTH = 100
"""Columns where there is no terminal: always the same, so that what is kept can be compared."""


class Output:
    """Where a command's words go.

    `quiet`: 1 leaves results and errors, 2 nothing. `verbose`: 1 tells of passes, retries and store
    hits, 2 of requests too.
    """

    def __init__(
        self,
        stdout: TextIO | None,
        stderr: TextIO | None,
        *,
        color: ColorChoice = "auto",
        quiet: int = 0,
        verbose: int = 0,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self.quiet = quiet
        self.verbose = verbose
        self.environment = environment
        self.on_terminal = _is_terminal(stdout)
        self.errors_on_terminal = _is_terminal(stderr)
        self.style = style_for(color, environment, terminal=self.on_terminal)
        self.error_style = style_for(color, environment, terminal=self.errors_on_terminal)
        self._live = ""
        self._lock = threading.RLock()

    @property
    def width(self) -> int:
        """Columns of the terminal (COLUMNS may say otherwise); of a pipe a fixed number."""
        terminal = self._stderr if self.errors_on_terminal else self._stdout if self.on_terminal else None
        if terminal is None:
            return PIPE_WIDTH
        told = self.environment.get("COLUMNS", "")
        try:
            columns = int(told) if told.isdecimal() else os.get_terminal_size(terminal.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        return max(40, columns or PIPE_WIDTH)

    @property
    def blocks(self) -> bool:
        """Whether standard error can show block characters."""
        encoding = (getattr(self._stderr, "encoding", None) or "").lower().replace("-", "")
        return encoding in ("utf8", "utf16", "utf32")

    def value(self, text: str) -> None:
        """To standard output, as it is."""
        if self.quiet < 2:
            self.result(text)

    def result(self, text: str) -> None:
        """To standard output however quiet it is to be: what was asked for in so many words (`--json`)."""
        with self._lock:
            self.clear()
            try:
                _write(self._stdout, text)
            except BrokenPipeError:
                raise
            except OSError as problem:
                why = problem.strerror or str(problem)
                raise IlangError(
                    Diagnostic("output-failed", f"standard output cannot be written: {why}", help="make room for it"), 1
                ) from None

    def note(self, text: str) -> None:
        """A line to standard error that `-q` leaves out."""
        if not self.quiet:
            self._tell(text)

    def detail(self, text: str, level: int = 1) -> None:
        """A line to standard error that only `-v` (level 1) or `-vv` (2) brings."""
        if self.verbose >= level and self.quiet < 2:
            self._tell(text)

    def error(self, text: str) -> None:
        """Lines to standard error that only `-qq` leaves out."""
        if self.quiet < 2:
            self._tell(text)

    def live(self, text: str) -> None:
        """A line that the next one replaces. For terminals."""
        with self._lock:
            _write(self._stderr, f"\r{text}\x1b[K")
            self._live = text

    def clear(self) -> None:
        """Take the live line away."""
        with self._lock:
            if self._live:
                _write(self._stderr, "\r\x1b[K")
                self._live = ""

    def _tell(self, text: str) -> None:
        with self._lock:
            self.clear()
            try:
                _write(self._stderr, text + "\n")
            except BrokenPipeError:
                raise
            except OSError:
                return  # there is nobody left to tell


def standard_output(*, color: ColorChoice = "auto", quiet: int = 0, verbose: int = 0) -> Output:
    """Over the streams of this process."""
    return Output(sys.stdout, sys.stderr, color=color, quiet=quiet, verbose=verbose)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it was closed
        return False


def _write(stream: TextIO | None, text: str) -> None:
    """Write and flush. A stream that is not there takes nothing; what its encoding lacks is written out."""
    if stream is None or stream.closed:
        return
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
