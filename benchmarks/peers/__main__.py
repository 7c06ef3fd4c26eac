"""Measures peers on the same work against the same server, side by side.

    python -m benchmarks.peers                                    ilang beside raw_openai, W1 to W7
    python -m benchmarks.peers --peer ilang raw_aiohttp --workload W1 W1L --latency 0 0.05 --times 5
    python -m benchmarks.peers --workload W1 --latency 0.05 --fault 500 drop 429
    python -m benchmarks.peers --kill --workload W1 --latency 0.05
    python -m benchmarks.peers --bars                             what must hold, each with its figure

Repeats are outermost, so that peers are measured in turn; the table has the least of each figure. Compare what one
invocation gives: a machine is noisy.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from benchmarks.peers.measuring import FAULTS, Figures, killed, measured
from benchmarks.peers.peer import PEERS
from benchmarks.peers.served import Served
from benchmarks.peers.table import kill_table, table
from benchmarks.peers.workload import WORKLOADS


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", nargs="+", default=["ilang", "raw_openai"], choices=PEERS)
    parser.add_argument("--workload", nargs="+", default=list(WORKLOADS), choices=WORKLOADS)
    parser.add_argument("--latency", nargs="+", type=float, default=[0.0], help="seconds until the server answers")
    parser.add_argument("--fault", nargs="+", default=["none"], choices=FAULTS)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--kill", action="store_true", help="kill each run half-way, and begin it again")
    parser.add_argument("--bars", action="store_true", help="measure what must hold, and say whether it does")
    parser.add_argument("--results", type=Path, help="append each run to this file, a JSON line each")
    return parser


def main() -> int:
    """Prints a table. Exits with 1 where a bar is missed, or ilang fails."""
    parser = arguments()
    given = parser.parse_args()
    absent = [f"{name} needs {', '.join(PEERS[name].missing)}" for name in given.peer if PEERS[name].missing]
    if absent:
        parser.error("; ".join(absent) + " (pip install)")
    if given.bars:
        from benchmarks.peers.bars import bars

        with Served() as server:
            return bars(server, given.times)
    peers, works = [PEERS[name] for name in given.peer], [WORKLOADS[name] for name in given.workload]
    with Served() as server:
        if given.kill:
            kills = [
                killed(server, peer, work, latency)
                for _ in range(given.times)
                for work in works
                for latency in given.latency
                for peer in peers
            ]
            _keep(given.results, kills)
            print(kill_table(kills))
            return 0
        runs = [
            measured(server, peer, work, latency, fault)
            for _ in range(given.times)
            for work in works
            for latency in given.latency
            for fault in given.fault
            for peer in peers
        ]
    _keep(given.results, runs)
    print(table(runs))
    return int(any(run.failed and run.peer == "ilang" for run in runs))


def _keep(file: Path | None, runs: list[Figures] | list[object]) -> None:
    if file is not None:
        with file.open("ab") as out:
            out.writelines(msgspec.json.encode(run) + b"\n" for run in runs)


if __name__ == "__main__":
    sys.exit(main())
