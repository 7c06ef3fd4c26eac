"""What a run of some rows will cost: each stage of the program, and all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from typing import Any

from ilang.draws.draw import Ask
from ilang.estimate.item import Item, Known, Site, calls_of
from ilang.estimate.range import Range, product
from ilang.estimate.sum import Scope, Sum, least, payable, raised, total, worth
from ilang.estimate.waiting import Wait, longest

Stretch = tuple[int, int]
"""Indices from the first on, up to the second."""

NO_SUM, NO_WAIT = Sum(), Wait()


@dataclass(slots=True)
class Line:
    """A stage, over all rows: what it is worth, what will be paid for it, and on what that rests."""

    site: Site
    worth: Sum = NO_SUM
    paid: Sum = NO_SUM
    models: dict[str, None] = field(default_factory=dict)
    assumed: set[str] = field(default_factory=set)
    spoken: set[str] = field(default_factory=set)
    measured: set[str] = field(default_factory=set)
    unbounded: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """`lines` in the order of the program. `known`: draws whose requests are known before the run; `stored`: those of
    them that the store has; `missing`: the others, for a few. `wait`: the longest of all rows'. `dearer`: USD that are
    expected to be paid more where of models that stand in for each other the dearest answers, as far as prices are
    known. `failing`: rows that cannot be run, and so ask nothing, by the code of why; `rows` are the others."""

    rows: int = 0
    lines: dict[Site, Line] = field(default_factory=dict)
    worth: Sum = NO_SUM
    paid: Sum = NO_SUM
    known: int = 0
    stored: int = 0
    missing: list[tuple[Ask, str, int]] = field(default_factory=list)
    wait: Wait = NO_WAIT
    dearer: Any = Fraction(0)
    failing: Counter[str] = field(default_factory=Counter)
    _seen: dict[object, list[Stretch]] = field(default_factory=dict)

    def add(self, scope: Scope, wait: Wait) -> None:
        """One row more."""
        self.rows += 1
        self.wait = longest([self.wait, wait])
        items = sorted(scope.all(), key=lambda item: item.order)
        by_site: dict[Site, list[Item]] = {}
        for item in items:
            if item.draws.high:
                by_site.setdefault(item.site, []).append(item)
        paid_all = Sum()
        new: dict[object, tuple[Item, int]] = {}
        for site, some in by_site.items():
            line = self.lines.setdefault(site, Line(site))
            of_all = sum((worth(item) for item in some), Sum())
            low = least(some)
            line.worth += cut(of_all, low)
            paid = sum((self._paid(item, new) for item in some), Sum())
            line.paid += paid
            paid_all += paid
            for item in some:
                line.models |= {m.label or m.shown: None for m in item.models}
                line.assumed |= item.assumed
                line.spoken |= item.spoken
                line.measured |= {item.measured, item.cut_off} - {""}
                line.unbounded |= {why: None for why in (item.unbounded,) if why}
        whole = total(scope)
        self.worth += whole
        calls = sum(calls_of(n, item.widest) for item, n in new.values())
        read = sum(calls_of(n, item.widest) * item.prompt for item, n in new.values())
        paid_all = replace(paid_all, calls=raised(paid_all.calls, calls), input=raised(paid_all.input, read))
        self.paid += smaller(paid_all, scope.payable() if any(item.links for item in items) else whole)

    def _paid(self, item: Item, new: dict[object, tuple[Item, int]]) -> Sum:
        """What will be paid for an item: what the store has, or a row before it pays for, costs nothing more.

        `new` takes the draws that are surely paid for, by request: those of several stages may come in one call.
        """
        if not item.known:
            self.dearer += item.dearer_by(item.input, item.output)
            return unsure(payable(item))
        draws = calls = Range()
        prompts = Range()
        reply = item.output.usual / item.draws.usual if item.draws.usual else 0
        for known in item.known:
            n, surely = self._missing(known)
            surely = surely if item.sure else 0
            if surely:
                before = new.get(known.key, (item, 0))
                new[known.key] = item, before[1] + surely
            c = known.rounds * calls_of(min(n, known.n // known.rounds), item.at_once)
            c = min(n, c)
            draws += Range(surely, n * item.share, n)
            calls += Range(0, c * item.share, n if item.waves else c)
            prompts += Range(0, item.size.usual * c * item.share, 0)
        draws = replace(draws, high=min(draws.high, item.draws.high))
        more = min(item.more, product(item.links, draws.high))
        calls = replace(calls, high=min(calls.high, item.calls.high) + more)
        read = Range(0, prompts.usual, calls.high * item.size.high if calls.high else 0)
        said = Range(0, draws.usual * reply, draws.high * item.limit if draws.high else 0)
        self.dearer += item.dearer_by(read, said)
        return Sum(calls, draws, read, said, item.paid_usd(read, said))

    def _missing(self, known: Known) -> tuple[int, int]:
        """How many draws are to be paid for, and how many of these surely; counts each address once."""
        missing = surely = 0
        sure = known.first + (0 if known.shifted else known.sure)
        for start, end in fresh(self._seen.setdefault(known.key, []), known.first, known.first + known.n):
            there = [index for index in known.stored if start <= index < end]
            self.known += end - start
            self.stored += len(there)
            missing += end - start - len(there)
            surely += max(0, min(end, sure) - start) - sum(index < sure for index in there)
            more = (index for index in range(start, end) if index not in known.stored)
            for index in islice(more, MISSING - len(self.missing)):
                self.missing.append((known.ask, str(known.key), index))
        return missing, surely


def fresh(seen: list[Stretch], first: int, end: int) -> list[Stretch]:
    """What of these indices was not seen before; now it is. `seen` is in order, and no two of it touch."""
    found: list[Stretch] = []
    at = first
    for a, b in seen:
        if at < min(a, end):
            found.append((at, min(a, end)))
        at = max(at, b)
    if at < end:
        found.append((at, end))
    joined: list[Stretch] = []
    for a, b in sorted([*seen, *found]):
        if joined and joined[-1][1] == a:
            joined[-1] = joined[-1][0], b
        else:
            joined.append((a, b))
    seen[:] = joined
    return found


MISSING = 10_000
"""Draws that are remembered one by one, to say why they are missing."""


def cut(of_all: Sum, low: Sum) -> Sum:
    """A stage's sum, with what it surely comes to."""
    usd = of_all.usd
    if usd is not None and low.usd is not None:
        usd = (low.usd[0], max(usd[1], low.usd[0]), usd[2])
    return Sum(
        raised(of_all.calls, low.calls.low),
        raised(of_all.draws, low.draws.low),
        raised(of_all.input, low.input.low),
        raised(of_all.output, low.output.low),
        usd,
    )


def unsure(one: Sum) -> Sum:
    """Of what may be in the store or not: nothing is sure, and no more than all of it."""
    usd = None if one.usd is None else (one.usd[0] * 0, one.usd[1], one.usd[2])
    return Sum(
        replace(one.calls, low=0), replace(one.draws, low=0), replace(one.input, low=0), replace(one.output, low=0), usd
    )


def smaller(paid: Sum, whole: Sum) -> Sum:
    """What is paid, which is no more than all is worth."""
    usd = paid.usd
    if usd is not None and whole.usd is not None:
        usd = (min(usd[0], whole.usd[0]), min(usd[1], whole.usd[1]), min(usd[2], whole.usd[2]))
    return Sum(
        under(paid.calls, whole.calls),
        under(paid.draws, whole.draws),
        under(paid.input, whole.input),
        under(paid.output, whole.output),
        usd,
    )


def under(a: Range, b: Range) -> Range:
    """The smaller of both, each part apart."""
    return Range(min(a.low, b.low), min(a.usual, b.usual), min(a.high, b.high))


def dearest(lines: Sequence[Line]) -> tuple[Line, float] | None:
    """The stage that most is expected to be spent at, and its share: of USD, else of tokens. None where all is free of
    draws."""
    by_usd = [line.worth.usd[1] for line in lines if line.worth.usd is not None]
    if len(by_usd) == len(lines) and any(by_usd):
        weights = [float(one) for one in by_usd]
    else:
        weights = [line.worth.input.usual + line.worth.output.usual for line in lines]
    whole = sum(weights)
    if not whole:
        return None
    at = max(range(len(lines)), key=weights.__getitem__)
    return lines[at], weights[at] / whole
