"""The algebra of the stages: laws between them, on generated pools. Each stage's own file has its examples elsewhere."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import repeat
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ilang.base.candidate import Candidate, Pool
from ilang.base.value import Tally, Verdict
from ilang.stages.frozen import is_frozen
from ilang.stages.resample import SCHEMES, chosen
from ilang.stages.stage import NothingLeft
from tests.laws.driving import Refuses, candidate, chain, driven, plain, step

LAWS = settings(derandomize=True, database=None, deadline=None, max_examples=120)

weights = st.one_of(
    st.integers(0, 5).map(float), st.floats(0, 1e6, allow_subnormal=False), st.sampled_from((1e-200, 1e200))
)
values = st.one_of(st.none(), st.integers(0, 4), st.sampled_from((0.5, 1.5)))
candidates = st.builds(
    lambda value, weight, score, verified, feedback: candidate(
        value, weight=weight, score=score, verified=verified, feedback=feedback
    ),
    values,
    weights,
    st.one_of(st.none(), st.integers(0, 3)),
    st.sampled_from((None, True, False)),
    st.sampled_from(((), ("so",))),
)
pools = st.lists(candidates, max_size=8).map(lambda cs: Pool(tuple(cs)))
read_pools = pools.map(lambda p: Pool(tuple(c for c in p.candidates if c.parsed)))

Judge = Callable[[Candidate], float]


def by_text(table: dict[str, float | None]) -> Judge:
    """A function of a candidate by its text, not given where the table has None."""

    def judge(c: Candidate) -> float:
        found = table.get(c.text, 1.0)
        if found is None:
            raise Refuses("not given")
        return found

    return judge


tables = st.dictionaries(
    st.sampled_from(("?", "0", "1", "2", "3", "4", "0.5")), st.one_of(st.none(), st.integers(0, 3).map(float))
)
judges = tables.map(by_text)
bodies = st.sampled_from(
    (
        step("score", f=lambda c: len(c.text)),
        step("weigh", f=lambda c: 2.0),
        step("verify", check=lambda c: Verdict(c.text == "1")),
        step("prune", keep=2),
        step("prune", unless=lambda c: c.weight >= 1),
        step("dedupe"),
        step("mark", k=lambda c: c.weight),
        chain(step("score", f=lambda c: -len(c.text)), step("prune", keep=1)),
        step("add", more=Pool((candidate(7),))),
        step("resample", n=3),
        lambda p: Pool(tuple(c.rewritten(c.text + c.text) for c in p.candidates for _ in range(2))),
        lambda p: Pool(),
    )
)


def sure(tally: Tally) -> bool:
    """Whether the winner leads by more than rounding."""
    first, *rest = tally.ranked()
    return not rest or first.weight - rest[0].weight > 1e-9 * first.weight


def voted(pool: Pool, **more: Any) -> Tally | None:
    try:
        found: Tally = driven("vote", pool, **more)
    except NothingLeft:
        return None
    return found


class TestVote:
    """`vote` counts what it is given, in whatever order."""

    @LAWS
    @given(pools, st.randoms(use_true_random=False))
    def test_order_is_all_that_order_changes(self, pool: Pool, chance: object) -> None:
        shuffled = list(pool.candidates)
        chance.shuffle(shuffled)  # type: ignore[attr-defined]
        one, other = voted(pool), voted(Pool(tuple(shuffled)))
        if one is None or other is None:
            assert one is other
            return
        assert {g.key: g.weight for g in one.groups} == {g.key: g.weight for g in other.groups}
        assert one.size == other.size
        if sure(one):
            assert one.ranked()[0].key == other.ranked()[0].key

    @LAWS
    @given(pools, st.sampled_from((0.25, 0.5, 2.0, 1024.0)))
    def test_a_common_factor_changes_no_share(self, pool: Pool, factor: float) -> None:
        """Powers of two, so that no rounding comes in; not so small that a weight is lost."""
        scaled = Pool(tuple(replace(c, weight=c.weight * factor) for c in pool.candidates))
        one, other = voted(pool), voted(scaled)
        if one is None or other is None:
            assert one is other
            return
        assert [g.key for g in one.ranked()] == [g.key for g in other.ranked()]
        assert [g.weight * factor for g in one.groups] == [g.weight for g in other.groups]

    @LAWS
    @given(read_pools)
    def test_a_tie_goes_to_the_first(self, pool: Pool) -> None:
        equal = Pool(tuple(replace(c, weight=1.0) for c in pool.candidates))
        assume(equal.candidates)
        tally = voted(equal)
        assert tally is not None
        counts = Counter(c.reading for c in equal.candidates)
        most = max(counts.values())
        assert tally.ranked()[0].value == next(c.reading for c in equal.candidates if counts[c.reading] == most)

    @LAWS
    @given(pools, pools)
    def test_shards_merge_through_the_prior(self, one: Pool, two: Pool) -> None:
        """vote(two, prior=vote(one)) = vote(one | add(two)), up to how sums are rounded."""
        first = voted(one)
        whole = voted(Pool((*one.candidates, *two.candidates)))
        if first is None:
            return
        merged = voted(two, prior=first)
        assert merged is not None and whole is not None
        assert [g.key for g in merged.groups] == [g.key for g in whole.groups]
        assert merged.size == whole.size
        for a, b in zip(merged.groups, whole.groups, strict=True):
            assert math.isclose(a.weight, b.weight, rel_tol=1e-12)

    @LAWS
    @given(pools)
    def test_weight_0_has_no_say(self, pool: Pool) -> None:
        assert voted(pool) == voted(Pool(tuple(c for c in pool.candidates if c.weight > 0)))

    @LAWS
    @given(read_pools)
    def test_dedupe_before_it_is_another_program(self, pool: Pool) -> None:
        """After `dedupe` every group is one candidate: a counter-example to whoever would put it there."""
        tally = voted(driven("dedupe", pool))
        assert tally is None or tally.size == len(tally.groups)


class TestPools:
    """Pools under `add`, `dedupe` and `prune`."""

    @LAWS
    @given(pools, pools, pools)
    def test_add_is_associative(self, a: Pool, b: Pool, c: Pool) -> None:
        left = driven("add", driven("add", a, more=b), more=c)
        right = driven("add", a, more=driven("add", b, more=c))
        assert plain(left) == plain(right) == [*a.candidates, *b.candidates, *c.candidates]
        assert driven("add", a, more=Pool()) == a == driven("add", Pool(), more=a)

    @LAWS
    @given(pools, st.one_of(st.none(), judges))
    def test_dedupe_is_idempotent(self, pool: Pool, by: Judge | None) -> None:
        once = driven("dedupe", pool, by=by)
        assert plain(driven("dedupe", once, by=by)) == plain(once)

    @LAWS
    @given(pools, st.integers(-1, 9), st.integers(-1, 9), st.one_of(st.none(), judges))
    def test_the_smaller_of_two_prunes_counts(self, pool: Pool, k: int, j: int, by: Judge | None) -> None:
        both = driven("prune", driven("prune", pool, keep=k, by=by), keep=j, by=by)
        assert plain(both) == plain(driven("prune", pool, keep=min(max(k, 0), max(j, 0)), by=by))

    @LAWS
    @given(st.lists(st.integers(0, 5)), st.integers(0, 7), st.integers(0, 7))
    def test_the_same_of_lists(self, items: list[int], k: int, j: int) -> None:
        one = tuple(items)
        by = lambda x: -x  # noqa: E731
        for ranking in (None, by):
            both = driven("prune", driven("prune", one, keep=k, by=ranking), keep=j, by=ranking)
            assert both == driven("prune", one, keep=min(k, j), by=ranking)

    @LAWS
    @given(pools, judges, judges)
    def test_two_conditions_are_both(self, pool: Pool, f: Judge, g: Judge) -> None:
        def both(c: Candidate) -> bool:
            return bool(f(c)) and bool(g(c))

        apart = driven("prune", driven("prune", pool, unless=f), unless=g)
        assert plain(apart) == plain(driven("prune", pool, unless=both))

    @LAWS
    @given(pools, st.integers(0, 4), judges)
    def test_unless_comes_before_keep(self, pool: Pool, k: int, f: Judge) -> None:
        together = driven("prune", pool, unless=f, keep=k)
        assert plain(together) == plain(driven("prune", driven("prune", pool, unless=f), keep=k))


class TestJudging:
    """`verify`, `score`, `weigh`, `mark`."""

    @LAWS
    @given(pools, judges, judges)
    def test_two_verifies_are_both(self, pool: Pool, f: Judge, g: Judge) -> None:
        def verdict(h: Judge) -> Callable[[Candidate], Verdict]:
            return lambda c: Verdict(bool(h(c)))

        def both(c: Candidate) -> Verdict:
            return Verdict(bool(f(c)) and bool(g(c)))

        apart = driven("verify", driven("verify", pool, check=verdict(f)), check=verdict(g))
        together = driven("verify", pool, check=both)
        assert [c.verified for c in apart.candidates] == [c.verified for c in together.candidates]

    @LAWS
    @given(pools, judges)
    def test_score_touches_no_weight_and_the_last_counts(self, pool: Pool, f: Judge) -> None:
        once = driven("score", pool, f=f)
        assert [c.weight for c in once.candidates] == [c.weight for c in pool.candidates]
        assert plain(driven("score", once, f=f)) == plain(once)
        assert plain(driven("score", driven("score", pool, f=lambda c: 9.0), f=f)) == plain(once)

    @LAWS
    @given(read_pools, judges, judges)
    def test_two_weighs_are_their_product(self, pool: Pool, f: Judge, g: Judge) -> None:
        """Where both are given; whole numbers, so that the products are exact."""
        whole = Pool(tuple(replace(c, weight=3.0) for c in pool.candidates))

        def both(c: Candidate) -> float:
            def of(h: Judge) -> float:
                try:
                    return h(c)
                except Refuses:
                    return 1.0

            return of(f) * of(g)

        apart = driven("weigh", driven("weigh", whole, f=f), f=g)
        assert plain(apart) == plain(driven("weigh", whole, f=both))

    @LAWS
    @given(pools, judges, judges)
    def test_score_and_weigh_commute(self, pool: Pool, f: Judge, g: Judge) -> None:
        one = driven("weigh", driven("score", pool, f=f), f=g)
        assert plain(one) == plain(driven("score", driven("weigh", pool, f=g), f=f))

    @LAWS
    @given(pools, judges, judges)
    def test_marks_do_not_see_one_another(self, pool: Pool, f: Judge, g: Judge) -> None:
        together = driven("mark", pool, a=f, b=g)
        apart = driven("mark", driven("mark", pool, a=f), b=g)
        assert [dict(c.marks) for c in together.candidates] == [dict(c.marks) for c in apart.candidates]


class TestSelecting:
    """`best`, `worst`, `pick`."""

    @LAWS
    @given(read_pools, st.one_of(st.none(), judges))
    def test_best_is_the_one_that_prune_keeps(self, pool: Pool, by: Judge | None) -> None:
        """Of what could be read: `prune` ranks an unread text as it ranks any, `best` passes it over."""
        assume(pool.candidates)
        kept = driven("prune", pool, keep=1, by=by)
        assert driven("best", pool, by=by) == driven("best", kept, by=by) == kept.candidates[0].reading

    @LAWS
    @given(read_pools, tables)
    def test_worst_is_best_backwards(self, pool: Pool, table: dict[str, float | None]) -> None:
        assume(pool.candidates)
        given_ = {text: number for text, number in table.items() if number is not None}
        f = by_text(dict(given_))
        assert driven("worst", pool, by=f) == driven("best", pool, by=lambda c: -f(c))

    @LAWS
    @given(pools, st.integers(0, 50))
    def test_pick_gives_what_has_weight(self, pool: Pool, seed: int) -> None:
        possible = [c.reading for c in pool.candidates if c.parsed and c.weight > 0]
        if not possible:
            with pytest.raises(NothingLeft):
                driven("pick", pool, seed=seed)
        else:
            assert driven("pick", pool, seed=seed) in possible


class TestRegions:
    """`repeat`, `focus`, `per`."""

    @LAWS
    @given(pools, bodies, st.integers(0, 3), st.integers(0, 3))
    def test_rounds_add_up(self, pool: Pool, body: Callable[[Pool], Pool], a: int, b: int) -> None:
        apart = driven("repeat", driven("repeat", pool, body=body, max=a), body=body, max=b)
        assert plain(apart) == plain(driven("repeat", pool, body=body, max=a + b))

    @LAWS
    @given(pools, bodies)
    def test_focus_on_all_is_the_stages(self, pool: Pool, body: Callable[[Pool], Pool]) -> None:
        if pool.candidates:  # no part is no body
            assert plain(driven("focus", pool, body=body, cond=lambda c: True)) == plain(body(pool))
            assert plain(driven("focus", pool, body=body, top=len(pool))) == plain(body(pool))

    @LAWS
    @given(pools, bodies)
    def test_focus_on_none_is_nothing(self, pool: Pool, body: Callable[[Pool], Pool]) -> None:
        assert driven("focus", pool, body=body, cond=lambda c: False) == pool
        assert driven("focus", pool, body=body, top=0) == pool

    @LAWS
    @given(pools, bodies)
    def test_per_a_constant_is_the_stages(self, pool: Pool, body: Callable[[Pool], Pool]) -> None:
        if pool.candidates:
            assert plain(driven("per", pool, body=body, key=lambda c: "all")) == plain(body(pool))

    @LAWS
    @given(pools, judges)
    def test_per_is_focus_on_each(self, pool: Pool, f: Judge) -> None:
        """For stages that neither drop nor add, part after part is focus after focus."""
        body = step("score", f=lambda c: 7.0)
        found = driven("per", pool, body=body, key=f)
        apart = pool
        for k in (0.0, 1.0, 2.0, 3.0):
            apart = driven("focus", apart, body=body, cond=lambda c, k=k: f(c) == k)
        assert plain(found) == plain(apart)

    @LAWS
    @given(pools, judges, st.integers(0, 3))
    def test_the_frozen_stay_as_they_are(self, pool: Pool, f: Judge, most: int) -> None:
        """Who satisfies `until` at first is neither scored nor rewritten, and thawed at the end."""

        def satisfied(c: Candidate) -> bool:
            return c.text == "1"

        body = step("score", f=lambda c: 9.0)
        found = driven("repeat", pool, body=body, until=satisfied, max=most, has_until=True, until_each=True)
        assert not any(is_frozen(c) for c in found.candidates)
        for before, after in zip(pool.candidates, found.candidates, strict=True):
            if satisfied(before) or most == 0:
                assert before == after
            else:
                assert after.score == 9.0


class TestResample:
    """Every scheme gives each candidate n w / sum(w) copies on average."""

    positive = st.lists(st.one_of(st.integers(0, 5).map(float), st.floats(0.001, 100)), min_size=1, max_size=6)

    @LAWS
    @given(positive, st.integers(1, 12))
    def test_systematic_is_within_one(self, ws: list[float], n: int) -> None:
        assume(sum(ws) > 0)
        for u in (0.0, 0.13, 0.5, 0.77, 0.999999):
            copies = Counter(chosen("systematic", ws, n, repeat(u).__next__))
            assert sum(copies.values()) == n
            for i, w in enumerate(ws):
                exact = n * w / math.fsum(ws)
                assert math.floor(exact - 1e-9) <= copies[i] <= math.ceil(exact + 1e-9)

    @LAWS
    @given(positive, st.integers(1, 12), st.randoms(use_true_random=False))
    def test_bounds_of_the_others(self, ws: list[float], n: int, chance: object) -> None:
        assume(sum(ws) > 0)
        number: Callable[[], float] = chance.random  # type: ignore[attr-defined]
        for scheme in ("residual", "stratified", "multinomial"):
            copies = Counter(chosen(scheme, ws, n, number))
            assert sum(copies.values()) == n
            for i, w in enumerate(ws):
                exact = n * w / math.fsum(ws)
                if scheme == "residual":
                    assert copies[i] >= math.floor(exact - 1e-9)
                if scheme == "stratified":
                    assert abs(copies[i] - exact) < 2 + 1e-9
                if w == 0:
                    assert copies[i] == 0

    @pytest.mark.parametrize("scheme", SCHEMES)
    @pytest.mark.parametrize("ws", [[1.0, 2.0, 3.0], [0.0, 1.0, 0.0, 9.0], [5.0, 5.0], [1e-3, 1.0, 7.5, 0.25, 0.25]])
    def test_unbiased(self, scheme: str, ws: list[float]) -> None:
        """Over 4,000 seeds, within five standard errors of what the multinomial's would be."""
        n, runs = 7, 4000
        totals: Counter[str] = Counter()
        pool = Pool(tuple(candidate(i, weight=w) for i, w in enumerate(ws)))
        for seed in range(runs):
            totals.update(c.text for c in driven("resample", pool, n=n, scheme=scheme, seed=seed).candidates)
        for i, w in enumerate(ws):
            p = w / math.fsum(ws)
            error = math.sqrt(n * p * (1 - p) / runs)
            assert abs(totals[str(i)] / runs - n * p) <= 5 * error + 1e-12

    @LAWS
    @given(pools, st.sampled_from(SCHEMES), st.integers(0, 5))
    def test_weights_are_one_and_order_stands(self, pool: Pool, scheme: str, seed: int) -> None:
        found = driven("resample", pool, scheme=scheme, seed=seed)
        if not any(c.weight > 0 for c in pool.candidates):
            assert found == pool
            return
        assert len(found) == len(pool)
        assert all(c.weight == 1.0 for c in found.candidates)
        place = {id(c.identity): i for i, c in enumerate(pool.candidates)}
        places = [place[id(c.identity)] for c in found.candidates]
        assert places == sorted(places)
        assert all(pool.candidates[i].weight > 0 for i in places)

    @LAWS
    @given(pools)
    def test_when_all_weigh_alike_nothing_happens(self, pool: Pool) -> None:
        """ESS = n where all weights are equal, so `when` <= 1 leaves them."""
        equal = Pool(tuple(replace(c, weight=2.5) for c in pool.candidates))
        assert driven("resample", equal, when=0.999) == equal
        for scheme in ("systematic", "residual"):
            again = driven("resample", equal, scheme=scheme)
            assert [c.text for c in again.candidates] == [c.text for c in equal.candidates]
