"""How often one call is tried: what the server as a whole is to blame for takes no try from it."""

from __future__ import annotations

from typing import Any

import pytest

from ilang.backend.protocol import BackendFault
from ilang.base.value import Model
from ilang.draws.calling import Tries
from ilang.draws.retry import Retry

DOWN = BackendFault("unreachable", "down", retry=True)
BUSY = BackendFault("overloaded", "busy", retry=True)

HALF = BackendFault("malformed-reply", "half a reply", retry=True)


class Limiter:
    """A limiter that knows, or does not know yet, that its server is down."""

    spent = None
    hopeless = False
    down = False
    suspects = False
    was_down = False
    answers = False

    def waits_out(self, fault: BackendFault) -> bool:
        return self.down

    def may_be_down(self, fault: BackendFault, since: float) -> bool:
        return self.suspects and fault.kind == "unreachable"

    def down_since(self, then: float) -> bool:
        return self.was_down

    def answered_since(self, then: float) -> bool:
        return self.answers

    def give_up(self, fault: BackendFault) -> None:
        """Told when a call has no tries left."""


def tries() -> tuple[Tries, Any]:
    limiter: Any = Limiter()
    return Tries(Model("sim", "m"), Retry(4), limiter, patient=True), limiter


def left(one: Tries) -> int:
    """How many failures more it bears."""
    count = 0
    while True:
        try:
            one.wait(BUSY)
        except BackendFault:
            return count
        count += 1


def test_an_outage_takes_no_tries_not_even_those_made_before_it_was_known() -> None:
    one, limiter = tries()
    one.wait(DOWN)
    one.wait(DOWN)
    limiter.down = True
    for _ in range(9):
        one.wait(DOWN)
    limiter.down = False
    assert left(one) == 4


def test_what_failed_otherwise_before_the_outage_counts() -> None:
    one, limiter = tries()
    one.wait(HALF)
    one.wait(DOWN)
    one.wait(BUSY)
    limiter.down = True
    one.wait(DOWN)
    limiter.down = False
    assert left(one) == 3


def test_an_outage_that_was_over_before_the_next_try_takes_none_either() -> None:
    """Found by the simulation (seed 200672)."""
    one, limiter = tries()
    one.wait(DOWN)
    one.wait(DOWN)
    limiter.was_down = True  # others heard that it was down, and that it is up again, while this one waited
    one.wait(BUSY)
    limiter.was_down = False
    assert left(one) == 3


def test_tries_are_not_over_while_the_server_may_be_down() -> None:
    one, limiter = tries()
    limiter.suspects = True
    for _ in range(3):
        one.wait(HALF)
    for _ in range(4):
        one.wait(DOWN)
    limiter.down = True
    one.wait(DOWN)
    limiter.down = limiter.suspects = False
    assert left(one) == 1


def test_a_moment_away_takes_no_tries_once_it_answers_again() -> None:
    one, _ = tries()
    for _ in range(4):
        one.wait(DOWN)
    one.wait(HALF)
    assert left(one) == 3


def test_a_server_that_goes_and_comes_again_and_again_is_given_up() -> None:
    one, _ = tries()
    with pytest.raises(BackendFault):
        for _ in range(9):
            one.wait(DOWN)
            one.wait(BUSY)
            one.wait(HALF)


def test_failures_of_the_server_s_own_that_take_turns_come_to_an_end() -> None:
    one, _ = tries()
    with pytest.raises(BackendFault):
        for _ in range(9):
            one.wait(DOWN)
            one.wait(DOWN)
            one.wait(BUSY)
            one.wait(BUSY)


def test_a_server_that_is_up_is_tried_as_often_as_told() -> None:
    one, _ = tries()
    for _ in range(4):
        one.wait(DOWN)
    with pytest.raises(BackendFault):
        one.wait(DOWN)


def test_an_outage_that_only_one_call_met_takes_no_tries_once_others_are_answered() -> None:
    """Too short for the breaker: nobody else failed. But not for ever: a call that alone fails comes to an end."""
    one, limiter = tries()
    for _ in range(4):
        one.wait(DOWN)
    limiter.answers = True
    one.wait(DOWN)
    limiter.answers = False
    for _ in range(3):
        one.wait(DOWN)
    with pytest.raises(BackendFault):
        one.wait(DOWN)
    one, limiter = tries()
    limiter.answers = True
    assert left(one) < 20
