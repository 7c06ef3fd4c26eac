"""Runs the same rows in four processes at once over one store: no draw is paid for twice, by the server's own count.

    python benchmarks/together.py [ROWS] [N] [PROCESSES]

Default: 500 rows, n=8, four processes.
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ilang.draws.disk_store import open_store

FAULTS = runpy.run_path(str(Path(__file__).with_name("faults.py")))


def together(rows: int = 500, n: int = 8, processes: int = 4) -> dict[str, Any]:
    """What came of it. Raises AssertionError where a draw was paid for twice, or the answers differ."""
    with tempfile.TemporaryDirectory() as name, FAULTS["Server"](faults=False, seed=0) as server:
        folder = Path(name)
        (folder / "p.inf").write_text(FAULTS["PROGRAM"].format(url=f"http://127.0.0.1:{server.port}/v1"), "utf-8")
        text = "".join(json.dumps({"question": f"What is {i} + {i % 13} ?"}) + "\n" for i in range(rows))
        (folder / "rows.jsonl").write_text(text, "utf-8")
        environment = {**os.environ, "FAULTS_KEY": "none", "XDG_STATE_HOME": str(folder / "state")}
        began = time.monotonic()
        running = [
            subprocess.Popen(
                [
                    *(
                        sys.executable,
                        "-m",
                        "ilang.cli.main",
                        "run",
                        str(folder / "p.inf"),
                        f"n={n}",
                        "--isolated",
                        "--passes=-demand",
                        "--yes",
                    ),
                    *("--data", str(folder / "rows.jsonl"), "--out", str(folder / f"{k}.jsonl")),
                    *("--store", str(folder / "draws"), "--json", "--progress", "none"),
                ],
                stdout=subprocess.PIPE,
                env=environment,
            )
            for k in range(processes)
        ]
        told = [json.loads(one.communicate()[0]) for one in running]
        seconds = time.monotonic() - began
        outs = {(folder / f"{k}.jsonl").read_bytes() for k in range(processes)}
        store = open_store(folder / "draws")
        checked = store.verify()
        store.close()
    assert all(one["statuses"] == {"answered": rows} for one in told), told
    assert len(outs) == 1, "the answers differ"
    assert server.calls == rows, f"{server.calls} calls for {rows} requests"
    assert sum(one["paid"]["draws"] for one in told) == rows * n
    assert (checked.sound, checked.damaged) == (rows * n, ())
    paid = [one["paid"]["draws"] for one in told]
    found = {"rows": rows, "processes": processes, "calls": server.calls, "paid by each": paid}
    return {**found, "seconds": round(seconds, 1)}


if __name__ == "__main__":
    print(json.dumps(together(*map(int, sys.argv[1:]))))
