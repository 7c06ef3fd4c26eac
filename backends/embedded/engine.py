"""Runs one model in a thread of its own and serves every request from the same steps.

**Continuous batching.** Each choice is a strand that runs through a slot (`strand`, `slot`). A
step computes one token for every strand that writes, and a piece of a prompt that is being read.
A strand that ends frees its slot at once for the next in line, whichever request that is of.
Nothing here moves a draw: rows are the same bit for bit in any company (`plan`), and each choice
has a generator of its own.

**A prompt is computed once.** When the first choice of a request has read its prompt, its
sisters draw from the same row and get a copy of its slot. A later prompt starts from the slot
that holds most of its beginning; where another strand is just reading a longer common beginning,
it waits for that one. So a few-shot prompt is computed once for a whole data set.

It does not know event loops (`job` does) nor where weights come from.
"""

from __future__ import annotations

import atexit
import queue
import secrets
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ilang.backend.protocol import BackendFault, Scored
from ilang_backends.embedded.binding import Llama
from ilang_backends.embedded.chat import Chat
from ilang_backends.embedded.grammar import grammar_of
from ilang_backends.embedded.job import Job, Written
from ilang_backends.embedded.plan import CHUNK, Call, Entry, reading, writing
from ilang_backends.embedded.slot import WORTH_COPYING, Slot, coming, nearest, target
from ilang_backends.embedded.strand import Drawing, Scoring, Strand

MAX_TOKENS = 512
"""Drawn at most where a request names no limit."""

_ROOM = 512
"""The cache grows by this many tokens a slot, so that small prompts need little memory."""

_LOOK_AHEAD = 64
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Setup:
    """What an engine is made of. `threads` of the processor, `sequences` side by side at most,
    `context` tokens of prompt and output together (None: what the model was trained for)."""

    path: Path
    threads: int
    sequences: int
    context: int | None


@dataclass(eq=False, slots=True)
class _Task:
    """A job taken up: its strands in order of choice, and how much of its prompt was at hand."""

    job: Job
    prompt: int
    strands: tuple[Strand, ...]
    left: int
    cached: int = -1


class Engine:
    """A loaded model and its thread. `submit` and `close` may be called from any thread."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.computed = 0  # tokens, ever: what sharing saves is seen here
        self._inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._llama: Llama | None = None
        self._chat: Chat | None = None
        self._slots: list[Slot] = []
        self._line: list[Strand] = []
        self._tasks: dict[Strand, _Task] = {}
        self._clock = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="ilang-embedded", daemon=True)
        self._thread.start()
        _engines.add(self)

    def submit(self, job: Job) -> None:
        """Put a job in line; its future is settled sooner or later. Raises BackendFault where closed."""
        if self._closed:
            raise _closed()
        self._inbox.put(job)

    def close(self) -> None:
        """Fail what is under way, free the model, end the thread. May be called twice."""
        self._closed = True
        self._inbox.put(None)
        self._thread.join(_PATIENCE)

    # -- everything below runs in the engine's thread

    def _run(self) -> None:
        while self._listen():
            self._drop_given_up()
            try:
                self._seat()
                self._step()
            except Exception as error:
                self._fail_all(BackendFault("malformed-reply", f"the embedded engine failed: {error}"))
        self._fail_all(_closed())
        if self._llama is not None:
            self._llama.close()

    def _listen(self) -> bool:
        """Take up what has come; wait where there is nothing to do. False when it is time to end."""
        while True:
            try:
                job = self._inbox.get(block=not self._tasks)
            except queue.Empty:
                return True
            if job is None:
                return False
            if not job.given_up:
                self._take_up(job)

    def _take_up(self, job: Job) -> None:
        try:
            task = self._task(job)
        except Exception as error:
            fault = error if isinstance(error, BackendFault) else _not_loaded(self.setup.path, error)
            job.deliver(fault)
            return
        if not task.strands:
            job.deliver(Scored(()))
            return
        self._tasks |= dict.fromkeys(task.strands, task)
        self._line += task.strands

    def _task(self, job: Job) -> _Task:
        llama, chat = self._loaded()
        request = job.request
        prompt = chat.tokens(request.messages)
        context = self._context(llama)
        if job.continuation is not None:
            given = llama.tokens(job.continuation)
            _fit(len(prompt), len(given), context, llama.trained)
            scoring = (Scoring(prompt, given, request.top_logprobs),) if given else ()
            return _Task(job, len(prompt), scoring, len(scoring))
        limit = request.max_tokens or max(1, min(MAX_TOKENS, context - len(prompt)))
        _fit(len(prompt), limit, context, llama.trained)
        temperature = 1.0 if request.temperature is None else request.temperature
        top_p = 1.0 if request.top_p is None else request.top_p
        seed = secrets.randbits(31) if request.seed is None else request.seed
        grammar = grammar_of(request.schema) if request.schema else ""
        top = request.top_logprobs if request.logprobs or request.top_logprobs else None
        drawings = tuple(
            Drawing(prompt, limit, request.stop, llama.sampler(temperature, top_p, seed + place, grammar), top)
            for place in range(request.n)
        )
        return _Task(job, len(prompt), drawings, len(drawings))

    def _loaded(self) -> tuple[Llama, Chat]:
        if self._llama is None or self._chat is None:
            self._llama = Llama(self.setup.path, self.setup.sequences)
            self._chat = Chat(self._llama)
        return self._llama, self._chat

    def _context(self, llama: Llama) -> int:
        if self.setup.context is not None and self.setup.context > llama.trained:
            raise BackendFault(
                "bad-request",
                f"context={self.setup.context} is more than the {llama.trained} tokens this model was trained for",
            )
        return self.setup.context or llama.trained

    # -- who sits where

    def _seat(self) -> None:
        """Give free slots to strands in line, as far as it goes."""
        if not self._line:
            return
        llama, _ = self._loaded()
        self._grow(llama)
        states: dict[int, bytes] = {}
        held_up: list[_Task] = []
        for strand in self._line[:_LOOK_AHEAD]:
            task = self._tasks[strand]
            free = [slot for slot in self._slots if slot.strand is None]
            if not free:
                break
            if task in held_up:
                continue
            source, alike = nearest(self._slots, strand)
            if coming(self._slots, strand) >= alike + WORTH_COPYING:
                held_up.append(task)
                continue
            slot = target(free, source, alike)
            self._start(llama, slot, strand, source if alike >= WORTH_COPYING else None, alike, states)
            self._line.remove(strand)
            if task.cached < 0:
                task.cached = len(slot.held)

    def _start(
        self, llama: Llama, slot: Slot, strand: Strand, source: Slot | None, alike: int, states: dict[int, bytes]
    ) -> None:
        """Let `strand` run in `slot`, from what `source` has of it. `states`: slots saved in this round."""
        self._clock += 1
        if source is None:
            alike = 0
        elif source is not slot:
            if source.index not in states:
                states[source.index] = llama.save(source.index)
            llama.load(slot.index, states[source.index])
            source.used = self._clock
        states.pop(slot.index, None)
        kept = llama.cut(slot.index, alike)
        slot.held = strand.tokens[:kept]
        slot.strand = strand
        slot.used = self._clock

    def _grow(self, llama: Llama) -> None:
        """Have room for the longest strand in line."""
        longest = max(strand.room for strand in self._line[:_LOOK_AHEAD])
        llama.grow(-(-longest // _ROOM) * _ROOM)
        self._slots = self._slots or [Slot(index) for index in range(llama.slots)]

    # -- one step

    def _step(self) -> None:
        """Compute one token for all who write and a piece of the oldest prompt that is being read."""
        active = [slot for slot in self._slots if slot.strand is not None]
        writers = [slot for slot in active if not slot.reading]
        readers = sorted((slot for slot in active if slot.reading), key=lambda slot: slot.used)
        threads = self.setup.threads
        calls = writing([entry for slot in writers for entry in self._next(slot, 1)], threads)
        calls += [reading(self._next(slot, CHUNK), threads) for slot in readers[:1]]
        for call in calls:
            self._call(call)

    def _next(self, slot: Slot, most: int) -> list[Entry]:
        """The tokens of a slot's strand that come next, now counted as held."""
        strand = slot.strand
        assert strand is not None
        start = len(slot.held)
        fresh = strand.tokens[start : start + most]
        slot.held += fresh
        return [Entry(token, at, slot.index, at >= strand.first_row) for at, token in enumerate(fresh, start)]

    def _call(self, call: Call) -> None:
        """Compute a call and show its rows to the strands."""
        llama, _ = self._loaded()
        llama.step(call)
        self.computed += len(call.entries)
        for row, entry in enumerate(call.entries):
            slot = self._slots[entry.slot]
            strand = slot.strand
            if strand is None or not entry.wanted:
                continue
            sisters = self._sisters(llama, strand, row) if entry.position == strand.first_row else []
            if strand.see(llama, row, entry.position):
                slot.strand = None
                self._settle(strand)
            self._seat_sisters(llama, slot, sisters)

    def _sisters(self, llama: Llama, strand: Strand, row: int) -> list[Strand]:
        """Strands in line that begin from this row too, as many as there are slots; one that ends needs none."""
        free = sum(slot.strand is None for slot in self._slots)
        started: list[Strand] = []
        for other in [other for other in self._line if self._tasks[other] is self._tasks[strand]]:
            if len(started) == free:
                break
            self._line.remove(other)
            if other.see(llama, row, strand.first_row):
                self._settle(other)
            else:
                started.append(other)
        return started

    def _seat_sisters(self, llama: Llama, source: Slot, strands: Sequence[Strand]) -> None:
        """Copy the slot that has read their prompt. It holds nothing but that prompt now."""
        states: dict[int, bytes] = {}
        for strand in strands:
            free = [slot for slot in self._slots if slot.strand is None and slot is not source]
            slot = min(free, key=lambda slot: slot.used)
            self._start(llama, slot, strand, source, strand.first_row + 1, states)

    # -- endings

    def _settle(self, strand: Strand) -> None:
        """A strand has ended; answer where it was the last of its task."""
        task = self._tasks.pop(strand)
        task.left -= 1
        if isinstance(strand, Drawing) and strand.choice is not None:
            written = Written((strand.choice,), task.prompt, max(0, task.cached))
            task.job.tell(task.strands.index(strand), written)
        if task.left:
            return
        first = task.strands[0]
        if isinstance(first, Scoring):
            task.job.deliver(Scored(tuple(first.scored)))
            return
        choices = (strand.choice for strand in task.strands if isinstance(strand, Drawing))
        task.job.deliver(Written(tuple(choice for choice in choices if choice), task.prompt, max(0, task.cached)))

    def _drop_given_up(self) -> None:
        """Free the slots of jobs that nobody waits for any more."""
        gone = {strand for strand, task in self._tasks.items() if task.job.given_up}
        if not gone:
            return
        self._tasks = {strand: task for strand, task in self._tasks.items() if strand not in gone}
        self._line = [strand for strand in self._line if strand not in gone]
        for slot in self._slots:
            if slot.strand in gone:
                slot.strand = None

    def _fail_all(self, fault: BackendFault) -> None:
        for task in {id(task): task for task in self._tasks.values()}.values():
            task.job.deliver(fault)
        self._tasks.clear()
        self._line.clear()
        self._slots.clear()
        if self._llama is not None:
            self._llama.reset()


def _fit(prompt: int, output: int, context: int, trained: int) -> None:
    """Raise BackendFault where prompt and output together are more than the context."""
    if prompt + output <= context:
        return
    larger = f"; or declare the model with a larger context (up to {trained})" if context < trained else ""
    raise BackendFault(
        "context-overflow",
        f"the prompt is {prompt} tokens and up to {output} may follow, but the model's context is {context}",
        help=f"shorten the prompt or ask for fewer tokens (max_tokens){larger}",
    )


def _not_loaded(path: Path, error: Exception) -> BackendFault:
    if isinstance(error, ImportError):
        return BackendFault(
            "missing-extra", "the package `cyllama` is not installed", help="pip install cyllama==0.2.18"
        )
    return BackendFault("no-such-model", f"{path} cannot be loaded: {error}", help="name a GGUF file of a text model")


def _closed() -> BackendFault:
    return BackendFault("unreachable", "the embedded model was closed")


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """End the threads before the interpreter takes the library away from under them."""
    for engine in list(_engines):
        engine.close()
