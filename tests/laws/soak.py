"""Many programs, outside the suite: `python -m tests.laws.soak 2000 [first [schedules]]`.

Prints rates, and the shortest of the programs that break a law; `--smaller NUMBER` makes that one smaller.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter

from ilang.base.diagnostic import IlangError
from tests.laws.features import features
from tests.laws.law import OPTIONS, Differs, hold, reference
from tests.laws.programs import numbered
from tests.laws.running import compiled
from tests.laws.smaller import smaller


def problem_of(text: str, number: int, schedules: int) -> str:
    """What law a program breaks; empty where it holds them all, or is refused."""
    options = OPTIONS[number % len(OPTIONS)]
    try:
        program = compiled(text)
        expected = reference(program, **options)
        if expected is not None:
            hold(program, expected, count=schedules, seed=number, **options)
    except IlangError:
        return ""
    except Differs as problem:
        return str(problem)
    except Exception:
        return f"{traceback.format_exc(limit=-4)}\n{text}"
    return ""


def main(count: int, first: int, schedules: int) -> int:
    seen: Counter[str] = Counter()
    found: Counter[str] = Counter()
    draws: list[int] = []
    refusals: dict[str, str] = {}
    failed: list[tuple[int, str]] = []
    began = time.time()
    for number in range(first, first + count):
        text = numbered(number)
        seen["programs"] += 1
        seen["statements"] += text.count("|") + text.count("let ")
        found.update(features(text))
        options = OPTIONS[number % len(OPTIONS)]
        try:
            program = compiled(text)
            expected = reference(program, **options)
        except IlangError as refused:
            problem = refused.diagnostics[0]
            seen[f"refused: {problem.code}"] += 1
            at = problem.span.text() if problem.span is not None else ""
            told = f"{problem.message} {problem.help} at {at}\n{text}"
            refusals[problem.code] = min(refusals.get(problem.code, told), told, key=len)
            continue
        except Exception:
            failed.append((number, f"{traceback.format_exc(limit=-4)}\n{text}"))
            continue
        if expected is None:
            seen["too many draws"] += 1
            continue
        seen[f"status {expected.status}"] += 1
        if expected.error is not None:
            seen[f"error {expected.error.code}"] += 1
        draws.append(len(expected.taken))
        if broken := problem_of(text, number, schedules):
            failed.append((number, broken))
            print(f"{number} breaks a law", flush=True)
    draws.sort()
    n = max(1, len(draws))
    print(f"{time.time() - began:.0f} s; {dict(seen)}")
    if draws:
        none = sum(d == 0 for d in draws)
        print(f"draws a program: median {draws[n // 2]}, mean {sum(draws) / n:.1f}, most {draws[-1]}; none in {none}")
    print("programs with: " + ", ".join(f"{name} {100 * k / max(1, count):.0f}%" for name, k in found.most_common()))
    for code, told in refusals.items():
        print("-" * 100, code, told, sep="\n")
    for number, broken in sorted(failed, key=lambda f: len(f[1]))[:2]:
        print("=" * 100, number, broken, sep="\n")
    print(f"{len(failed)} broke a law: {[number for number, _ in failed]}")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1] == "--smaller":
        one = int(sys.argv[2])
        print(problem_of(smaller(one, lambda text: bool(problem_of(text, one, 6))), one, 6))
    else:
        given = [int(x) for x in sys.argv[1:]]
        sys.exit(main(*given, *(2000, 0, 3)[len(given) :]))
