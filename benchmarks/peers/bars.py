"""What must hold of ilang on this work, beside the careful script `raw_openai`: each bar with its figure.

Times and CPU are compared with runs of the same invocation, the least of each; counts have to hold in every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.peers.early import early
from benchmarks.peers.imports import imports_sdk
from benchmarks.peers.measuring import Figures, killed, measured
from benchmarks.peers.peer import PEERS, Peer
from benchmarks.peers.served import Served
from benchmarks.peers.table import markdown, table
from benchmarks.peers.workload import WORKLOADS, Workload

LATENCY = 0.05
"""Seconds that the server takes where waiting is what is measured."""

ILANG, SCRIPT = PEERS["ilang"], PEERS["raw_openai"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: what is asked, what was found, whether it holds."""

    asked: str
    found: str
    held: bool


def bars(server: Served, times: int) -> int:
    """Measures all of them, prints them, and gives 1 where one is missed, else 0."""
    found = list(_all(server, times))
    print(markdown(("held", "what must hold", "found"), [("yes" if b.held else "NO", b.asked, b.found) for b in found]))
    return int(not all(bar.held for bar in found))


def _all(server: Served, times: int) -> Iterator[Bar]:
    yield from _cost(server, times)
    yield from _waiting(server, times)
    yield from _counts(server, times)
    yield from _faults(server, times)
    yield from _kill(server)
    yield from _early(server)


def _cost(server: Served, times: int) -> Iterator[Bar]:
    short, long = WORKLOADS["W1"], WORKLOADS["W1L"]
    runs = _side_by_side(server, [short, long], times, 0.0, "none")
    draws = long.rows * long.n - short.rows * short.n
    ours, theirs = (
        1000 * (_least(runs, peer, long).cpu - _least(runs, peer, short).cpu) / draws for peer in (ILANG, SCRIPT)
    )
    yield Bar(
        "CPU of a cold draw <= 0.6x the script's",
        f"{ours / theirs:.2f}x: {ours:.3f} and {theirs:.3f} s for 1,000 draws",
        ours <= 0.6 * theirs,
    )
    for work in (short, long):
        calls = {run.calls for run in runs if run.peer == ILANG.name and run.workload == work.name}
        yield Bar(f"{work.name}: {work.rows} calls", _listed(calls), calls == {work.rows})
    mine, script = (min(run.memory for run in _of(runs, peer, long)) for peer in (ILANG, SCRIPT))
    yield Bar("W1L: memory <= the script's + 40 MB", f"{mine:.0f} and {script:.0f} MB", mine <= script + 40)


def _waiting(server: Served, times: int) -> Iterator[Bar]:
    work = WORKLOADS["W1L"]
    runs = _side_by_side(server, [work], times, LATENCY, "none")
    floor = -(-work.rows // 64) * LATENCY
    start = min(run.start or 0.0 for run in _of(runs, ILANG, work))
    wall, script = (min(run.wall for run in _of(runs, peer, work)) for peer in (ILANG, SCRIPT))
    yield Bar(
        f"W1L at {1000 * LATENCY:.0f} ms: wall <= 0.5x the script's, or 1.75x the floor of {floor:.1f} s and the start",
        f"{wall:.2f} and {script:.2f} s; {(wall - start) / floor:.2f}x the floor after a start of {start:.2f} s",
        wall <= 0.5 * script or wall - start <= 1.75 * floor,
    )


def _counts(server: Served, times: int) -> Iterator[Bar]:
    warm = min((measured(server, ILANG, WORKLOADS["W2"]) for _ in range(times)), key=lambda run: run.wall)
    yield Bar("W2: whole process <= 0.6 s", f"{warm.wall:.2f} s, {warm.cpu:.2f} s of CPU", warm.wall <= 0.6)
    yield Bar("W2: no call, and no SDK is imported", f"{warm.calls} calls", not warm.calls and not imports_sdk(server))
    for name, what, wanted, latency in (
        ("W3", "choices", 3200, 0.0),
        ("W4", "choices", 1600, 0.0),
        ("W4", "choices", 1600, LATENCY),
        ("W5", "calls", 1800, 0.0),
        ("W6", "calls", 291, 0.0),
        ("W7", "calls", 1, 0.0),
    ):
        run = measured(server, ILANG, WORKLOADS[name], latency)
        came = getattr(run, what)
        then = f" at {1000 * latency:.0f} ms" if latency else ""
        yield Bar(
            f"{name}{then}: {wanted:,} {what}", f"{came:,}, {run.lost} rows lost", came == wanted and not run.lost
        )


def _faults(server: Served, times: int) -> Iterator[Bar]:
    work = WORKLOADS["W1"]
    for fault in ("500", "drop"):
        run = measured(server, ILANG, work, LATENCY, fault)
        yield Bar(
            f"W1 with {fault}s: no row and no draw lost",
            f"{run.lost} rows, {work.rows * work.n - run.draws} draws lost",
            not run.lost and run.draws == work.rows * work.n,
        )
    runs = _side_by_side(server, [work], times, LATENCY, "429")
    ours, theirs = (_of(runs, peer, work) for peer in (ILANG, SCRIPT))
    lost = max(run.lost for run in ours)
    yield Bar(
        "W1, 429 above 16 in flight: no row lost", f"{lost} (the script: {max(r.lost for r in theirs)})", not lost
    )
    wall, script = (min(run.wall for run in group) for group in (ours, theirs))
    yield Bar("the same: wall <= the script's", f"{wall:.2f} and {script:.2f} s", wall <= script)
    mine, others = (max(run.refused for run in ours), min(run.refused for run in theirs))
    yield Bar("the same: fewer refused calls", f"{mine} and {others}", mine < others)


def _early(server: Served) -> Iterator[Bar]:
    work = WORKLOADS["W1"]
    found = early(server, ILANG, work)
    yield Bar(
        "W1 by the smallest waves: at most 1.1x the fewest choices, every winner that of the full vote",
        f"{found.choices:,}, {found.choices / found.least:.3f}x of {found.least:,}; {found.same} of {work.rows} rows",
        found.choices <= 1.1 * found.least and found.same == work.rows,
    )


def _kill(server: Served) -> Iterator[Bar]:
    run = killed(server, ILANG, WORKLOADS["W1"], LATENCY)
    again = run.anew - (run.needed - (run.stored or 0))
    yield Bar(
        "W1 killed half-way and begun again: no stored draw paid twice",
        f"{again}; {run.stored} stored, {run.anew} paid anew; {run.left} unanswered at the kill; {run.lost} rows lost",
        run.stored is not None and not again and not run.lost,
    )


def _side_by_side(
    server: Served, works: Sequence[Workload], times: int, latency: float, fault: str
) -> Sequence[Figures]:
    """Runs of both in turn; their table is printed."""
    runs = [
        measured(server, peer, work, latency, fault) for _ in range(times) for work in works for peer in (ILANG, SCRIPT)
    ]
    print(table(runs), flush=True)
    print()
    return runs


def _of(runs: Sequence[Figures], peer: Peer, work: Workload) -> list[Figures]:
    return [run for run in runs if run.peer == peer.name and run.workload == work.name]


def _least(runs: Sequence[Figures], peer: Peer, work: Workload) -> Figures:
    return min(_of(runs, peer, work), key=lambda run: run.cpu)


def _listed(found: set[int]) -> str:
    return ", ".join(map(str, sorted(found)))
