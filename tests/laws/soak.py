"""Many programs, outside the suite: `python -m tests.laws.soak 2000 [seed]`. Prints rates, and each program that breaks a law, shrunk."""

from __future__ import annotations

import sys
import time
import traceback
import zlib
from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from ilang.base.diagnostic import IlangError
from tests.laws.features import features
from tests.laws.law import Differs, hold, reference
from tests.laws.programs import programs
from tests.laws.running import compiled


def main(count: int, first: int, schedules: int) -> int:
    seen: Counter[str] = Counter()
    found: Counter[str] = Counter()
    draws: list[int] = []
    refusals: dict[str, str] = {}
    began = time.time()

    @seed(first)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def law(text: str) -> None:
        seen["programs"] += 1
        try:
            program = compiled(text)
        except IlangError as refused:
            problem = refused.diagnostics[0]
            seen[f"refused: {problem.code}"] += 1
            at = problem.span.text() if problem.span is not None else ""
            told = f"{problem.message} {problem.help} at {at}\n{text}"
            refusals[problem.code] = min(refusals.get(problem.code, told), told, key=len)
            return
        expected = reference(program)
        if expected is None:
            seen["too many draws"] += 1
            return
        seen[f"status {expected.status}"] += 1
        if expected.error is not None:
            seen[f"error {expected.error.code}"] += 1
        draws.append(len(expected.taken))
        found.update(features(text))
        seen["statements"] += text.count("|") + text.count("let ")
        try:
            hold(program, expected, count=schedules, seed=zlib.crc32(text.encode()) % 1000)
        except Differs as problem:
            failed.append(str(problem))
        except Exception:
            failed.append(f"{traceback.format_exc(limit=-4)}\n{text}")

    failed: list[str] = []
    law()
    n = max(1, len(draws))
    draws.sort()
    print(f"{time.time() - began:.0f} s; {dict(seen)}")
    if draws:
        print(f"draws a program: median {draws[n // 2]}, mean {sum(draws) / n:.1f}, most {draws[-1]}; none {sum(d == 0 for d in draws)}")
    print("programs with: " + ", ".join(f"{name} {100 * k / n:.0f}%" for name, k in found.most_common()))
    for code, told in refusals.items():
        print("-" * 100, code, told, sep="\n")
    for problem in sorted(failed, key=len)[:3]:
        print("=" * 100, problem, sep="\n")
    print(f"{len(failed)} broke a law")
    return 1 if failed else 0


if __name__ == "__main__":
    given_ = [int(x) for x in sys.argv[1:]]
    sys.exit(main(*given_, *(2000, 1, 3)[len(given_) :]))
