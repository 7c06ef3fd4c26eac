"""The three kinds of work, written by hand over `ask(model, prompt, n) -> texts`, and an adapter's command line."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.peers.workload import WORKLOADS, Workload

Ask = Callable[[str, str, int], Awaitable[list[str]]]
Open = Callable[["Given"], AbstractAsyncContextManager[Ask]]

PROMPT = "Solve the problem. End with the answer in \\boxed{{}}.\n\n{question}"
JUDGE = "[judge] Give the solution a score from 0 to 10, as 'Score: x'.\n\nProblem: {question}\n\nSolution: {solution}"
_BOXED = re.compile(r"boxed\{(-?[\d.,]+)\}")
_SCORE = re.compile(r"Score:\s*([\d.]+)")


@dataclass(frozen=True, slots=True)
class Given:
    """What an adapter is given. `concurrency` calls are in flight at most; `cache` is a folder to keep things in."""

    workload: Workload
    url: str
    cache: Path
    out: Path
    concurrency: int


def main(opened: Open) -> None:
    """Runs the rows side by side and writes a line for each: its id, its answer (null: lost), the draws behind it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workload", required=True, choices=WORKLOADS)
    parser.add_argument("--rows", type=int, required=True, help="as many rows as this, of the workload")
    parser.add_argument("--url", required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--concurrency", type=int, default=64)
    found = parser.parse_args()
    workload = replace(WORKLOADS[found.workload], rows=found.rows)
    asyncio.run(_run(Given(workload, found.url, found.cache, found.out, found.concurrency), opened))


async def _run(given: Given, opened: Open) -> None:
    given.cache.mkdir(parents=True, exist_ok=True)
    async with opened(given) as ask:
        rows = map(given.workload.question, range(given.workload.rows))
        answers = await asyncio.gather(*(_safely(given.workload, question, ask) for question in rows))
    with given.out.open("w", encoding="utf-8") as out:
        for row, (answer, draws) in enumerate(answers):
            out.write(json.dumps({"id": row, "value": answer, "draws": draws}) + "\n")


async def _safely(workload: Workload, question: str, ask: Ask) -> tuple[str | None, int]:
    try:
        return await {"vote": _vote, "best": _best, "cascade": _cascade}[workload.kind](workload, question, ask)
    except Exception:  # whatever a client raises, the row is lost and the others go on
        return None, 0


async def _vote(workload: Workload, question: str, ask: Ask) -> tuple[str | None, int]:
    said = _boxed(await ask("cheap", PROMPT.format(question=question), workload.n))
    return _most(said)[0], len(said)


async def _best(workload: Workload, question: str, ask: Ask) -> tuple[str | None, int]:
    texts = await ask("cheap", PROMPT.format(question=question), workload.n)

    async def rated(text: str) -> float:
        found = _SCORE.search((await ask("judge", JUDGE.format(question=question, solution=text), 1))[0])
        return float(found[1]) if found else 0.0

    ratings = await asyncio.gather(*map(rated, texts))
    return _boxed([texts[ratings.index(max(ratings))]])[0], len(texts)


async def _cascade(workload: Workload, question: str, ask: Ask) -> tuple[str | None, int]:
    said = _boxed(await ask("cheap", PROMPT.format(question=question), workload.n))
    winner, votes = _most(said)
    if votes / len(said) >= workload.share:
        return winner, len(said)
    strong = _boxed(await ask("strong", PROMPT.format(question=question), workload.strong_n))
    return _most(strong)[0], len(said) + len(strong)


def _boxed(texts: Iterable[str]) -> list[str | None]:
    found = (_BOXED.findall(text) for text in texts)
    return [boxes[-1] if boxes else None for boxes in found]


def _most(said: Iterable[str | None]) -> tuple[str | None, int]:
    votes = Counter(one for one in said if one is not None)
    return votes.most_common(1)[0] if votes else (None, 0)
