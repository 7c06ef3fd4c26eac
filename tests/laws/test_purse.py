"""`--budget` on generated programs: never overshot by a token, a call or a cent, and the same answers at any concurrency.

`python -m tests.laws.test_purse 500 [FIRST]` is the long run.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ilang.backend.registry import find
from ilang.backend.request import Reply, Request
from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.base.value import Model
from ilang.check.check import check
from ilang.draws.memory_store import MemoryStore
from ilang.run.execute import Outcome
from ilang.session.program import LoadedProgram
from ilang.session.result import Cost
from ilang.session.runner import Options, Runner
from ilang.syntax.parse import parse
from tests.laws.programs import numbered
from tests.laws.running import told

HERE = Path(__file__).parent
SEEDS = (0, 1, 0, 2, 3, 4, 2, 5, 6, 7)
"""Ten rows, of which two are earlier ones again."""


class Delayed:
    """A backend that answers after a while; how long is chance."""

    def __init__(self, backend: Any, luck: random.Random) -> None:
        self._backend = backend
        self._luck = luck
        self.capabilities = backend.capabilities

    async def generate(self, request: Request) -> Reply:
        for _ in range(self._luck.randrange(12)):
            await asyncio.sleep(0)
        reply: Reply = await self._backend.generate(request)
        return reply

    async def aclose(self) -> None:
        await self._backend.aclose()


def loaded(number: int) -> LoadedProgram | None:
    """A generated program, with prices declared; None where the checker refuses it.

    Every other one stands in a `within` that admits its draws bit by bit, so that a stage sends several calls.
    """
    text = re.sub(r'= sim\("(\w+)"', r'= sim("\1", prices="3 in, 7.5 out", max_tokens=50', numbered(number))
    main = re.search(r"pipeline main\(\) -> (.+?) \{", text)
    if number % 2 and main is not None:
        tokens = (80, 130, 250)[number // 2 % 3]
        text = text.replace("pipeline main()", "pipeline whole()")
        text += f"pipeline main() -> {main[1]} {{ within(tokens={tokens}) {{ whole() }} }}\n"
    try:
        return LoadedProgram(check(parse(Source("generated.inf", text, str(HERE / "generated.inf")))))
    except IlangError:
        return None


def ran(
    program: LoadedProgram,
    store: MemoryStore,
    budget: dict[str, Any] | None,
    mode: int | str,
    luck: random.Random,
    *,
    cut: bool = False,
) -> tuple[list[Any], Cost, Any]:
    """What came of the rows, what was paid, and the purse. `mode`: plain, or a concurrency."""

    async def opened(model: Model) -> Any:
        provider = find(model.provider)
        assert provider is not None
        backend = await provider.open(model)
        return backend if mode == "plain" else Delayed(backend, luck)

    async def work() -> tuple[list[Outcome], Cost, Any]:
        how = Options(
            store=store,
            budget=budget,
            budget_cut=cut,
            plainly=mode == "plain",
            concurrency=mode if isinstance(mode, int) else 1,
            open_backend=opened,
        )
        async with Runner(program.program, program.pipeline, program.models, how) as run:
            if mode == "plain":
                found = [await run.evaluate((), seed=seed) for seed in SEEDS]
            else:
                rows = [run.evaluate((), seed=seed, place=run.place()) for seed in SEEDS]
                found = list(await asyncio.gather(*rows))
            return found, run.paid, run.purse

    found, paid, purse = asyncio.run(work())
    return [(o.status, told(o.value), o.worth, o.error) for o in found], paid, purse


def amount(paid: Cost, name: str) -> Fraction | int:
    """What a limit of that name counts, as billed."""
    if name == "usd":
        assert paid.usd is not None
        return Fraction(paid.usd).limit_denominator(10**9)
    return paid.calls if name == "calls" else paid.input_tokens + paid.output_tokens


def copied(store: MemoryStore) -> MemoryStore:
    other = MemoryStore()
    other.put_many(list(store.entries()))
    return other


def hold(number: int) -> int:
    """The law for one program; how many of its budgets ran out."""
    program = loaded(number)
    if program is None:
        return 0
    luck = random.Random(number)
    full = MemoryStore()
    free, all_paid, _ = ran(program, full, None, 64, luck)
    if not all_paid.calls or all_paid.draws > 700:
        return 0
    spent = 0
    for mode in ("plain", 8):  # what was paid before costs nothing
        found, paid, purse = ran(program, copied(full), {"calls": 0, "usd": 0}, mode, luck)
        assert (found, paid.calls, purse.closed) == (free, 0, False), (number, mode)
    before = MemoryStore()
    for _ in range(2):  # from an empty store, then from what the first left there
        name = luck.choice(("usd", "tokens", "calls"))
        limit = amount(all_paid, name) * Fraction(luck.randrange(9), 8)
        budget = {name: float(limit) if name == "usd" else int(limit)}
        cut = luck.random() < 0.5
        expected: list[Any] | None = None
        after = before
        for mode in ("plain", 1, 8, 64):
            after = copied(before)
            found, paid, purse = ran(program, after, budget, mode, luck, cut=cut)
            assert amount(paid, name) <= (Fraction(str(budget[name])) if name == "usd" else budget[name]), (
                mode,
                budget,
                cut,
            )
            assert purse.counted.calls >= paid.calls
            assert purse.counted.tokens >= paid.input_tokens + paid.output_tokens
            if expected is None:
                expected, refused = found, purse.closed
            assert found == expected, f"{number} {mode} {budget}\n{found}\n{expected}"
            assert purse.closed == refused
            if not purse.closed:
                assert found == free
        again, _, _ = ran(program, copied(after), None, 8, luck)
        assert again == free, (number, "what was kept is not what would have been drawn", budget, cut)
        spent += refused
        before = after
    return spent


CHUNK = 2


@pytest.mark.parametrize("chunk", range(4))
def test_purse(chunk: int) -> None:
    assert sum(hold(number) for number in range(chunk * CHUNK, (chunk + 1) * CHUNK)) > 0


def main(count: int, first: int = 0) -> None:
    spent = 0
    for number in range(first, first + count):
        try:
            spent += hold(number)
        except AssertionError as broken:
            print(number, str(broken)[:1500])
            raise SystemExit(1) from None
    print(f"{count} programs, {spent} budgets ran out: none overshot, equal on the plain evaluator and at 1, 8 and 64")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
