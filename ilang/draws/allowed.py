"""Keeps a model's calls within what its server says that it will still take.

A server that tells "50 of 60 left, all again in 10 s" fills up evenly, so one call more is there every second:
its bucket is mirrored here, and a call takes its part when it starts. A reply corrects the mirror: it tells of the
moment at which its call was taken, so whatever has started since then is taken off. Of replies
out of order, the one whose call started last is believed. Knows no server and no clock; times are in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ilang.backend.allowance import Allowance

_SMOOTH = 0.2
"""Weight of the newest call in the running mean of tokens a call."""


@dataclass(slots=True)
class _Bucket:
    """`level` at `time`; `rate` comes back each second, up to `limit`. `told` is the call that told of it."""

    limit: float
    level: float
    rate: float
    time: float
    told: int

    def at(self, now: float) -> float:
        return min(self.limit, self.level + self.rate * max(0.0, now - self.time))


class Allowed:
    """The buckets of one model at one server. Calls are numbered by their start, from 1."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}
        self._tokens = 0.0  # of a call, on the average

    def wait(self, now: float) -> float:
        """Seconds until one call more may start."""
        longest = 0.0
        for what, bucket in self._buckets.items():
            need = min(self._part(what), bucket.limit)
            short = need - bucket.at(now)
            if short > 0:
                longest = max(longest, short / bucket.rate)
        return longest

    def start(self, now: float) -> None:
        """A call starts: it takes its part."""
        for what, bucket in self._buckets.items():
            bucket.level, bucket.time = bucket.at(now) - self._part(what), now

    def used(self, tokens: int) -> None:
        """A call has cost so many tokens."""
        self._tokens = float(tokens) if not self._tokens else self._tokens + _SMOOTH * (tokens - self._tokens)

    def told(self, allowances: Iterable[Allowance], call: int, since: int, now: float) -> None:
        """The server told this in its answer to call number `call`; `since` calls have started after that one."""
        for one in allowances:
            known = self._buckets.get(one.what)
            if known is not None and known.told > call:
                continue
            gone = one.limit - one.left
            if one.limit <= 0 or (gone > 0 and one.full_in <= 0):
                self._buckets.pop(one.what, None)  # nothing to go by
                continue
            rate = gone / one.full_in if gone > 0 else float(one.limit)
            level = one.left - since * self._part(one.what)
            self._buckets[one.what] = _Bucket(float(one.limit), level, rate, now, call)

    def _part(self, what: str) -> float:
        return 1.0 if what == "calls" else self._tokens
