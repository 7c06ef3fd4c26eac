"""Tells how a run goes while it goes: a live line on a terminal, now and then a line elsewhere.

It hears of draws from the session and counts them. The live line appears with the first draw, so
that what comes before it (the fetching of a model) has the terminal to itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol

from ilang.draws.event import Event, EventKind
from ilang.draws.flight import Found
from ilang.report.count import counted, seconds_text, usd_text
from ilang.report.escape import visible_line
from ilang.report.output import Output
from ilang.report.votes import bar_text
from ilang.report.width import clip

ProgressChoice = Literal["auto", "bar", "lines", "none"]
CHOICES: tuple[ProgressChoice, ...] = ("auto", "bar", "lines", "none")

LIVE = 0.1
"""Seconds between two pictures of the live line."""

LINES = 10.0
"""Seconds between two lines where there is no terminal."""


@dataclass(slots=True)
class Heard:
    """What has been heard of draws so far."""

    started: set[tuple[str, int]] = field(default_factory=set)
    kept: int = 0
    new: int = 0
    failed: int = 0
    retries: int = 0
    tokens: int = 0
    waiting: str = ""

    @property
    def asked(self) -> int:
        return self.done + len(self.started)

    @property
    def done(self) -> int:
        return self.kept + self.new + self.failed

    def hear(self, event: Event) -> None:
        """Count an event. A draw that is called for again is one draw."""
        match event.kind:
            case "hit" | "start" | "finish":
                self.together(event.kind, event.key, ((event.index, event.draw),))
            case "fail":
                self.failed += 1
                self.started.discard((event.key, event.index))
            case "retry":
                self.retries += 1
                fault = event.fault.message if event.fault is not None else "no reply"
                self.waiting = f"again in {seconds_text(event.wait)}: {fault}"
            case "pause":
                fault = event.fault.message if event.fault is not None else "no reply"
                self.waiting = f"paused, next try in {seconds_text(event.wait)}: {fault}"
            case "resume":
                self.waiting = ""

    def together(self, kind: EventKind, key: str, found: Found) -> None:
        """Count what happened to several draws of the request with this key."""
        match kind:
            case "hit":
                self.kept += len(found)
            case "start":
                self.started.update((key, index) for index, _ in found)
            case "finish":
                self.new += len(found)
                self.waiting = ""
                self.started.difference_update([(key, index) for index, _ in found])
                self.tokens += sum(draw.output_tokens for _, draw in found if draw is not None)

    def words(self, elapsed: float) -> str:
        """`3 of 8 draws, 2 from the store, 1 new, 45 tokens, 1.2 s`."""
        parts = [f"{self.done:,} of {counted(max(self.asked, self.done), 'draw')}"]
        if self.kept:
            parts.append(f"{self.kept:,} from the store")
        parts.append(f"{self.new:,} new")
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        if self.tokens:
            parts.append(counted(self.tokens, "token"))
        parts.append(seconds_text(elapsed))
        if self.waiting:
            parts.append(visible_line(self.waiting))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class OverRows:
    """A run over rows: how far it is, what was paid so far, and how many rows there are, where that is known."""

    tallied: RowCount
    paid: Callable[[], Paying]
    expected: int | None

    def words(self, heard: Heard, elapsed: float) -> str:
        """`312 of 10,000 rows, 2,496 draws (310/s), 0.12 USD spent, about 3.9 USD in all, 12 min left`."""
        rows, kept, expected = self.tallied.rows, self.tallied.kept, self.expected
        parts = [f"{rows:,} of {counted(expected, 'row')}" if expected is not None else counted(rows, "row")]
        if self.tallied.failed:
            parts.append(f"{self.tallied.failed:,} failed")
        speed = heard.done / elapsed if elapsed > 0 else 0.0
        parts.append(f"{counted(heard.done, 'draw')} ({speed:,.0f}/s)")
        spent = self.paid().usd
        parts.append(f"{usd_text(spent)} spent")
        done = rows - kept
        if expected is not None and done > 0 and expected > rows:
            if spent:
                parts.append(f"about {usd_text(spent * (expected - kept) / done)} in all")
            parts.append(f"{seconds_text(elapsed * (expected - rows) / done)} left")
        if heard.waiting:
            parts.append(visible_line(heard.waiting))
        return ", ".join(parts)


class RowCount(Protocol):
    """How many rows are done, how many of these an earlier run did, and how many failed."""

    rows: int
    kept: int

    @property
    def failed(self) -> int: ...


class Paying(Protocol):
    """What was paid."""

    @property
    def usd(self) -> float | None: ...


class Progress:
    """Shows a run's draws while its block runs; `hear` is to be told every event."""

    def __init__(self, output: Output, choice: ProgressChoice = "auto") -> None:
        self.heard = Heard()
        self._output = output
        self._mode = mode_for(choice, output)
        self._began = time.monotonic()
        self._first = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._rows: OverRows | None = None

    def over_rows(self, tallied: RowCount, paid: Callable[[], Paying], expected: int | None) -> None:
        """From here on it tells of rows."""
        self._rows = OverRows(tallied, paid, expected)

    def together(self, kind: EventKind, key: str, found: Found) -> None:
        """This happened to several draws of the request with this key."""
        self.heard.together(kind, key, found)
        self._first.set()

    def hear(self, event: Event) -> None:
        """An event of the run."""
        self.heard.hear(event)
        self._first.set()

    def __enter__(self) -> Progress:
        self._began = time.monotonic()
        if self._mode != "none":
            self._thread = threading.Thread(target=self._show, name="ilang-progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._first.set()
        if self._thread is not None:
            self._thread.join()
        self._output.clear()

    def _show(self) -> None:
        self._first.wait()
        pause = LIVE if self._mode == "bar" else LINES
        while not self._over.wait(pause):
            try:
                elapsed = time.monotonic() - self._began
                rows = self._rows
                words = self.heard.words(elapsed) if rows is None else rows.words(self.heard, elapsed)
                if self._mode == "bar":
                    self._output.live(self._picture(words))
                else:
                    self._output.note(words)
            except (OSError, ValueError):  # nobody is there to see it
                return

    def _picture(self, words: str) -> str:
        wide = 20
        part = self.heard.done / max(self.heard.asked, 1)
        if self._rows is not None:
            part = self._rows.tallied.rows / max(self._rows.expected or 0, self._rows.tallied.rows, 1)
        blocks = self._output.blocks
        bar = bar_text(min(part, 1.0), wide, blocks=blocks).ljust(wide, "░" if blocks else ".")
        return clip(f"{bar} {words}", self._output.width - 1)


def mode_for(choice: ProgressChoice, output: Output) -> Literal["bar", "lines", "none"]:
    """What `auto` means here: a bar on a terminal that can, else lines; the quiet get none."""
    if output.quiet:
        return "none"
    if choice != "auto":
        return choice
    return "bar" if output.errors_on_terminal and output.environment.get("TERM") != "dumb" else "lines"


def chosen(flag: str | None, environment: Mapping[str, str]) -> ProgressChoice:
    """The flag decides, then ILANG_PROGRESS; what that says and nobody knows is passed over."""
    wanted = flag or environment.get("ILANG_PROGRESS", "")
    return next((choice for choice in CHOICES if choice == wanted), "auto")
