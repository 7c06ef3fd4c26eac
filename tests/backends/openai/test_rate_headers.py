"""What headers tell of limits, from the words of real servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ilang.backend.allowance import Allowance
from ilang_backends.openai.provider import PROVIDER
from ilang_backends.openai.rate_headers import allowances, until_one_is_there
from tests.backends.openai.calling import ask, model, run, scripted_fault
from tests.backends.openai.scripted_server import Answer, reply, scripted

OPENAI = {
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "59",
    "x-ratelimit-reset-requests": "1s",
    "x-ratelimit-limit-tokens": "150000",
    "x-ratelimit-remaining-tokens": "149984",
    "x-ratelimit-reset-tokens": "6m0s",
}


def test_openai() -> None:
    assert allowances(OPENAI) == (Allowance("calls", 60, 59, 1.0), Allowance("tokens", 150000, 149984, 360.0))


def test_anthropic() -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=30)).isoformat().replace("+00:00", "Z")
    headers = {}
    for kind, left in (("requests", 5), ("input-tokens", 900), ("output-tokens", 10)):
        headers |= {
            f"anthropic-ratelimit-{kind}-limit": "1000",
            f"anthropic-ratelimit-{kind}-remaining": str(left),
            f"anthropic-ratelimit-{kind}-reset": soon,
        }
    calls, tokens = allowances(headers)
    assert (calls.what, calls.left, tokens.what, tokens.left) == ("calls", 5, "tokens", 10)
    assert 25 < calls.full_in <= 30


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120ms", 0.12), ("1h2m3.5s", 3723.5), ("2", 2.0), ("1d", 86400.0), ("soon", None), ("1s later", None)],
)
def test_a_time_that_passes(text: str, seconds: float | None) -> None:
    found = allowances(OPENAI | {"x-ratelimit-reset-requests": text})
    assert [one.full_in for one in found if one.what == "calls"] == ([] if seconds is None else [seconds])


@pytest.mark.parametrize("wrong", ["", "many", "-1"])
def test_what_cannot_be_read_tells_nothing(wrong: str) -> None:
    assert [one.what for one in allowances(OPENAI | {"x-ratelimit-remaining-requests": wrong})] == ["tokens"]


def test_a_refusal_that_names_no_wait_is_answered_by_the_limits() -> None:
    spent = OPENAI | {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2m0s"}
    assert until_one_is_there(spent) == 2.0
    fault = scripted_fault(Answer({"error": {"message": "slow"}}, status=429, headers=tuple(spent.items())))
    assert fault.retry_after == 2.0


@pytest.mark.parametrize("stream", [False, True])
def test_a_reply_carries_them(stream: bool) -> None:
    async def work() -> tuple[Allowance, ...]:
        async with scripted(Answer(reply("x"), headers=tuple(OPENAI.items()))) as server:
            backend = await PROVIDER.open(model(base_url=server.url, stream=stream))
            try:
                return (await backend.generate(ask())).allowances
            finally:
                await backend.aclose()

    assert [one.what for one in run(work)] == ["calls", "tokens"]
