"""Does a vote help the embedded model? Accuracy of one draw and of a vote over n, on easy word problems.

    python benchmarks/vote_gain.py [--n 8] [--data benchmarks/easy_problems.jsonl] [--model embedded]

A single draw's accuracy is the mean over all n draws of each problem; the vote is over the same n.
Draws come from (and stay in) the user's store, so a second run makes no call and prints the same figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path

import ilang
from ilang.base.type import NUMBER
from ilang.base.value import Reader
from ilang.run.reading import read

HERE = Path(__file__).parent


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=8)
    parser.add_argument("--data", type=Path, default=HERE / "easy_problems.jsonl")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--at-once", type=int, default=4)
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.data.read_text("utf-8").splitlines() if line.strip()]
    program = ilang.load(HERE.parent / "programs" / "vote.inf", models=args.model)
    gate = asyncio.Semaphore(args.at_once)
    reader = Reader("after", "Answer:", NUMBER)

    async def one(row: dict[str, object]) -> tuple[float, bool, int]:
        async with gate:
            result = await program.run_async(question=row["question"], n=args.n)
        right = [read(reader, e.text) == row["answer"] for e in result.trace]
        return sum(right) / args.n, result.value == row["answer"], result.paid.calls

    began = time.time()
    found = await asyncio.gather(*(one(row) for row in rows))
    single = sum(s for s, _, _ in found) / len(rows)
    voted = sum(v for _, v, _ in found)
    print(f"{len(rows)} problems, n={args.n}, {args.model}")
    print(f"one draw: {100 * single:.1f}%   vote over {args.n}: {voted}/{len(rows)} = {100 * voted / len(rows):.1f}%")
    print(f"calls: {sum(c for _, _, c in found)}   seconds: {time.time() - began:.0f}")


asyncio.run(main())
