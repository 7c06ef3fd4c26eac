"""What both evaluators are given: the draws, the bindings, and a place to report to.

Whatever is the same however a program is scheduled stands here: which request a want becomes,
how a text is read, what is counted.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ilang.backend import registry
from ilang.backend.capabilities import Capabilities
from ilang.backend.prices import prices_of
from ilang.backend.protocol import BackendFault
from ilang.backend.request import Request
from ilang.base.candidate import Unread
from ilang.base.diagnostic import Diagnostic
from ilang.base.value import Asked, Message, Model, Tally, Value
from ilang.draws.draw import Ask, Draw
from ilang.draws.stand_in import with_stand_ins
from ilang.run.budget import Budget, Clock, Wanted
from ilang.run.closure import Activation
from ilang.run.failure import FATAL, RunFailed, fault_diagnostic
from ilang.run.once import Once
from ilang.run.python_call import Python
from ilang.run.python_module import PythonRef
from ilang.run.reading import read
from ilang.run.tracing import Note
from ilang.run.worth import Counted, Spent
from ilang.stages.stage import CannotGive, Drawn, Missing, Report, Take, Taken, Want

if TYPE_CHECKING:
    from ilang.run.purse import Purse
    from ilang.run.turn import Turn

ALTERNATIVES = 20
"""Likeliest tokens that are asked for where a program reads `it.entropy`."""

MOST_DRAWS = 100_000
"""Draws of one stage at once; a number with too many noughts is a mistake, and the list alone would not fit."""


class Draws(Protocol):
    """Where draws come from: a store and backends, or a test's script."""

    def key(self, ask: Ask) -> Hashable:
        """What all draws of a request share: an activation counts by it."""
        ...

    def capabilities(self, model: Model) -> Capabilities: ...

    def most_prompt_tokens(self, ask: Ask) -> int:
        """At least as many tokens as the prompt of this request has, told before it is sent."""
        ...

    def stored(self, key: Hashable, indices: Sequence[int]) -> Collection[int]:
        """Those of the draws of a request that are there already, and cost nothing more."""
        ...

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw | BackendFault]: ...


@dataclass(frozen=True, slots=True)
class Bindings:
    """What the names of a program stand for in one run."""

    models: Mapping[str, Model]
    default: Model
    python: Mapping[str, PythonRef]


@dataclass(slots=True)
class Reports:
    """What a run has to tell beside its value. Examples are kept in a fixed order, not that of arrival."""

    counts: dict[str, int] = field(default_factory=dict)
    whys: dict[str, dict[str, int]] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)
    finished: int = 0
    faults: list[BackendFault] = field(default_factory=list)

    def add(self, report: Report) -> None:
        self.counts[report.what] = self.counts.get(report.what, 0) + report.count
        whys = self.whys.setdefault(report.what, {})
        whys[report.why] = whys.get(report.why, 0) + report.count
        if report.text:
            self.texts.setdefault(report.what, set()).add(report.text)

    def add_all(self, other: Reports) -> None:
        """What has been told elsewhere, told here too."""
        for what, n in other.counts.items():
            self.counts[what] = self.counts.get(what, 0) + n
        for what, whys in other.whys.items():
            mine = self.whys.setdefault(what, {})
            for why, n in whys.items():
                mine[why] = mine.get(why, 0) + n
        for what, texts in other.texts.items():
            self.texts.setdefault(what, set()).update(texts)

    def examples(self, what: str, most: int = 3) -> list[str]:
        return sorted(self.texts.get(what, ()))[:most]


class World:
    """The surroundings of one run (one row)."""

    def __init__(
        self,
        draws: Draws,
        bindings: Bindings,
        *,
        seed: int = 0,
        python: Python | None = None,
        purse: Purse | None = None,
        turn: Turn | None = None,
        once: Once | None = None,
    ) -> None:
        """`purse`: what all rows may pay together, and `turn`: the place of this row among them. `once`: what is kept
        for all of them."""
        self.draws = draws
        self.bindings = bindings
        self.seed = seed
        self.python = python or Python(bindings.python)
        self.reports = Reports()
        self.spent = Spent()
        self.tally: Tally | None = None  # the one that fed the value
        self.tells: tuple[str, ...] = ()  # what the program reads of candidates that draws must bring
        self.clock: Clock = time.monotonic
        self.closed: list[Budget] = []  # the budgets that refused a draw
        self.note: Note | None = None  # is told what each stage did
        self.purse = purse
        self.turn = turn
        self.eager = 0.0
        self.once = once or Once()

    def aside(self) -> World:
        """A world for what is the same in all rows: it draws nothing, and reports by itself."""
        return World(self.draws, self.bindings, python=self.python, once=self.once)

    def chosen(self, model: Model | None) -> Model:
        return model if model is not None else self.bindings.default

    def admit(self, wants: Sequence[Want]) -> None:
        """Refuses a stage that would draw more than anyone means. Raises RunFailed."""
        n = sum(want.n for want in wants)
        if n > MOST_DRAWS:
            raise RunFailed(
                Diagnostic(
                    "too-many-draws",
                    f"one stage would draw {n:,} times; at most {MOST_DRAWS:,} are drawn at once",
                    help="a smaller `n`, or several stages",
                )
            )

    def take(self, take: Take, activation: Activation) -> Taken:
        """Takes the indices of all draws of a want."""
        self.admit((take.want,))
        ask = self.ask_of(take.want)
        return Taken(activation.take(self.draws.key(ask), take.want.n), self.eager_of(ask.model, asks=take.asks))

    def eager_of(self, model: Model, *, asks: bool = False) -> float:
        """The part of a stage's draws that goes out at once, at least: all where each call pays for its prompt. `asks`:
        other models may be asked for each of them."""
        others = (*self.bindings.models.values(), self.bindings.default) if asks else ()
        for one in (m for asked in (model, *others) for m in with_stand_ins(asked)):
            able = self.draws.capabilities(one)
            prices = prices_of(one, able)
            if able.n and prices is not None and any(p.input for p in (prices, *(p for _, p in prices.longer))):
                return 1.0
        return self.eager

    def ask_of(self, want: Want) -> Ask:
        """The request that a want becomes: our defaults written out, nothing that is not sent."""
        model = self.chosen(want.model)
        able = self.draws.capabilities(model)
        given = dict(model.settings)
        given.update(want.settings)
        messages = prefilled(want.asked, want.prefill)
        held = next((b.kind for m in messages for b in m.blobs if not getattr(able, f"{b.kind}s")), None)
        if held is not None:
            raise RunFailed(
                Diagnostic(
                    "model-lacks",
                    f"`{want.asked.prompt}` shows {'an' if held == 'image' else 'a'} {held}, "
                    f"which {model.label or model.shown} does not take",
                    help="bind a model that does with `--model`",
                )
            )
        provider = registry.find(model.provider)
        kinds = provider.settings if provider is not None else {}
        extra = tuple(sorted((n, v) for n, v in model.settings if n in kinds and kinds[n].sent))
        if want.candidate and self.tells and able.logprobs:
            given["logprobs"] = True
            if "entropy" in self.tells:
                given["top_logprobs"] = max(int(given.get("top_logprobs") or 0), min(ALTERNATIVES, able.top_logprobs))
        stop = given.get("stop")
        request = Request(
            model=asked_id(model),
            messages=messages,
            temperature=_float(given.get("temperature")),
            top_p=_float(given.get("top_p")),
            max_tokens=int(given.get("max_tokens") or able.max_tokens),
            stop=(stop,) if isinstance(stop, str) and stop else (),
            logprobs=bool(given.get("logprobs", False)),
            top_logprobs=int(given.get("top_logprobs") or 0),
            schema=want.asked.schema if able.schema else None,
            extra=extra,
        )
        return Ask(want.asked.prompt, model, request)

    def refuse(self, budget: Budget) -> str:
        """Closes a budget that has no room for a draw; gives the reason in words."""
        budget.closed = True
        if budget not in self.closed:
            self.closed.append(budget)
        return budget.words()

    def came(self, wanted: Wanted, one: Draw | BackendFault, counted: list[Counted]) -> Drawn | Missing:
        """What a stage is given for a draw; one that came is counted."""
        if isinstance(one, BackendFault):
            if one.kind == "cut" and self.purse is not None:
                return Missing(self.refuse(self.purse), refused=True)
            return Missing(self.fault(one, wanted.ask.model))
        counted.append((wanted.key, wanted.index, one, wanted.able, wanted.prices))
        return Drawn(one, wanted.ask.model, wanted.able.stop_reason)

    def fault(self, fault: BackendFault, model: Model) -> str:
        """Counts a draw that could not be had; raises RunFailed where no other could be either."""
        if fault.kind in FATAL:
            raise RunFailed(fault_diagnostic(fault, model.label or model.shown))
        self.reports.faults.append(fault)
        return fault.message

    def read_now(self, asked: Asked, text: str, prefill: str) -> Value | Unread:
        """The same as `read`, where no Python is to be asked."""
        found = read(asked.reader, text)
        if isinstance(found, Unread) and prefill:
            together = read(asked.reader, prefill + text)
            return found if isinstance(together, Unread) else together
        return found

    async def read(self, asked: Asked, text: str, prefill: str) -> Value | Unread:
        """A text as its request says; where it gives no value, its prefill and it together."""
        if asked.reader.extract != "python":
            return self.read_now(asked, text, prefill)
        found = await self._read(asked, text)
        if isinstance(found, Unread) and prefill:
            together = await self._read(asked, prefill + text)
            return found if isinstance(together, Unread) else together
        return found

    async def _read(self, asked: Asked, text: str) -> Value | Unread:
        reader = asked.reader
        ref = self.bindings.python[reader.argument]
        try:
            return await self.python.call(reader.argument, {ref.first: text}, reader.type)
        except CannotGive as problem:
            return Unread(problem.why)

    def chance(self, contents: Value, activation: Activation) -> Callable[[], float]:
        """Random numbers from a hash of the run's seed, the contents, and how many equal stages ran before."""
        occurrence = activation.occurrence(contents)
        text = repr((self.seed, contents, occurrence))
        seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
        return random.Random(seed).random


def asked_id(model: Model) -> str:
    """The id that a request names: the model's, or what its backend takes one left out for."""
    return model.id or getattr(registry.find(model.provider), "default_id", "")


def prefilled(asked: Asked, prefill: str) -> tuple[Message, ...]:
    """The messages with a text at their end that the reply goes on from. An empty one is left out."""
    messages = asked.messages
    if not prefill:
        return messages
    if messages and messages[-1].role == "assistant":
        return (*messages[:-1], Message("assistant", messages[-1].content + prefill))
    return (*messages, Message("assistant", prefill))


def _float(value: Value) -> float | None:
    return None if value is None else float(value)
