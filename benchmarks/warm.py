"""Warm runs: draws a second out of the store, beside what diskcache itself gives back; and memory over many rows.

    python benchmarks/warm.py [--rows 2000] [--n 8] [--times 5] [--many 100000]

Rows of sums are run once on `sim`, so that the store has every draw. Then, in turn, in the same run:
`ilang run` over the rows, a process of its own, with its start and without (the same run over one row); `get` of
every entry of that store with diskcache alone, no decoding, keys at hand; and a loop by hand that does for each row
what the program does (reads the line, fills in the prompt, hashes an address for each draw, gets and decodes it, reads
its answer, counts votes, writes a line), with no language, checks, budgets, trace or concurrency. `--many`: also the
peak memory of a run over 1,000 rows and over so many, from a store that has them all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from string import Template

PROGRAM = '''\
model m = sim(accuracy=0.7$more)
prompt solve(question: text) -> int {
  user """{{question}} Finish with a line "Answer: <number>"."""
  answer after("Answer:")
}
pipeline main(question: text) -> int? {
  solve(question) | sample(n=$n, model=m) | vote | .winner
}
'''
"""What each row runs."""

BARE = """
import sys, time
import diskcache
from ilang.draws.sealed_cache import SealedDisk, _SETTINGS
cache = diskcache.Cache(sys.argv[1], disk=SealedDisk, **_SETTINGS)
keys = [key for (key,) in cache._sql("SELECT key FROM Cache LIMIT 20000").fetchall()]
began = time.perf_counter()
size = sum(len(cache.get(key)) for key in keys)
print(len(keys) / (time.perf_counter() - began), size / len(keys))
"""


BY_HAND = """
import hashlib, json, re, sys, time
from collections import Counter
import diskcache
from ilang.draws.entry import decode
from ilang.draws.sealed_cache import SealedDisk, _SETTINGS
cache = diskcache.Cache(sys.argv[1], disk=SealedDisk, **_SETTINGS)
lines = open(sys.argv[2]).read().splitlines()
n = int(sys.argv[3])
keys = iter([key for (key,) in cache._sql("SELECT key FROM Cache LIMIT " + str(n * len(lines))).fetchall()])
number = re.compile(r"Answer:\\s*(-?[0-9]+)")
began = time.perf_counter()
with open(sys.argv[2] + ".by_hand", "w") as out:
    for at, line in enumerate(lines):
        row = json.loads(line)
        prompt = row["question"] + ' Finish with a line "Answer: <number>".'
        votes = Counter()
        for k in range(n):
            hashlib.sha256(json.dumps({"model": "sim", "prompt": prompt, "index": k}).encode()).digest()
            found = number.findall(decode(cache.get(next(keys))).draw.text)
            if found:
                votes[int(found[-1])] += 1
        best = votes.most_common(1)
        out.write(json.dumps({"row": at, "id": row["id"], "input": row, "value": best[0][0] if best else None}) + "\\n")
print(n * len(lines) / (time.perf_counter() - began))
"""


def main() -> int:
    """Prints the table. Fails where a warm run paid for a draw or warm draws come at less than a third of bare gets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--n", type=int, default=8)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--many", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        program = folder / "solve.inf"
        program.write_text(_program(given.n))
        rows = _rows(folder, given.rows)
        one = _rows(folder, 1)
        _run(program, rows, warm=False)
        _run(program, one)
        walls, starts, bares, hands = [], [], [], []
        for _ in range(given.times):
            walls.append(_run(program, rows)[0])
            starts.append(_run(program, one)[0])
            bares.append(_bare(folder))
            hands.append(_by_hand(folder, rows, given.n))
        draws = given.rows * given.n
        bare, size = max(bares)
        whole = draws / min(walls)
        net = draws / (min(walls) - min(starts))
        print(f"{given.rows} rows, n={given.n}, {draws} draws, {size:.0f} bytes an entry as kept")
        print(f"warm, whole process        {whole:8.0f} draws/s   {whole / bare:.2f} of bare")
        print(f"warm, without its start    {net:8.0f} draws/s   {net / bare:.2f} of bare")
        print(f"the same by hand           {max(hands):8.0f} draws/s   {max(hands) / bare:.2f} of bare")
        print(f"diskcache, bare get        {bare:8.0f} gets/s")
        if given.many:
            program.write_text(_program(given.n, ", steps=1, mean_tokens=0"))  # a model that is soon done
            few = _rows(folder, 1000)
            many = _rows(folder, given.many)
            _run(program, few, warm=False)
            _run(program, many, warm=False)
            (_, small), (seconds, large) = (_run(program, rows) for rows in (few, many))
            print(f"peak memory                {small:8.1f} MB at 1,000 rows, {large:.1f} MB at {given.many:,}")
            print(f"{given.many:,} rows warm in {seconds:.0f} s: {given.many * given.n / seconds:.0f} draws/s")
        return 0 if net * 3 >= bare else 1


def _program(n: int, more: str = "") -> str:
    return Template(PROGRAM).substitute(n=n, more=more)


def _rows(folder: Path, count: int) -> Path:
    path = folder / f"rows{count}.jsonl"
    with path.open("w") as file:
        for k in range(count):
            file.write(json.dumps({"id": k, "question": f"What is {k % 991} * {k // 991 + 2} + {k % 17}?"}) + "\n")
    return path


def _run(program: Path, rows: Path, *, warm: bool = True) -> tuple[float, float]:
    """Seconds, and the peak memory in MB, of one run over the rows, which is to pay for nothing where it is `warm`."""
    out = program.with_name("out.jsonl")
    folder = program.parent
    environment = {
        **os.environ,
        "ILANG_STORE": str(folder / "store"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    command = [sys.executable, "-m", "ilang.cli.main", "run", str(program)]
    command += ["--data", str(rows), "--out", str(out), "--force", "--passes=-demand"]
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if process.returncode or (warm and b"0 new draws" not in said):
        raise SystemExit(said.decode())
    return seconds, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


def _bare(folder: Path) -> tuple[float, float]:
    command = [sys.executable, "-c", BARE, str(folder / "store")]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    rate, size = done.stdout.split()
    return float(rate), float(size)


def _by_hand(folder: Path, rows: Path, n: int) -> float:
    command = [sys.executable, "-c", BY_HAND, str(folder / "store"), str(rows), str(n)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


if __name__ == "__main__":
    sys.exit(main())
