"""Which draws go out together, and with what seed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ilang.backend.capabilities import Capabilities
from ilang.draws.address import provider_seed
from ilang.draws.call import companies, request_of
from tests.draws.bench import SEEDED, VLLM, WIDE, ask

KEY = "ab" * 32
REQUEST = ask().request
OPENAI = Capabilities(n=True, max_n=8, seed=True)


def sent(indices: list[int], able: Capabilities) -> list[tuple[tuple[int, ...], int, int | None]]:
    """(indices, n, seed less the base) of each call."""
    made = []
    for company in companies(KEY, indices, able):
        request = request_of(REQUEST, KEY, company, able)
        made.append((company, request.n, None if request.seed is None else request.seed - provider_seed(KEY, 0)))
    return made


def test_without_n_a_draw_is_a_call_with_its_own_seed() -> None:
    assert sent([0, 1, 5], SEEDED) == [((0,), 1, 0), ((1,), 1, 1), ((5,), 1, 5)]


def test_without_seeds_none_is_sent() -> None:
    assert sent([0, 1], Capabilities()) == [((0,), 1, None), ((1,), 1, None)]
    assert sent([3], WIDE) == [((3,), 1, None)]
    assert sent([3], Capabilities(n=True, child_seeds=True)) == [((3,), 1, None)]


def test_with_n_equal_requests_are_one_call_up_to_max_n() -> None:
    assert sent([0, 1, 7, 3], WIDE) == [((0, 1, 7, 3), 4, None)]
    assert [n for _, n, _ in sent(list(range(20)), OPENAI)] == [8, 8, 4]
    assert sent(list(range(9)), OPENAI)[1] == ((8,), 1, 8)  # alone it can carry its seed


def test_child_seeds_keep_to_runs_of_consecutive_indices() -> None:
    assert sent([5, 0, 1, 2, 9, 6], VLLM) == [((0, 1, 2), 3, 0), ((5, 6), 2, 5), ((9,), 1, 9)]


able = st.builds(
    Capabilities, n=st.booleans(), max_n=st.none() | st.integers(1, 9), seed=st.booleans(), child_seeds=st.booleans()
)


@given(st.lists(st.integers(0, 60), unique=True, min_size=1), able)
def test_each_index_once_no_call_too_wide_and_no_seed_that_lies(indices: list[int], able: Capabilities) -> None:
    made = sent(indices, able)
    assert sorted(index for company, _, _ in made for index in company) == sorted(indices)
    for company, n, seed in made:
        assert n == len(company) <= (able.max_n or 99) and (able.n or n == 1)
        if seed is not None:
            assert able.seed and (n == 1 or able.child_seeds)
            assert company == tuple(range(seed, seed + n))
        else:
            assert not able.seed or (n > 1 and not able.child_seeds)


def test_nothing_else_of_the_request_changes() -> None:
    (company,) = companies(KEY, [0, 1], VLLM)
    request = request_of(REQUEST, KEY, company, VLLM)
    assert request.messages == REQUEST.messages and request.temperature == REQUEST.temperature
