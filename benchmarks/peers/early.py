"""How many choices a vote that stops early is billed, beside the fewest that could settle it, draw by draw."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.peers.measuring import ran
from benchmarks.peers.peer import Job, Peer
from benchmarks.peers.served import Served
from benchmarks.peers.workload import Workload


@dataclass(frozen=True, slots=True)
class Early:
    """`choices` billed; `least`: the fewest that settle all rows; `same`: rows with the winner of the full vote."""

    choices: int
    least: int
    same: int


def early(server: Served, peer: Peer, workload: Workload) -> Early:
    """A run that draws all, then one by the smallest waves, from the same server begun anew.

    Its choices are seeded, as those of an engine with `child_seeds` are: else a wave of one draw, which carries a seed,
    would be answered otherwise than the same draw of a larger call.
    """
    seeded = ("--model", 'cheap=openai("cheap", provider="mock", max_n=256, child_seeds=true)')

    def all_drawn(job: Job) -> Sequence[str]:
        return (*peer.command(job), *seeded)

    def in_waves(job: Job) -> Sequence[str]:
        return (*(word for word in peer.command(job) if word != "--passes=-demand"), *seeded, "--eager", "0")

    server.reset()
    with tempfile.TemporaryDirectory() as name:
        whole = Job(workload, server.url, Path(name) / "cache", Path(name) / "answers.jsonl")
        ran(replace(peer, command=all_drawn), whole)
        winners, least = _values(whole), sum(map(fewest, _drawn(whole)))
    server.reset()
    with tempfile.TemporaryDirectory() as name:
        waves = Job(workload, server.url, Path(name) / "cache", Path(name) / "answers.jsonl")
        ran(replace(peer, command=in_waves), waves)
        same = sum(a == b for a, b in zip(winners, _values(waves), strict=True))
    return Early(server.counts().choices, least, same)


def fewest(answers: Sequence[Any]) -> int:
    """After how many of these, in their order, no answer to the others could change who has most; of equals the first.

    By the plain rule, draw by draw, and not as ilang reckons it.
    """
    for k in range(len(answers) + 1):
        left, seen = len(answers) - k, Counter(answers[:k])
        order = list(seen)
        if not order:
            if not left:
                return 0
            continue
        leader = max(order, key=lambda a: (seen[a], -order.index(a)))
        rivals = [seen[a] + left + (order.index(a) < order.index(leader)) for a in order if a != leader]
        if seen[leader] >= max([left, *rivals]):
            return k
    return len(answers)


def _values(job: Job) -> list[Any]:
    lines = [msgspec.json.decode(line) for line in job.out.read_bytes().splitlines()]
    return [line["value"] for line in lines]


def _drawn(job: Job) -> list[list[str]]:
    """Of each request what its draws end with, in their order."""
    from ilang.draws.disk_store import open_store

    store = open_store(job.cache / "draws")
    by_key: dict[str, list[str]] = {}
    for address, entry in store.entries():  # in the order of addresses
        by_key.setdefault(address.key, []).append(entry.draw.text.rsplit("boxed{", 1)[-1].split("}")[0])
    store.close()
    return list(by_key.values())
